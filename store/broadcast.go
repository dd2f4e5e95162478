package store

import (
	"context"
	"encoding/json"
	"time"
)

// BroadcastState is the life of a broadcast: draft → submitted → approved →
// running ⇄ paused → done, cancelled or expired.
type BroadcastState string

const (
	BroadcastDraft     BroadcastState = "draft"
	BroadcastSubmitted BroadcastState = "submitted"
	BroadcastApproved  BroadcastState = "approved"
	BroadcastRunning   BroadcastState = "running"
	BroadcastPaused    BroadcastState = "paused"
	BroadcastDone      BroadcastState = "done"
	BroadcastCancelled BroadcastState = "cancelled"
	BroadcastExpired   BroadcastState = "expired"
)

// CanBecome tells whether next may follow s. Until the first message is
// claimed an approval can be taken back (approved → draft).
func (s BroadcastState) CanBecome(next BroadcastState) bool {
	switch s {
	case BroadcastDraft:
		return next == BroadcastSubmitted || next == BroadcastCancelled
	case BroadcastSubmitted:
		return next == BroadcastApproved || next == BroadcastDraft || next == BroadcastCancelled || next == BroadcastExpired
	case BroadcastApproved:
		return next == BroadcastRunning || next == BroadcastPaused || next == BroadcastDraft || next == BroadcastCancelled || next == BroadcastExpired
	case BroadcastRunning:
		return next == BroadcastPaused || next == BroadcastDone || next == BroadcastCancelled || next == BroadcastExpired
	case BroadcastPaused:
		return next == BroadcastRunning || next == BroadcastCancelled || next == BroadcastExpired
	}
	return false
}

// Alive tells whether messages may still leave, now or later.
func (s BroadcastState) Alive() bool {
	return s == BroadcastApproved || s == BroadcastRunning || s == BroadcastPaused
}

// Ended tells whether nothing follows s.
func (s BroadcastState) Ended() bool {
	return s == BroadcastDone || s == BroadcastCancelled || s == BroadcastExpired
}

// Broadcast is one text, in every language, for many. Content and Audience are
// the sender's wishes as gateway/campaign writes them.
type Broadcast struct {
	ID       int64
	Commune  PlaceID // or a place above communes, for those who speak to all of it
	Sender   int64   // an organisation; 0: the town hall
	Rule     int64   // the recurring rule it is an instance of
	Due      time.Time
	Origin   string // what a job made it for, for example reminder:12; one broadcast for each
	Content  json.RawMessage
	Audience json.RawMessage
	State    BroadcastState
	Author   string // as in Act.Actor
	Approver string
	Seconder string // second approver of an urgent one
	Urgent   string // why it may go out in quiet hours; "": it may not

	Begins    time.Time // nothing leaves before; zero: as soon as it is approved
	Expires   time.Time // nothing leaves from then on
	UndoUntil time.Time // nothing leaves before either

	PausedFor string // why it is paused
	Shown     int64  // the audience as counted when it was submitted
	Freeze    Freeze
	FrozenAt  time.Time // every recipient has its row
	PartsSent int64     // as providers counted
	Created   time.Time
	Updated   time.Time
	Ended     time.Time
}

// Freeze is how far the audience has been written down, and the exact totals
// of what is.
type Freeze struct {
	Source     int              `json:"source"`          // index of the source at work
	After      string           `json:"after,omitempty"` // hex of the last pseudonym done in it
	Recipients int64            `json:"recipients"`
	Parts      map[string]int64 `json:"parts,omitempty"` // by channel
	Cost       map[string]int64 `json:"cost,omitempty"`  // by channel, in thousandths of its currency, as approved
}

// Rendering is the text of a broadcast for a language on a profile.
type Rendering struct {
	Language string
	Profile  string
	Body     Sealed
}

// BroadcastMove is a change of state with what changes beside it.
type BroadcastMove struct {
	From, To  BroadcastState
	Approver  string    // on approval
	Seconder  string    // on approval of an urgent one
	Shown     int64     // on submission
	UndoUntil time.Time // on approval
	PausedFor string    // on a pause
	Since     time.Time // moves only what stands as it was then (Updated); zero: however it stands
	Act       Act
}

// BroadcastOrigins finds what a job or another service made.
type BroadcastOrigins interface {
	// ByOrigin gives the broadcast that was made for an origin.
	ByOrigin(ctx context.Context, commune PlaceID, origin string) (Broadcast, error)
}

// BroadcastReader reads broadcasts.
type BroadcastReader interface {
	// Get gives one broadcast of a commune.
	Get(ctx context.Context, commune PlaceID, id int64) (Broadcast, error)
	// List gives up to limit broadcasts of a commune before an id (0: the
	// newest), newest first.
	List(ctx context.Context, commune PlaceID, before int64, limit int) ([]Broadcast, error)
	// Alive lists those that may still send, of all communes, oldest first.
	Alive(ctx context.Context) ([]Broadcast, error)
	// Ended lists those that ended since a time, of all communes.
	Ended(ctx context.Context, since time.Time) ([]Broadcast, error)
	// Renderings gives the texts of a broadcast.
	Renderings(ctx context.Context, broadcast int64) ([]Rendering, error)
}

// BroadcastWriter changes broadcasts. Every change of state is a
// compare-and-set with its audit row.
type BroadcastWriter interface {
	// Create stores a draft, or what a job makes (CodeConflict when its rule and
	// due time, or its origin, have one already), with an audit row.
	Create(ctx context.Context, b Broadcast, act Act) (Broadcast, error)
	// Edit replaces content, audience, times and urgency of a draft that stands
	// as it was at b.Updated; CodeConflict for anything else.
	Edit(ctx context.Context, b Broadcast, act Act) error
	// Move changes the state; CodeConflict when it is no longer From or has
	// changed since Since, CodeInvalid when From cannot become To. Going back
	// to draft forgets approvals and what was frozen.
	Move(ctx context.Context, commune PlaceID, id int64, m BroadcastMove) error
	// Second records the first of two approvals of an urgent broadcast and
	// leaves it submitted; CodeConflict when it is not submitted or has one.
	Second(ctx context.Context, commune PlaceID, id int64, by string, act Act) error
	// SetRenderings replaces the texts of a broadcast that is not approved yet.
	SetRenderings(ctx context.Context, broadcast int64, all []Rendering) error
}

// Reason is why a number is not in an audience, or did not get its message.
type Reason string

const (
	ReasonNone        Reason = ""
	ReasonOptedOut    Reason = "opted_out"
	ReasonNoConsent   Reason = "no_consent"
	ReasonUnreachable Reason = "unreachable" // no number kept, or the network refused it for good
	ReasonCapped      Reason = "capped"
	ReasonErased      Reason = "erased"
	ReasonNoRoute     Reason = "no_route" // no channel carries the text to this number
)

// AudienceSource is where people are looked for.
type AudienceSource string

const (
	SourcePlace        AudienceSource = "place"        // contacts of a commune
	SourceOrganisation AudienceSource = "organisation" // members
	SourceBroadcast    AudienceSource = "broadcast"    // who got an earlier one
)

// AudienceQuery is one source with the rules that exclude people from it.
type AudienceQuery struct {
	Source      AudienceSource
	ID          int64
	After, UpTo Pseudonym // after < pseudonym ≤ upTo
	Purpose     Purpose
	Channel     string // where the consent was given; "": anywhere
	Sender      string // whose monthly cap counts
	Month       string // "2006-01"
	Cap         int    // messages a month; 0: no cap
	// Organisation is the one whose membership stands for the consent; 0: consents do.
	Organisation int64
}

// Tally counts the people of a source by what keeps them out; ReasonNone are
// those who are in.
type Tally map[Reason]int64

// Audiences finds people, by sets.
type Audiences interface {
	// Communes lists the communes in use at or below a place.
	Communes(ctx context.Context, place PlaceID) ([]PlaceID, error)
	// Tally counts a source.
	Tally(ctx context.Context, q AudienceQuery) (Tally, error)
	// Bound gives the n-th pseudonym of a source after q.After, and false when
	// there are fewer.
	Bound(ctx context.Context, q AudienceQuery, n int) (Pseudonym, bool, error)
	// Freeze writes the recipients of a span of a source, and gives the sealed
	// numbers and languages of the new ones.
	Freeze(ctx context.Context, broadcast int64, q AudienceQuery) ([]Recipient, error)
	// SaveFreeze records progress while a broadcast is approved; done marks the
	// audience as complete. CodeConflict when it is no longer approved or was
	// complete.
	SaveFreeze(ctx context.Context, broadcast int64, f Freeze, done bool, at time.Time) error
}
