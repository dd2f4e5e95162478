// Package profile keeps a caller's language and commune, if the caller says so, and nothing of how they came about: a new
// value overwrites the former one, and there is no history. The number is sealed, and so is the language, which beside a
// number would tell of an ethnic group.
package profile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// Remember is the purpose of the consent to be recognised at the next call. It allows no message.
const Remember store.Purpose = "remember"

// keepQuestion is the question "keep language and commune?".
const keepQuestion = "main.keep"

// The purposes under which values are sealed: a box moved from one column to another does not open.
const (
	sealContactLanguage = "contact.language"
	sealConsentLanguage = "consent.language"
)

// touchAfter is how old the last sign of activity may be before a call renews it. Activity is kept by the day, since the
// only use of it is to forget people after a year.
const touchAfter = 24 * time.Hour

// Voters makes the pseudonyms of a number in consultations and wherever else people have one vote each.
type Voters interface {
	// Voter gives the pseudonym in one consultation.
	Voter(consultation int64, number identity.MSISDN) store.Voter
	// Voters gives those in every data set that still carries voters.
	Voters(ctx context.Context, number identity.MSISDN) ([]store.Voter, error)
}

// Consultations lists a commune's consultations, in all states when none is named.
type Consultations interface {
	List(ctx context.Context, commune store.PlaceID, states ...store.ConsultationState) ([]store.Consultation, error)
}

// Ballots finds a voter's answers.
type Ballots interface {
	Get(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter) (store.Ballot, error)
	Linked(ctx context.Context) ([]int64, error)
}

// Cases counts what a number has asked, in all communes.
type Cases interface {
	CountOwn(ctx context.Context, asker store.Pseudonym) (int, error)
}

// Votes counts what a number said of works, practices and answers, as far as the votes are still linked to it.
type Votes interface {
	Cast(ctx context.Context, number identity.MSISDN) (int, error)
}

// Calls knows who wants to be called.
type Calls interface {
	Waits(ctx context.Context, caller store.Pseudonym) (bool, error)
}

// Deps are what the service works with. All of them are needed.
type Deps struct {
	Contacts      store.Contacts
	Consents      store.Consents
	Consultations Consultations
	Ballots       Ballots
	Cases         Cases
	Voters        Voters
	Votes         Votes
	Calls         Calls
	Keys          *identity.Keyring
	// TextVersion names the wording of a question of the catalogue that was read in a language.
	TextVersion func(message, lang string) string
	// Now is the clock; actions go by the caller's time instead.
	Now func() time.Time
}

// Service keeps, tells and erases what is known of a number.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service { return &Service{Deps: d} }

// Known gives what a number is remembered with: a language tag, "" when there is none, and a commune, 0 when there is
// none; found is false for a stranger. It renews the day of last activity. When only that fails, the answer is complete
// and err tells of the failure beside it.
func (s *Service) Known(ctx context.Context, p identity.Pseudonym) (language string, commune store.PlaceID, found bool, err error) {
	contact, found, err := s.contact(ctx, p)
	if err != nil || !found {
		return "", 0, false, err
	}
	language, err = s.language(contact)
	if err != nil {
		return "", 0, false, err
	}
	if now := s.Now(); now.Sub(contact.LastActive) >= touchAfter {
		if err = s.Contacts.Touch(ctx, contact.Pseudonym, now); err != nil {
			err = fmt.Errorf("renew activity: %w", err)
		}
	}
	return language, contact.Commune, true, err
}

// language opens a contact's language. A data key that another node made a moment ago leaves it unknown for this call.
func (s *Service) language(c store.Contact) (string, error) {
	if c.Language.Box == nil {
		return "", nil
	}
	tag, err := s.Keys.Open(sealContactLanguage, identity.Sealed(c.Language))
	if errors.Is(err, identity.ErrUnknownKey) {
		return "", nil
	}
	return string(tag), err
}

// contact reads a contact; a stranger is no error.
func (s *Service) contact(ctx context.Context, p identity.Pseudonym) (store.Contact, bool, error) {
	c, err := s.Contacts.Get(ctx, store.Pseudonym(p))
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return store.Contact{}, false, nil
	case err != nil:
		return store.Contact{}, false, fmt.Errorf("read contact: %w", err)
	}
	return c, true, nil
}
