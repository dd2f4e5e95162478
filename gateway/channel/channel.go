// Package channel is the port between baro and the providers that reach phones. A provider's adapter, one folder each,
// turns requests into neutral events and screens into what that provider wants; it alone knows CON and END, sequence
// numbers, field names and signatures.
package channel

import (
	"errors"
	"net/netip"
	"net/url"

	"baro/flows"
	"baro/gateway/identity"
	"baro/locales/charset"
)

// Refusals of a request, told apart because they are answered and counted differently.
var (
	ErrForged  = errors.New("channel: the request does not prove where it comes from")
	ErrInvalid = errors.New("channel: the request cannot be read")
	// ErrEnded: the request tells that the dialogue is over, on the hook where others ask for a screen.
	ErrEnded = errors.New("channel: the dialogue was ended by the network")
)

// A Request is one HTTP request of a provider, copied out of the server: nothing in it is reused by the next one.
type Request struct {
	Method     string
	URI        string // path and query exactly as received: signatures cover it
	Path       string
	Query      url.Values
	Header     func(name string) string
	Body       []byte
	RemoteAddr netip.Addr
}

// A Response is what the provider is answered.
type Response struct {
	Status      int
	ContentType string
	Body        []byte
	Header      map[string]string // others than Content-Type; nil: none
	Stream      Stream            // of a Router's answer; in place of Body
}

// Shape is how a USSD provider repeats a dialogue's history.
type Shape uint8

// The wire shapes of USSD providers.
const (
	Accumulating Shape = iota // every request carries all inputs joined by "*"
	LastInput                 // a request carries what was typed now
	Browser                   // a request follows a link, which tells the screen it stood on and the key it stands for
)

// A USSD is one step of a dialogue on its way in, free of any provider's habits.
type USSD struct {
	Channel     string // configured name
	Session     string // the provider's id; unique per provider at best
	Number      identity.MSISDN
	ServiceCode string
	Network     string
	Shape       Shape
	Begin       bool   // the provider says that a dialogue begins; accumulating providers are read by difference
	Text        string // the history or the input, as Shape says
	Mark        string // sequence number or message id where the provider has one: the same mark is the same request
	Place       string // of a Browser: the place of the screen that this answers. At another place than the last it is answered, not obeyed
}

// An EndNotice says that a dialogue is over. It is a statistic: nothing may depend on its arrival.
type EndNotice struct {
	Channel string
	Session string
	Number  identity.MSISDN
	Status  string // success, incomplete, failed, unknown
}

// A USSDProvider speaks one provider's USSD.
type USSDProvider interface {
	// DecodeUSSD authenticates and reads a request. ErrForged, ErrInvalid and ErrEnded are its errors.
	DecodeUSSD(r *Request) (USSD, error)
	// EncodeUSSD writes a screen the way the provider shows it.
	EncodeUSSD(s *flows.Screen) Response
	// DecodeEnd reads an end notice.
	DecodeEnd(r *Request) (EndNotice, error)
	// Profile is what the provider's networks can show.
	Profile() charset.Profile
}

// An Answerer is a USSDProvider whose answers repeat something of their request. It is asked in place of EncodeUSSD.
type Answerer interface {
	// AnswerUSSD writes the screen that answers a request; the request may be one that DecodeUSSD refused.
	AnswerUSSD(r *Request, s *flows.Screen) Response
	// AnswerEnd answers a request that is ErrEnded: nobody is there to read a screen.
	AnswerEnd(r *Request) Response
}
