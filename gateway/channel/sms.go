package channel

import (
	"context"
	"time"

	"baro/gateway/identity"
	"baro/locales/charset"
)

// An MO is one SMS on its way in, joined from its parts.
type MO struct {
	Channel    string
	ExternalID string // the provider's id, or a hash where it has none: the key of deduplication
	From       identity.MSISDN
	To         string
	Text       string
	OptOut     OptOut // the provider has acted on a keyword itself
}

// OptOut is what a provider's own keyword handling did before we saw the message.
type OptOut uint8

// The opt-outs of providers.
const (
	OptOutNone OptOut = iota
	OptedOut          // stopped at the provider: recorded, and not confirmed a second time
	OptedIn
	HelpSent
)

// An MT is one message on its way out, already in the letters the channel carries.
type MT struct {
	ID        string // our own id; travels with the message where the provider has room for it
	To        identity.MSISDN
	Text      string
	Encoding  charset.Encoding
	Parts     int
	ExpiresAt time.Time // zero: the provider's default
}

// Outcome is what became of a send.
type Outcome uint8

// The outcomes of a send. Unknown is never sent again blindly: it waits for a receipt.
const (
	Accepted   Outcome = iota // the provider has it
	Refused                   // for good
	RetryAfter                // refused before processing: the same message, in order, after a while
	Unknown                   // time-out or break after the body went out, 5xx, an answer that cannot be read
)

// Class says why a message failed or a channel is in trouble.
type Class string

// The classes of failures.
const (
	ClassNone               Class = ""
	ClassBadNumber          Class = "bad_number"
	ClassOptedOut           Class = "opted_out"
	ClassNoCredit           Class = "no_credit"
	ClassSenderNotAllowed   Class = "sender_not_allowed"
	ClassBlockedContent     Class = "blocked_content"
	ClassUnreachableNow     Class = "unreachable_now"
	ClassUnreachableForever Class = "unreachable_forever"
	ClassRateLimited        Class = "rate_limited"
	ClassAuth               Class = "auth"
	ClassConfig             Class = "config"
	ClassProviderDown       Class = "provider_down"
	ClassUnknown            Class = "unknown"
	ClassPartial            Class = "partial" // of a receipt: some parts of the message arrived
)

// StopsChannel reports whether an operator has to act before anything more can be sent.
func (c Class) StopsChannel() bool { return c == ClassAuth || c == ClassConfig || c == ClassNoCredit }

// A Result is the answer to one send.
type Result struct {
	Outcome    Outcome
	ProviderID string
	Parts      int           // as the provider counted, 0 when it did not say
	Class      Class         // of Refused and RetryAfter
	After      time.Duration // of RetryAfter
	Err        error         // for the log: no number, no text, no secret
}

// ReceiptState is what a receipt says.
type ReceiptState uint8

// The states of receipts.
const (
	ReceiptPending ReceiptState = iota // not final, nothing to move
	ReceiptSent
	ReceiptDelivered
	ReceiptFailed
	ReceiptExpired
)

// A Receipt is one delivery report.
type Receipt struct {
	Channel    string
	ProviderID string
	OurID      string // where the provider gives ours back
	State      ReceiptState
	Class      Class
	Code       string // the provider's own word, for the record
}

// An SMSProvider speaks one provider's SMS.
type SMSProvider interface {
	// DecodeMO authenticates and reads inbound messages, and gives the answer for when they are stored. ErrForged and
	// ErrInvalid are its errors.
	DecodeMO(r *Request) ([]MO, Response, error)
	// DecodeReceipts does the same for delivery reports. Unknown states are pending receipts, not errors.
	DecodeReceipts(r *Request) ([]Receipt, Response, error)
	// Send hands one message over. It never sends again by itself.
	Send(ctx context.Context, m MT) Result
	// Profile is what the provider carries.
	Profile() charset.Profile
}
