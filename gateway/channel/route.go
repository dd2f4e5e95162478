package channel

import "context"

// A Router is a provider that is called on more paths than the four hooks.
type Router interface {
	// Route answers a request below the channel's own address; path is what follows that address, as it was received and
	// with its slash: "/mobile/v1/device". ErrForged and ErrInvalid are its errors as everywhere; any other one says that
	// nothing can be answered now, and that the peer should come again.
	Route(ctx context.Context, path string, r *Request) (Response, error)
}

// A Hook is what a request is for.
type Hook uint8

// The hooks of every channel.
const (
	HookOther   Hook = iota // a Router's, or nobody's
	HookUSSD                // "ussd": asks for a screen
	HookUSSDEnd             // "ussd-end"
	HookSMS                 // "sms"
	HookStatus              // "status"
)

// A Placer is a provider that is called for some of the four hooks at paths of its own. Such a request is treated as if it
// had come to the hook: the same deadline, the same screens for faults, the same counting.
type Placer interface {
	// Hook tells what a path below the channel's address is for; path is as a Router gets it.
	Hook(path string) Hook
}

// A Stream is a body that is written bit by bit. What send takes is on its way when it returns. An error of send, and the
// end of ctx, say that nobody reads any more or that the server stops; then the stream returns.
type Stream func(ctx context.Context, send func(piece []byte) error)
