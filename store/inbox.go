package store

import (
	"context"
	"time"
)

// InboundState is the life of a received message: received → handled | failed.
type InboundState string

const (
	InboundReceived InboundState = "received"
	InboundHandled  InboundState = "handled"
	InboundFailed   InboundState = "failed"
)

// Inbound is a message a person sent (MO).
type Inbound struct {
	ID         int64
	Channel    string
	ExternalID string // the provider's id, unique within the channel
	Commune    PlaceID
	Sender     Pseudonym
	Phone      Sealed
	Body       Sealed
	Received   time.Time
	State      InboundState
	HandledAt  time.Time
	Attempts   int
}

// Claim says who takes work and until when nobody else may.
type Claim struct {
	Holder string
	Now    time.Time
	Until  time.Time
	Limit  int
	// Notices and Bulk are the parts of Limit that replies leave to these lanes of
	// the outbox however many of them wait.
	Notices, Bulk int
	// RepliesOnly leaves the other lanes of the outbox alone.
	RepliesOnly bool
	// Begin marks messages of the outbox as begun at once, for who hands them
	// over right away; it saves Begin its round trip.
	Begin bool
}

// Of is how many messages of a lane of the outbox may be claimed once taken of
// the lanes before it are.
func (c Claim) Of(p Priority, taken int) int {
	n := c.Limit - taken
	switch {
	case p > PriorityReply && c.RepliesOnly:
		return 0
	case p == PriorityReply && !c.RepliesOnly:
		n -= c.Notices + c.Bulk
	case p == PriorityNotice:
		n -= c.Bulk
	}
	return max(n, 0)
}

// Inbox keeps messages from acceptance to handling.
type Inbox interface {
	// Accept stores messages and ignores those whose channel and external id
	// are known. It gives the id of every message in order and whether it is new.
	Accept(ctx context.Context, messages []Inbound) ([]Accepted, error)
	// Claim takes messages to handle, oldest first: of one sender only the
	// oldest unhandled one, so that a person's messages are handled in turn.
	Claim(ctx context.Context, c Claim) ([]Inbound, error)
	// Take claims one message by id under the same rule; CodeConflict when it
	// is not its turn or somebody has it.
	Take(ctx context.Context, id int64, c Claim) (Inbound, error)
	// Finish moves a message its holder has claimed to handled or failed, and
	// drops its body when scrub is set. CodeConflict when the claim was lost.
	Finish(ctx context.Context, id int64, holder string, to InboundState, scrub bool, at time.Time) error
	// Return gives up a claim, so that another may try at once.
	Return(ctx context.Context, id int64, holder string) error
}

// Accepted is the outcome of Inbox.Accept for one message.
type Accepted struct {
	ID  int64
	New bool
}

// MessagePurge drops what retention no longer allows.
type MessagePurge interface {
	// PurgeBodies drops bodies and numbers of messages received or created
	// before a time that are in no one's hands any more, and tells how many.
	PurgeBodies(ctx context.Context, before time.Time) (int64, error)
	// WipeCommune drops at once all bodies of one commune, in and out.
	WipeCommune(ctx context.Context, commune PlaceID, act Act) (int64, error)
}
