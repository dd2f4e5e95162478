package store

import (
	"context"
	"time"
)

// DialKind is what a dialled number leads to.
type DialKind string

const (
	DialWork         DialKind = "work"
	DialConsultation DialKind = "consultation"
	DialNotice       DialKind = "notice"
	DialBudget       DialKind = "budget"
	DialOpportunity  DialKind = "opportunity"
	DialProject      DialKind = "project"
)

// DialTarget is what stands behind a number on a poster.
type DialTarget struct {
	Kind DialKind
	Ref  int64
}

// DialNumbers keeps the permanent numbers that works, consultations and notices
// of a commune share. A number is never given to another thing.
type DialNumbers interface {
	// Assign gives the target's number, taking the next free one (10 and up,
	// so always two digits or more) the first time.
	Assign(ctx context.Context, commune PlaceID, target DialTarget) (int, error)
	// Lookup gives what a dialled number leads to.
	Lookup(ctx context.Context, commune PlaceID, number int) (DialTarget, error)
}

// WorkState is the state of a work as the town hall reports it.
type WorkState string

const (
	WorkPlanned WorkState = "planned"
	WorkOngoing WorkState = "ongoing"
	WorkDone    WorkState = "done"
	WorkStopped WorkState = "stopped"
)

// CanBecome tells whether the town hall may report next after s: a finished
// work stays finished, everything else may start, stop and resume.
func (s WorkState) CanBecome(next WorkState) bool {
	switch next {
	case WorkOngoing, WorkDone, WorkStopped:
		return s != next && s != WorkDone && s.Valid()
	}
	return false
}

// Valid tells whether s is a known state.
func (s WorkState) Valid() bool {
	return s == WorkPlanned || s == WorkOngoing || s == WorkDone || s == WorkStopped
}

// Work is an investment people can see: a school, a well. Amounts in FCFA.
type Work struct {
	ID        int64
	Commune   PlaceID
	Number    int // permanent dialled number
	Year      int
	Operation string
	Sector    string
	Village   string
	Place     PlaceID // settlement, 0 when not matched
	Planned   int64
	Realised  *int64
	State     WorkState
	Updated   time.Time
}

// WorkReader reads works.
type WorkReader interface {
	// Get gives one work.
	Get(ctx context.Context, commune PlaceID, id int64) (Work, error)
	// List gives the works of a year, or of all years with 0, by number.
	List(ctx context.Context, commune PlaceID, year int) ([]Work, error)
}

// WorkWriter imports works and follows them.
type WorkWriter interface {
	// Upsert stores a work by (commune, year, operation, village) and gives it
	// back with id and number. The state of a known work stays as it is.
	Upsert(ctx context.Context, w Work) (Work, error)
	// Move changes the state; CodeConflict when it is no longer from,
	// CodeInvalid when from cannot become to.
	Move(ctx context.Context, commune PlaceID, id int64, from, to WorkState, act Act) error
}

// TaxFacts are what a commune tells honestly about the TDRL of a year.
type TaxFacts struct {
	Commune   PlaceID
	Year      int
	Rate      int64    // FCFA per person and year
	Exempt    []string // message ids of groups who do not pay
	LocalNote Texts    // the commune's own words on exemptions
	Source    string
	Updated   time.Time
}

// TaxFactsBook keeps the tax facts of communes.
type TaxFactsBook interface {
	// Get gives the facts of a year.
	Get(ctx context.Context, commune PlaceID, year int) (TaxFacts, error)
	// Latest gives the facts of the newest year not after the given one.
	Latest(ctx context.Context, commune PlaceID, year int) (TaxFacts, error)
	// Put stores or overwrites the facts of a year.
	Put(ctx context.Context, f TaxFacts) error
}
