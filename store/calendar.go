package store

import (
	"context"
	"time"
)

// CalendarStep is a step of a year's budget cycle.
type CalendarStep string

const (
	StepDebate       CalendarStep = "debate"       // public debate on the draft
	StepVote         CalendarStep = "vote"         // budget primitif
	StepTransmission CalendarStep = "transmission" // to the préfet
	StepAdditional   CalendarStep = "additional"   // budget additionnel
	StepAccounts     CalendarStep = "accounts"     // compte administratif
	StepRestitution  CalendarStep = "restitution"  // told in public
)

// CalendarSteps lists the steps in the order of the cycle.
func CalendarSteps() []CalendarStep {
	return []CalendarStep{StepDebate, StepVote, StepTransmission, StepAdditional, StepAccounts, StepRestitution}
}

// CalendarEntry is what a commune has noted of one step. What it left empty
// follows from the usual rule and from the budget documents.
type CalendarEntry struct {
	Commune   PlaceID
	Year      int // of the budget, not of the step
	Step      CalendarStep
	Due       Date
	Done      Date
	Evidence  string // what shows that it was done, in the clerk's words
	Reference string // the notice or document that proves it: notice:12, sha256:…
	Revision  int64  // grows with each change; 0: nothing noted yet
	Updated   time.Time
}

// BudgetCalendar keeps what communes note of their budget's steps.
type BudgetCalendar interface {
	// List gives what was noted for a year.
	List(ctx context.Context, commune PlaceID, year int) ([]CalendarEntry, error)
	// Put stores an entry with the audit row; CodeConflict when the revision is
	// not the one it was read with.
	Put(ctx context.Context, e CalendarEntry, act Act) (CalendarEntry, error)
}
