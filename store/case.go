package store

import (
	"context"
	"time"
)

// CaseKind is what a resident's question is about. Cases about the town hall
// go to a person outside it.
type CaseKind string

const (
	CaseRoad         CaseKind = "road"
	CaseWater        CaseKind = "water"
	CaseSchoolHealth CaseKind = "school_health"
	CaseTownHall     CaseKind = "town_hall"
	CaseOther        CaseKind = "other"
	CaseBusiness     CaseKind = "business" // of a business or cooperative
	CasePractice     CaseKind = "practice" // of another commune's resident about a practice, or the proposal of one
)

// Valid tells whether k is a known kind.
func (k CaseKind) Valid() bool {
	switch k {
	case CaseRoad, CaseWater, CaseSchoolHealth, CaseTownHall, CaseOther, CaseBusiness, CasePractice:
		return true
	}
	return false
}

// CaseState is the life of a case: received → assigned → answered → closed.
type CaseState string

const (
	CaseReceived CaseState = "received"
	CaseAssigned CaseState = "assigned"
	CaseAnswered CaseState = "answered"
	CaseClosed   CaseState = "closed"
)

// CanBecome tells whether next may follow s. Answering without assigning first
// is allowed, and a case may be closed without an answer.
func (s CaseState) CanBecome(next CaseState) bool {
	switch s {
	case CaseReceived:
		return next == CaseAssigned || next == CaseAnswered || next == CaseClosed
	case CaseAssigned:
		return next == CaseAnswered || next == CaseClosed
	case CaseAnswered:
		return next == CaseClosed
	}
	return false
}

// Case is a question or report of a resident.
type Case struct {
	ID        int64
	Commune   PlaceID
	Number    string // 4 to 6 digits, random within the commune
	Kind      CaseKind
	Body      Sealed // nil box: reported by menu, without words
	Place     PlaceID
	PlaceText string
	Asker     *Pseudonym // nil: did not want to be reachable
	State     CaseState
	Answer    Texts
	Created   time.Time
	Answered  time.Time
	Due       time.Time
	Practice  int64 // what a case of kind practice is about; 0: a new one is proposed
	Subject   Texts // in the clerk's words, once published
	Published time.Time
}

// PublicAnswer is an answer that everybody may read, under the clerk's words
// for what was asked. The asker's words are not in it.
type PublicAnswer struct {
	ID        int64
	Subject   Texts
	Answer    Texts
	Published time.Time
}

// CaseStatus is what anybody who knows the number may see.
type CaseStatus struct {
	State    CaseState
	Created  time.Time
	Due      time.Time
	Answered time.Time
}

// CaseReader reads cases.
type CaseReader interface {
	// Get gives a case to those who work on it.
	Get(ctx context.Context, commune PlaceID, id int64) (Case, error)
	// Status tells how far the case with a dialled number is.
	Status(ctx context.Context, commune PlaceID, number string) (CaseStatus, error)
	// Own lists the cases a number has put, newest first.
	Own(ctx context.Context, commune PlaceID, asker Pseudonym) ([]Case, error)
	// CountOwn counts the cases a number has put, in all communes: what its
	// owner may know and erase does not end at a boundary.
	CountOwn(ctx context.Context, asker Pseudonym) (int, error)
	// List gives up to limit cases in a state, longest waiting first.
	List(ctx context.Context, commune PlaceID, state CaseState, limit int) ([]Case, error)
}

// CaseWriter takes and answers cases.
type CaseWriter interface {
	// Create stores a case, chooses its number and gives it back.
	Create(ctx context.Context, c Case) (Case, error)
	// Move changes the state; CodeConflict when it is no longer from,
	// CodeInvalid when from cannot become to. Use Answer to answer.
	Move(ctx context.Context, commune PlaceID, id int64, from, to CaseState, act Act) error
	// Answer stores the answer and moves from → answered.
	Answer(ctx context.Context, commune PlaceID, id int64, from CaseState, answer Texts, act Act) error
	// PurgeBodies drops the words of cases created before a time.
	PurgeBodies(ctx context.Context, before time.Time) (int64, error)
}

// PublicCases are answers the commune has published.
type PublicCases interface {
	// Publish shows the answer of an answered or closed case under a subject in
	// the clerk's words; doing it again replaces the subject. CodeConflict
	// without an answer, CodeInvalid without a subject.
	Publish(ctx context.Context, commune PlaceID, id int64, subject Texts, act Act) error
	// Published gives up to limit published answers of a kind, newest first.
	Published(ctx context.Context, commune PlaceID, kind CaseKind, limit int) ([]PublicAnswer, error)
}
