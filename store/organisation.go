package store

import (
	"context"
	"time"
)

// OrganisationKind is what an organisation is.
type OrganisationKind string

const (
	OrganisationWomen       OrganisationKind = "women"
	OrganisationYouth       OrganisationKind = "youth"
	OrganisationAssociation OrganisationKind = "association" // any other
	OrganisationCooperative OrganisationKind = "cooperative"
)

// Valid tells whether k is a known kind.
func (k OrganisationKind) Valid() bool {
	switch k {
	case OrganisationWomen, OrganisationYouth, OrganisationAssociation, OrganisationCooperative:
		return true
	}
	return false
}

// OrganisationState is the life of an organisation: active → silenced → active,
// and closed from either. Only a silenced or closed one may not write to its own
// members; that takes a reason on record.
type OrganisationState string

const (
	OrganisationActive   OrganisationState = "active"
	OrganisationSilenced OrganisationState = "silenced"
	OrganisationClosed   OrganisationState = "closed"
)

// CanBecome tells whether next directly follows s.
func (s OrganisationState) CanBecome(next OrganisationState) bool {
	switch s {
	case OrganisationActive:
		return next == OrganisationSilenced || next == OrganisationClosed
	case OrganisationSilenced:
		return next == OrganisationActive || next == OrganisationClosed
	}
	return false
}

// Organisation is one named local body: a women's or youth group, a
// cooperative. Two rivals of one umbrella are two organisations.
type Organisation struct {
	ID        int64
	Commune   PlaceID
	Kind      OrganisationKind
	Name      Texts
	ShortName string // at most 14 characters; opens its messages
	State     OrganisationState
	Created   time.Time
}

// OrganisationReader reads organisations.
type OrganisationReader interface {
	// Get gives an organisation of the commune.
	Get(ctx context.Context, commune PlaceID, id int64) (Organisation, error)
	// List gives the organisations in the given states (all without any), by
	// short name.
	List(ctx context.Context, commune PlaceID, states ...OrganisationState) ([]Organisation, error)
}

// OrganisationWriter registers organisations and moves them on.
type OrganisationWriter interface {
	// Create stores an active organisation; CodeConflict when the commune has
	// one of that short name.
	Create(ctx context.Context, o Organisation, act Act) (Organisation, error)
	// Revise overwrites kind and names.
	Revise(ctx context.Context, o Organisation, act Act) (Organisation, error)
	// Move changes the state; CodeConflict when it is no longer from,
	// CodeInvalid when from cannot become to, or without a reason where to is
	// silenced or closed.
	Move(ctx context.Context, commune PlaceID, id int64, from, to OrganisationState, act Act) error
}

// MandateState is the life of a mandate: active → revoked. That it has run out
// shows in its dates.
type MandateState string

const (
	MandateActive  MandateState = "active"
	MandateRevoked MandateState = "revoked"
)

// Mandate lets an organisation speak to the public in a commune for a time. It
// is given by the commune and can be revoked at once.
type Mandate struct {
	ID           int64
	Organisation int64
	Purpose      string // in the commune's words
	From, To     Date   // both inclusive
	Quota        int    // meetings that may be put forward in a calendar month
	State        MandateState
	ApprovedBy   string // actor of the grant
	Created      time.Time
	Revoked      time.Time
	Reason       string // why it was revoked
}

// Holds tells whether the mandate is in force on a day.
func (m Mandate) Holds(on Date) bool {
	return m.State == MandateActive && m.From <= on && on <= m.To
}

// Mandates keeps what organisations are allowed to do.
type Mandates interface {
	// Grant stores a mandate; CodeInvalid without a purpose, with dates that do
	// not exist or run backwards, or with a quota below one.
	Grant(ctx context.Context, commune PlaceID, m Mandate, act Act) (Mandate, error)
	// Revoke ends an active mandate at once; CodeInvalid without a reason,
	// CodeConflict when it is revoked already.
	Revoke(ctx context.Context, commune PlaceID, id int64, act Act) error
	// List gives the mandates of an organisation, those that end last first.
	List(ctx context.Context, commune PlaceID, organisation int64) ([]Mandate, error)
}
