package store

import (
	"context"
	"time"
)

// ConsultationState is the life of a consultation: draft → open → closed →
// published.
type ConsultationState string

const (
	ConsultationDraft     ConsultationState = "draft"
	ConsultationOpen      ConsultationState = "open"
	ConsultationClosed    ConsultationState = "closed"
	ConsultationPublished ConsultationState = "published"
)

// CanBecome tells whether next directly follows s.
func (s ConsultationState) CanBecome(next ConsultationState) bool {
	switch s {
	case ConsultationDraft:
		return next == ConsultationOpen
	case ConsultationOpen:
		return next == ConsultationClosed
	case ConsultationClosed:
		return next == ConsultationPublished
	}
	return false
}

// QuestionKind is how a question is answered.
type QuestionKind string

const (
	QuestionOne    QuestionKind = "one"    // one choice
	QuestionNumber QuestionKind = "number" // a whole number in a range
)

// Consultation is a set of questions put to a commune or one of its places.
type Consultation struct {
	ID         int64
	Commune    PlaceID
	Place      PlaceID // 0: the whole commune
	Number     int     // permanent dialled number
	Title      Texts
	OpensAt    time.Time
	ClosesAt   time.Time
	State      ConsultationState
	ReadingOn  Date // results are read in the public meeting first
	Decision   Texts
	DecisionOn Date
	Created    time.Time
	ClosedAt   time.Time
	Questions  []Question // filled by Get only
}

// Question is one question of a consultation.
type Question struct {
	ID        int64
	Ordinal   int
	Kind      QuestionKind
	Text      Texts
	Min, Max  *int64 // bounds of a number, inclusive
	Randomise bool   // order of choices differs per voter and is recorded
	Choices   []Choice
}

// Choice is one answer a question offers. Its ordinal is the digit on posters.
type Choice struct {
	ID      int64
	Ordinal int
	Label   Texts
}

// ConsultationReader reads consultations.
type ConsultationReader interface {
	// Get gives a consultation with its questions and choices.
	Get(ctx context.Context, commune PlaceID, id int64) (Consultation, error)
	// List gives the consultations in the given states (all without any),
	// those that close last first, without questions.
	List(ctx context.Context, commune PlaceID, states ...ConsultationState) ([]Consultation, error)
	// Overdue lists open consultations of all communes whose closing time has
	// passed, for the job that closes them.
	Overdue(ctx context.Context, now time.Time) ([]Consultation, error)
	// Results gives the totals frozen at closing.
	Results(ctx context.Context, commune PlaceID, id int64) ([]QuestionResult, error)
}

// ConsultationWriter composes consultations and moves them on.
type ConsultationWriter interface {
	// Create stores a draft with its questions and gives it back with ids and
	// its dialled number.
	Create(ctx context.Context, c Consultation) (Consultation, error)
	// Revise overwrites a draft and its questions; CodeConflict once it is open.
	Revise(ctx context.Context, c Consultation) (Consultation, error)
	// Open lets people answer between OpensAt and ClosesAt.
	Open(ctx context.Context, commune PlaceID, id int64, act Act) error
	// Close ends answering and freezes the totals in the same transaction.
	Close(ctx context.Context, commune PlaceID, id int64, act Act) error
	// Publish shows the frozen totals to everybody.
	Publish(ctx context.Context, commune PlaceID, id int64, act Act) error
	// Decide records what came of it; only for a closed or published one.
	Decide(ctx context.Context, commune PlaceID, id int64, decision Texts, on Date, act Act) error
}

// QuestionResult are the frozen totals of a question over confirmed ballots.
type QuestionResult struct {
	Question int64
	Answers  int64 // confirmed answers
	Choices  []ChoiceResult
	Numbers  *NumberResult // questions of kind number with at least one answer
}

// ChoiceResult is the total of one choice.
type ChoiceResult struct {
	Choice int64
	N      int64
}

// NumberResult sums up the answers to a question of kind number. The median of
// an even count is the lower of the two middle values.
type NumberResult struct {
	Sum, Min, Max, Median int64
}
