package profile

import (
	"context"
	"fmt"

	"baro/gateway/civic"
	"baro/store"
)

// Choice is what a caller chose: a language tag, "" for none, and a commune, 0 for none.
type Choice struct {
	Language string
	Commune  store.PlaceID
}

// Keep remembers a caller with the choice and stores the consent to it, with the wording read in lang. It belongs into
// the transaction of the step.
func (s *Service) Keep(ctx context.Context, c civic.Caller, choice Choice, lang string) error {
	if err := s.write(ctx, c, choice, store.Sealed{}); err != nil {
		return err
	}
	if err := s.consent(ctx, c, Permission{Remember, keepQuestion}, lang); err != nil {
		return fmt.Errorf("keep consent: %w", err)
	}
	return nil
}

// Update overwrites what is kept of a caller. It tells false, and writes nothing, for one of whom nothing is kept. What
// the choice leaves open stays as it was.
func (s *Service) Update(ctx context.Context, c civic.Caller, choice Choice) (bool, error) {
	former, found, err := s.contact(ctx, c.Pseudonym)
	if err != nil || !found {
		return false, err
	}
	if choice.Commune == 0 {
		choice.Commune = former.Commune
	}
	return true, s.write(ctx, c, choice, former.Language)
}

// Erase deletes what ties records to the caller's number. One suppression stays, so that old lists cannot bring the
// number back.
func (s *Service) Erase(ctx context.Context, c civic.Caller) error {
	voters, err := s.Voters.Voters(ctx, c.Number)
	if err != nil {
		return fmt.Errorf("find ballots to cut: %w", err)
	}
	if err := s.Contacts.Erase(ctx, store.Erasure{Pseudonym: store.Pseudonym(c.Pseudonym), Voters: voters}); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	return nil
}

// write seals and writes a contact; sealed is its language when none is chosen.
func (s *Service) write(ctx context.Context, c civic.Caller, choice Choice, sealed store.Sealed) error {
	phone, err := s.Keys.SealNumber(c.Number)
	if err != nil {
		return fmt.Errorf("keep contact: %w", err)
	}
	if choice.Language != "" {
		fresh, err := s.Keys.Seal(sealContactLanguage, []byte(choice.Language))
		if err != nil {
			return fmt.Errorf("keep contact: %w", err)
		}
		sealed = store.Sealed(fresh)
	}
	err = s.Contacts.Keep(ctx, store.Contact{
		Pseudonym: store.Pseudonym(c.Pseudonym), Phone: store.Sealed(phone), Language: sealed, Commune: choice.Commune,
		Created: c.Now, LastActive: c.Now,
	})
	if err != nil {
		return fmt.Errorf("keep contact: %w", err)
	}
	return nil
}

// consent stores the permission. The store lifts a refusal of everything with any consent; but to be remembered, or to
// receive one thing, is not to receive all, so that who had stopped all messages is left with each other kind stopped.
func (s *Service) consent(ctx context.Context, c civic.Caller, permission Permission, lang string) error {
	p := store.Pseudonym(c.Pseudonym)
	stopped, err := s.Consents.Suppressed(ctx, p, store.PurposeAll)
	if err != nil {
		return err
	}
	language, err := s.Keys.Seal(sealConsentLanguage, []byte(lang))
	if err != nil {
		return err
	}
	_, err = s.Consents.Give(ctx, store.Consent{
		Pseudonym: p, Purpose: permission.Purpose, TextVersion: s.TextVersion(permission.Message, lang), Language: store.Sealed(language),
		Channel: c.Channel, Source: c.Source, GivenAt: c.Now,
	})
	if err != nil || !stopped {
		return err
	}
	for _, purpose := range store.MessagePurposes() {
		if purpose == permission.Purpose {
			continue
		}
		if err := s.Consents.Withdraw(ctx, p, purpose, c.Now); err != nil {
			return err
		}
	}
	return nil
}
