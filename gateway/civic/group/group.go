// Package group lets local organisations act by phone: who leads them and proves it with a PIN, who belongs to them, and
// what the commune has mandated them for. Leaders see how many, never who.
package group

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"baro/gateway/civic/letter"
	"baro/gateway/identity"
	"baro/store"
)

// The purposes under which languages are sealed: a box moved from one column to another does not open.
const (
	sealMember  = "member.language"
	sealConsent = "consent.language"
)

// joinText is the message whose wording a member agrees to.
const joinText = "group.invitation"

// Organisations are registered by the commune.
type Organisations interface {
	store.OrganisationReader
	store.OrganisationWriter
}

// Officers act with PINs.
type Officers interface {
	store.OfficerReader
	store.OfficerWriter
	store.PINTries
}

// Stores are the records the service works on.
type Stores struct {
	Tx            store.Writer
	Organisations Organisations
	Mandates      store.Mandates
	Officers      Officers
	Members       store.Members
	Consents      store.Consents
}

// Letters writes to one person.
type Letters interface {
	Send(ctx context.Context, letters ...letter.Letter) error
}

// Dials tells what to type to reach a screen.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// Means are what the service works with beside its records.
type Means struct {
	Keys        *identity.Keyring
	Secrets     *identity.SecretHasher
	Letters     Letters
	Dials       Dials
	TextVersion func(message, lang string) string
	Rand        io.Reader
	Zone        *time.Location
}

// Service knows organisations, their officers and members. It is safe for concurrent use.
type Service struct {
	Stores
	Means
}

// New returns a service.
func New(s Stores, m Means) *Service { return &Service{Stores: s, Means: m} }

// ErrForeign says that a number has no post in an organisation, or not the one an act takes.
var ErrForeign = errors.New("group: the number holds no post there")

// Standing is an organisation with the mandate that counts on a day.
type Standing struct {
	store.Organisation
	Mandate  store.Mandate // the one in force, else the last one there was
	Mandated bool          // it is in force
}

// Standing tells where an organisation stands on a day.
func (s *Service) Standing(ctx context.Context, commune store.PlaceID, organisation int64, on time.Time) (st Standing, err error) {
	if st.Organisation, err = s.Organisations.Get(ctx, commune, organisation); err != nil {
		return st, fmt.Errorf("find organisation: %w", err)
	}
	all, err := s.Mandates.List(ctx, commune, organisation)
	if err != nil {
		return st, fmt.Errorf("find mandate: %w", err)
	}
	day := store.Date(on.In(s.Zone).Format(time.DateOnly))
	for i, m := range all {
		if i == 0 || m.Holds(day) && !st.Mandated {
			st.Mandate, st.Mandated = m, m.Holds(day)
		}
	}
	return st, nil
}

// By finds the officer that a number says to be, and makes sure that it holds one of the roles in an organisation, or with
// organisation 0 in the commune. The PIN was asked for when the dialogue began.
func (s *Service) By(ctx context.Context, commune store.PlaceID, officer, organisation int64, p identity.Pseudonym, roles ...store.Role) (store.Officer, error) {
	o, err := s.Officers.Get(ctx, commune, officer)
	if store.CodeOf(err) == store.CodeNotFound {
		return o, ErrForeign
	}
	if err != nil {
		return o, fmt.Errorf("find officer: %w", err)
	}
	if o.Pseudonym == nil || *o.Pseudonym != store.Pseudonym(p) || !o.LockedAt.IsZero() || o.Fresh || !o.Holds(organisation, roles...) {
		return o, ErrForeign
	}
	return o, nil
}

// Act is an officer's act as the audit names it.
func Act(officer int64, reason string) store.Act {
	return store.Act{Actor: fmt.Sprintf("leader:%d", officer), Reason: reason}
}
