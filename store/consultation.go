package store

import (
	"context"
	"time"
)

// ConsultationState is the life of a consultation: draft → open → closed →
// published → decided → followed.
type ConsultationState string

const (
	ConsultationDraft     ConsultationState = "draft"
	ConsultationOpen      ConsultationState = "open"
	ConsultationClosed    ConsultationState = "closed"
	ConsultationPublished ConsultationState = "published" // totals are public
	ConsultationDecided   ConsultationState = "decided"   // so is what the commune decided
	ConsultationFollowed  ConsultationState = "followed"  // and what it has done since
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
	case ConsultationPublished:
		return next == ConsultationDecided
	case ConsultationDecided:
		return next == ConsultationFollowed
	}
	return false
}

// Public tells whether everybody may see the totals.
func (s ConsultationState) Public() bool {
	return s == ConsultationPublished || s == ConsultationDecided || s == ConsultationFollowed
}

// QuestionKind is how a question is answered.
type QuestionKind string

const (
	QuestionOne    QuestionKind = "one"    // one choice
	QuestionNumber QuestionKind = "number" // a whole number in a range

	QuestionSeveral QuestionKind = "several" // between Min and Max of the choices
	QuestionBudget  QuestionKind = "budget"  // as several, and their costs fit the envelope
	QuestionRank    QuestionKind = "rank"    // the first Min to Max choices in order of preference
	QuestionText    QuestionKind = "text"    // own words: sealed, counted, never shown to others
)

// Picks tells whether the question is answered by several choices, in the
// order in which they were picked.
func (k QuestionKind) Picks() bool {
	return k == QuestionSeveral || k == QuestionBudget || k == QuestionRank
}

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
	Phones     int64      // confirmed ballots by number, frozen at closing
	Cards      int64      // confirmed ballots by vote card, frozen at closing
	Questions  []Question // filled by Get only
}

// Question is one question of a consultation.
type Question struct {
	ID        int64
	Ordinal   int
	Kind      QuestionKind
	Text      Texts
	Min, Max  *int64 // bounds of a number or of how many choices are picked, inclusive
	Envelope  *int64 // what the picked choices may cost together, in francs CFA
	Randomise bool   // order of choices differs per voter and is recorded
	Choices   []Choice
}

// Choice is one answer a question offers. Its ordinal is the digit on posters.
type Choice struct {
	ID      int64
	Ordinal int
	Label   Texts
	Cost    *int64 // of a question of kind budget, in francs CFA
}

// FollowUp is one thing that was done after the decision, with its day.
type FollowUp struct {
	ID   int64
	On   Date
	What Texts
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
	// FollowUps gives what was done after the decision, the latest first.
	FollowUps(ctx context.Context, commune PlaceID, id int64) ([]FollowUp, error)
	// Untold gives up to limit consultations of all communes whose totals are
	// public and of which nobody was told yet, the earliest reading first.
	Untold(ctx context.Context, limit int) ([]Consultation, error)
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
	// Decide records what came of it and moves published → decided; a decided
	// one is corrected. CodeConflict in any other state.
	Decide(ctx context.Context, commune PlaceID, id int64, decision Texts, on Date, act Act) error
	// Follow adds what was done and moves decided → followed; CodeConflict
	// before there is a decision.
	Follow(ctx context.Context, commune PlaceID, id int64, step FollowUp, act Act) error
	// Told notes that who agreed was told of the public totals; CodeConflict
	// when that was noted already and while they are not public.
	Told(ctx context.Context, commune PlaceID, id int64, at time.Time) error
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
	Points int64 // questions of kind rank
}

// NumberResult sums up the answers to a question of kind number. The median of
// an even count is the lower of the two middle values.
type NumberResult struct {
	Sum, Min, Max, Median int64
}
