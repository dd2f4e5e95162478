package store

import (
	"context"
	"time"
)

// Priority orders the outbox; lower goes first.
type Priority int

const (
	PriorityReply  Priority = 0
	PriorityNotice Priority = 1
	PriorityBulk   Priority = 2
)

// OutboundState is the life of a message to a person (MT). It moves forward
// only: queued → leased → sent → delivered | failed | expired, or unconfirmed
// when nobody can say whether the provider took it.
type OutboundState string

const (
	OutboundQueued      OutboundState = "queued"
	OutboundLeased      OutboundState = "leased"
	OutboundSent        OutboundState = "sent"
	OutboundDelivered   OutboundState = "delivered"
	OutboundFailed      OutboundState = "failed"
	OutboundExpired     OutboundState = "expired"
	OutboundUnconfirmed OutboundState = "unconfirmed"
)

// CanBecome tells whether next lies ahead of s. leased → queued is the one way
// back: a provider said "later", or the message was never begun.
func (s OutboundState) CanBecome(next OutboundState) bool {
	switch s {
	case OutboundQueued:
		return next == OutboundLeased || next == OutboundExpired
	case OutboundLeased:
		return next != OutboundLeased && next.Valid()
	case OutboundUnconfirmed:
		return next == OutboundSent || next == OutboundDelivered || next == OutboundFailed || next == OutboundExpired
	case OutboundSent:
		return next == OutboundDelivered || next == OutboundFailed || next == OutboundExpired
	}
	return false
}

// Valid tells whether s is a known state.
func (s OutboundState) Valid() bool {
	switch s {
	case OutboundQueued, OutboundLeased, OutboundSent, OutboundDelivered, OutboundFailed,
		OutboundExpired, OutboundUnconfirmed:
		return true
	}
	return false
}

// Outbound is a message to a person.
type Outbound struct {
	Seq          int64  // its key in the store, by which Begin and Finish go; given by Enqueue
	ID           string // UUID
	Channel      string
	Commune      PlaceID
	Origin       string  // what it belongs to, for example case:12
	Purpose      Purpose // the consent it needs when it is sent; "" for answers
	Recipient    Pseudonym
	Phone        Sealed
	Body         Sealed
	Scrub        bool   // drop the body as soon as it is sent
	Quiet        bool   // honours quiet hours
	Routed       string // why its channel was chosen for it; "" where its sender named the channel
	Priority     Priority
	State        OutboundState
	NotBefore    time.Time
	ExpiresAt    time.Time
	Attempts     int // how often it was handed over, or was to be
	Holder       string
	LeaseUntil   time.Time
	ProviderID   string
	Parts        int
	Created      time.Time
	Updated      time.Time
	FailureClass string
}

// Outcome is what became of a leased message.
type Outcome struct {
	Seq          int64
	State        OutboundState // sent, failed, unconfirmed, or queued for "later"
	ProviderID   string
	Parts        int
	FailureClass string
	NotBefore    time.Time // for queued
}

// Outbox is the truth about what is to be sent.
type Outbox interface {
	// Enqueue stores messages as queued; an id that is known is ignored. It
	// tells how many were new.
	Enqueue(ctx context.Context, messages []Outbound) (int64, error)
	// Get gives one message.
	Get(ctx context.Context, id string) (Outbound, error)
	// Claim leases messages of a channel that are due and not expired, replies
	// first.
	Claim(ctx context.Context, channel string, c Claim) ([]Outbound, error)
	// Begin marks leased messages as about to be handed to the provider and
	// gives those still held; only these may be sent.
	Begin(ctx context.Context, holder string, messages []int64, at time.Time) ([]int64, error)
	// Finish records outcomes of messages the holder leased. An outcome that
	// would move a state back changes the provider's id and parts only. Parked
	// receipts for the provider's id are applied. It tells how many states moved.
	Finish(ctx context.Context, channel, holder string, outcomes []Outcome, at time.Time) (int64, error)
}

// OutboxCare is the housekeeping of the outbox.
type OutboxCare interface {
	// Return gives back messages a holder leased and did not begin.
	Return(ctx context.Context, holder string, at time.Time) (int64, error)
	// Abandon gives back all messages a holder leased, begun ones too: for who
	// knows that it handed none of them over.
	Abandon(ctx context.Context, holder string, at time.Time) (int64, error)
	// ExpireLeases returns messages whose lease ran out before they were begun
	// to the queue and moves those begun to unconfirmed.
	ExpireLeases(ctx context.Context, now time.Time) (returned, unconfirmed int64, err error)
	// Expire moves queued messages past their expiry to expired.
	Expire(ctx context.Context, now time.Time) (int64, error)
	// Depth counts the queued messages of a channel.
	Depth(ctx context.Context, channel string) (int64, error)
	// Refusing gives those people who want nothing of a purpose any more.
	Refusing(ctx context.Context, purpose Purpose, people []Pseudonym) ([]Pseudonym, error)
	// Parked counts receipts of a time that no message is known to.
	Parked(ctx context.Context, from, until time.Time) (int64, error)
}

// OutboxMoves brings messages to another channel.
type OutboxMoves interface {
	// Stranded gives up to limit messages that wait on a channel their sender did
	// not name, after a message, in order.
	Stranded(ctx context.Context, channel string, after int64, limit int) ([]Outbound, error)
	// Move lets those of the messages that still wait on a channel wait on
	// another, and tells how many.
	Move(ctx context.Context, from, to, why string, messages []int64, at time.Time) (int64, error)
}

// Receipt is a delivery report (DLR) as the provider sent it.
type Receipt struct {
	ID         int64
	Channel    string
	ProviderID string
	OurID      string        // when the provider hands ours back
	Status     OutboundState // sent, delivered, failed, expired or unconfirmed
	RawCode    string
	At         time.Time
	Matched    bool
}

// Receipts keeps every delivery report.
type Receipts interface {
	// Record stores a receipt, matches it to a message by our id or by the
	// provider's and moves that message forward if the receipt says more than
	// is known. A receipt without its message is parked. It tells whether the
	// state moved.
	Record(ctx context.Context, r Receipt) (moved bool, err error)
	// Of lists the receipts of a message, oldest first.
	Of(ctx context.Context, id string) ([]Receipt, error)
	// Purge deletes receipts before a time.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
