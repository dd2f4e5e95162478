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

// CaseAudience is who may read a case.
type CaseAudience string

const (
	AudienceClerks   CaseAudience = "clerks"   // the commune's own
	AudienceReferral CaseAudience = "referral" // the person outside the town hall whom the commune has named
)

// Audience tells who reads cases of a kind: what is about the town hall goes to
// somebody outside it.
func (k CaseKind) Audience() CaseAudience {
	if k == CaseTownHall {
		return AudienceReferral
	}
	return AudienceClerks
}

// CasePrompt is how far the question "is it solved?" is, which an answer leads
// to after some weeks.
type CasePrompt string

const (
	PromptNone  CasePrompt = ""
	PromptDue   CasePrompt = "due"   // asked at the next call
	PromptLater CasePrompt = "later" // put off; whoever follows the case may still say
	PromptYes   CasePrompt = "yes"   // solved: the case is closed
	PromptNo    CasePrompt = "no"    // not solved: the case was opened again
)

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

	Audience CaseAudience // set by the store from the kind
	Assignee string       // id of a console account, "" for nobody
	Assigned time.Time
	Prompt   CasePrompt
	Prompted time.Time
	Reopened time.Time
}

// CaseQuery chooses cases of a commune for one audience.
type CaseQuery struct {
	Audience CaseAudience
	State    CaseState // "" for all
	Assignee string    // "" for all
	Late     time.Time // not zero: unanswered and due before it
	Limit    int
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
	// List gives the cases an audience may read, longest waiting first; those
	// that are late, longest due first.
	List(ctx context.Context, commune PlaceID, q CaseQuery) ([]Case, error)
	// Count gives the number of an audience's cases in each state, and of those
	// due before late.
	Count(ctx context.Context, commune PlaceID, audience CaseAudience, late time.Time) (CaseCounts, error)
	// Prompting gives the oldest case of a number that waits for the answer
	// whether it is solved.
	Prompting(ctx context.Context, commune PlaceID, asker Pseudonym) (Case, error)
	// Prompted gives, of all communes, the numbers that have such a case, in no
	// order.
	Prompted(ctx context.Context) ([]Pseudonym, error)
	// Unprompted lists, of all communes, up to limit cases answered before a
	// time whose asker was not asked yet whether they are solved.
	Unprompted(ctx context.Context, answeredBefore time.Time, limit int) ([]Case, error)
}

// CaseCounts are an audience's cases by state.
type CaseCounts struct {
	Received, Assigned, Answered, Closed int64
	Late                                 int64
}

// CaseWriter takes and answers cases.
type CaseWriter interface {
	// Create stores a case, chooses its number and gives it back.
	Create(ctx context.Context, c Case) (Case, error)
	// Move changes the state; CodeConflict when it is no longer from,
	// CodeInvalid when from cannot become to. Use Answer to answer.
	Move(ctx context.Context, commune PlaceID, id int64, from, to CaseState, act Act) error
	// Assign gives a case that waits for its answer to an account; from is the
	// state it was seen in.
	Assign(ctx context.Context, commune PlaceID, id int64, from CaseState, assignee string, act Act) error
	// Prompt notes that the asker is to be asked whether it is solved;
	// CodeConflict when that was noted before or the case is not answered.
	Prompt(ctx context.Context, commune PlaceID, id int64, act Act) error
	// Settle takes the asker's word: yes closes the case, no opens it again with
	// a new due date, which happens once, later leaves it. CodeConflict when
	// there is nothing (any more) to settle.
	Settle(ctx context.Context, commune PlaceID, id int64, word CasePrompt, due time.Time, act Act) error
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
