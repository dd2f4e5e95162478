package store

import (
	"context"
	"time"
)

// Phone is an Android phone that sends and receives for a channel. Nothing is
// kept of its SIM cards.
type Phone struct {
	ID         string // ours, up to 21 characters
	Channel    string
	Name       string   // what it calls itself
	Token      [32]byte // SHA-256 of its token, which is not kept
	Admission  [32]byte // SHA-256 of the channel's token that it was let in with
	Health     PhoneHealth
	Created    time.Time
	LastSeen   time.Time
	DisabledAt time.Time // zero: in use
}

// PhoneHealth is what a phone last told of itself.
type PhoneHealth struct {
	Battery *int64 // per cent; nil: not told
	Verdict string // pass, warn or fail by its own check; "": not told
}

// Phones keeps the phones of channels. A phone of another channel is
// CodeNotFound.
type Phones interface {
	// Register keeps a new phone; CodeConflict when its id is taken.
	Register(ctx context.Context, p Phone) error
	// Get gives one phone.
	Get(ctx context.Context, channel, id string) (Phone, error)
	// ByToken gives the phone that has a token; CodeDenied when it is disabled.
	ByToken(ctx context.Context, channel string, token [32]byte) (Phone, error)
	// List gives the phones of a channel, disabled ones too, by registration.
	List(ctx context.Context, channel string) ([]Phone, error)
	// Seen notes a contact, and what the phone told when h is not nil. It never
	// goes back in time.
	Seen(ctx context.Context, channel, id string, at time.Time, h *PhoneHealth) error
	// Disable shuts a phone out; CodeConflict when it is.
	Disable(ctx context.Context, channel, id string, act Act) error
	// Enable lets it in again; CodeConflict when it is.
	Enable(ctx context.Context, channel, id string, act Act) error
}

// PhoneOffer is a message of the outbox that waits for a phone to fetch it.
type PhoneOffer struct {
	Message  string // its id in the outbox
	Channel  string
	Phone    string
	SIM      int // slot from 1; 0: as the phone chooses
	Parts    int
	Offered  time.Time
	Fetched  time.Time // first handed out; zero: never
	Answered time.Time // the phone said something about it; zero: not yet
}

// PhoneOffers is what lies ready for phones, and what they have used up.
type PhoneOffers interface {
	// Offer lays a message ready; CodeConflict when it lies ready already.
	Offer(ctx context.Context, o PhoneOffer) error
	// Get gives one offer.
	Get(ctx context.Context, channel, message string) (PhoneOffer, error)
	// Spent counts the parts offered for a SIM after a time, and tells when the
	// earliest of them was.
	Spent(ctx context.Context, phone string, sim int, after time.Time) (parts int64, earliest time.Time, err error)
	// Fetch hands out what a phone has not answered yet, oldest first, as often
	// as it asks. Messages that have expired or whose words are gone are left out.
	Fetch(ctx context.Context, channel, phone string, limit int, at time.Time) ([]PhoneMessage, error)
	// Withdraw takes an offer back, unless it was handed out: then it stays and
	// false is returned.
	Withdraw(ctx context.Context, channel, message string) (bool, error)
	// Answer notes that a phone spoke of messages, and gives the ids of those
	// that were offered to it.
	Answer(ctx context.Context, channel, phone string, messages []string, at time.Time) ([]string, error)
	// Waiting gives the phones for which something lies ready unfetched.
	Waiting(ctx context.Context, channel string) ([]string, error)
	// Purge deletes offers made before a time.
	Purge(ctx context.Context, before time.Time) (int64, error)
}

// PhoneMessage is a message as a phone is handed it.
type PhoneMessage struct {
	Message Outbound // id, phone, body, priority and times only
	SIM     int
}
