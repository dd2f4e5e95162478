package store

import (
	"context"
	"time"
)

// OpportunityKind is what is offered.
type OpportunityKind string

const (
	OpportunityJob      OpportunityKind = "job"
	OpportunityTraining OpportunityKind = "training"
	OpportunityTender   OpportunityKind = "tender"
)

// Valid tells whether k is a known kind.
func (k OpportunityKind) Valid() bool {
	return k == OpportunityJob || k == OpportunityTraining || k == OpportunityTender
}

// OpportunityState is the life of an opportunity: draft → published → closed.
// It may be withdrawn at any time before it is closed.
type OpportunityState string

const (
	OpportunityDraft     OpportunityState = "draft"
	OpportunityPublished OpportunityState = "published"
	OpportunityClosed    OpportunityState = "closed"
	OpportunityWithdrawn OpportunityState = "withdrawn"
)

// CanBecome tells whether next directly follows s.
func (s OpportunityState) CanBecome(next OpportunityState) bool {
	switch s {
	case OpportunityDraft:
		return next == OpportunityPublished || next == OpportunityWithdrawn
	case OpportunityPublished:
		return next == OpportunityClosed || next == OpportunityWithdrawn
	}
	return false
}

// Opportunity is a job, a training or a tender that a commune makes known.
type Opportunity struct {
	ID           int64
	Commune      PlaceID
	Kind         OpportunityKind
	Number       int // permanent dialled number, of the space of works and consultations
	Title        Texts
	Summary      Texts
	Organisation string // who offers it; never a person
	PlaceName    string
	Deadline     time.Time // from this instant on it is over (OCDS tender.tenderPeriod.endDate)
	OCID         string    // tenders: the contracting process, "" before it has one
	Tender       *Tender   // tenders only, nil when nothing more is known
	State        OpportunityState
	Created      time.Time
	Published    time.Time
	Updated      time.Time
}

// Tender is the core of an OCDS 1.1.5 tender beyond title, text and deadline.
// Codes are those of the standard's code lists, "" where unknown.
type Tender struct {
	Method      string     `json:"procurementMethod,omitempty"`       // open, selective, limited, direct
	Category    string     `json:"mainProcurementCategory,omitempty"` // goods, works, services
	Value       *int64     `json:"value,omitempty"`                   // estimate in FCFA (XOF)
	Submission  string     `json:"submissionMethodDetails,omitempty"` // where and how bids are handed in
	Eligibility string     `json:"eligibilityCriteria,omitempty"`     // who may bid
	Begins      *time.Time `json:"tenderPeriodStart,omitempty"`       // tenderPeriod.startDate
}

// OpportunityReader reads opportunities.
type OpportunityReader interface {
	// Get gives one opportunity of a commune, in whatever state.
	Get(ctx context.Context, commune PlaceID, id int64) (Opportunity, error)
	// Open gives up to limit published opportunities of a kind whose deadline
	// is after now, the nearest deadline first.
	Open(ctx context.Context, commune PlaceID, kind OpportunityKind, now time.Time, limit int) ([]Opportunity, error)
	// List gives the opportunities of a commune in the given states (all
	// without any), the latest deadline first.
	List(ctx context.Context, commune PlaceID, states ...OpportunityState) ([]Opportunity, error)
}

// OpportunityWriter composes opportunities and moves them on.
type OpportunityWriter interface {
	// Create stores a draft and gives it back with its dialled number.
	// CodeConflict when the OCID is taken.
	Create(ctx context.Context, o Opportunity) (Opportunity, error)
	// Revise overwrites what a draft or published opportunity says; number,
	// kind and state stay. CodeConflict once it is closed or withdrawn.
	Revise(ctx context.Context, o Opportunity, act Act) (Opportunity, error)
	// Move changes the state; CodeConflict when it is no longer from,
	// CodeInvalid when from cannot become to.
	Move(ctx context.Context, commune PlaceID, id int64, from, to OpportunityState, act Act) error
}
