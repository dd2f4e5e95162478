package flows

import "context"

// A Need is what a flow wants from the outside before it can go on: a source read or an action carried out.
type Need struct {
	Name   string
	Action bool   // an action with an outcome; otherwise a source with rows
	Effect Effect // what an action changes
	Args   Args
	Lang   string // tag of the language the answer will be shown in: for texts the commune wrote in several
}

// Effect says what an action changes, which decides how a step is made safe to repeat.
type Effect uint8

// The effects of actions.
const (
	Reads  Effect = iota // nothing: a verdict on what is there
	Counts               // hourly counters only; the one effect allowed in sensitive flows
	Writes               // records; runs in one transaction with the step
)

// Args are the named arguments of a need, in the manifest's order.
type Args []Field

// Get returns an argument, or a None value when an optional one is absent.
func (a Args) Get(name string) Value { return Record(a).Get(name) }

// Int returns an argument as a number, 0 when absent.
func (a Args) Int(name string) int64 { return a.Get(name).Num }

// Text returns an argument as text, "" when absent.
func (a Args) Text(name string) string { return a.Get(name).Text }

// An Outcome is how an action ended: the edge to follow and what a flow may save from it.
type Outcome struct {
	Edge   string
	Fields Record
}

// A Resolver reads and acts for one person in one request. Errors are failures of ours (the store is down, a deadline
// has passed); everything a person can cause is an outcome or an empty answer.
type Resolver interface {
	// Read returns the rows of a source. A source of one record returns one row, or none when there is nothing.
	Read(ctx context.Context, need Need) ([]Row, error)
	// Act carries out an action. With Writes it is called inside the step's transaction.
	Act(ctx context.Context, need Need) (Outcome, error)
}
