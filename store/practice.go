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
