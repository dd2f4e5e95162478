package store

import (
	"context"
	"time"
)

// PracticeState is the life of a practice: draft → published → withdrawn, and
// back to published.
type PracticeState string

const (
	PracticeDraft     PracticeState = "draft"
	PracticePublished PracticeState = "published"
	PracticeWithdrawn PracticeState = "withdrawn"
)

// CanBecome tells whether next directly follows s.
func (s PracticeState) CanBecome(next PracticeState) bool {
	switch s {
	case PracticeDraft, PracticeWithdrawn:
		return next == PracticePublished
	case PracticePublished:
		return next == PracticeWithdrawn
	}
	return false
}

// Practice is what a commune did about a problem, told for the other ones.
type Practice struct {
	ID        int64
	Commune   PlaceID // whose it is
	Number    int     // permanent, one space for the whole country
	Title     Texts
	Problem   Texts
	Measure   Texts  // what was done
	Cost      *int64 // FCFA; nil unknown
	Result    Texts
	Year      int
	State     PracticeState
	Created   time.Time
	Published time.Time
	Updated   time.Time
}

// PracticeReader reads practices. Published ones are read across communes:
// that is what they are for.
type PracticeReader interface {
	// Get gives a published practice of any commune.
	Get(ctx context.Context, id int64) (Practice, error)
	// ByNumber gives a published practice by its dialled number.
	ByNumber(ctx context.Context, number int) (Practice, error)
	// Published gives up to limit published practices, newest first: those of
	// one commune, or with others all but those.
	Published(ctx context.Context, commune PlaceID, others bool, limit int) ([]Practice, error)
	// List gives every practice of one commune, in whatever state, by number.
	List(ctx context.Context, commune PlaceID) ([]Practice, error)
}

// PracticeWriter composes practices of a commune.
type PracticeWriter interface {
	// Create stores a draft and gives it back with its number.
	Create(ctx context.Context, p Practice) (Practice, error)
	// Revise overwrites what a practice of the commune says; number and state
	// stay.
	Revise(ctx context.Context, p Practice, act Act) (Practice, error)
	// Move changes the state; CodeConflict when it is no longer from,
	// CodeInvalid when from cannot become to.
	Move(ctx context.Context, commune PlaceID, id int64, from, to PracticeState, act Act) error
}

// PracticeTally is how many found a practice useful, and how many did not.
type PracticeTally struct {
	Useful, Useless int64
}

// PracticeVotes keeps what people think of practices. A voter is the number's
// pseudonym for this practice alone; Unlink and Contacts.Erase cut even that.
type PracticeVotes interface {
	// Vote stores or changes a vote; CodeDenied when the practice is not
	// published.
	Vote(ctx context.Context, practice int64, v Voter, useful bool, now time.Time) error
	// Tally counts all votes, those without a voter too.
	Tally(ctx context.Context, practice int64) (PracticeTally, error)
	// Voted tells whether a voter's vote is linked.
	Voted(ctx context.Context, v Voter) (bool, error)
	// Linked lists practices with votes that still carry voters.
	Linked(ctx context.Context) ([]int64, error)
	// Unlink cuts voters from votes cast before a time and tells how many.
	Unlink(ctx context.Context, before time.Time) (int64, error)
}
