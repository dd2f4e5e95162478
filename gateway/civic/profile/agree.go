package profile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"baro/gateway/civic"
	"baro/gateway/identity"
	"baro/store"
)

// An Agreement is what a number agreed to for one purpose, if it did.
type Agreement struct {
	Purpose store.Purpose
	Given   bool
	Since   time.Time
	Source  string // dial, sms or sheet
}

// consentQuestion is the question "receive this by SMS?".
const consentQuestion = "consent.ask"

// offered are the purposes that this menu lets people agree to; the others are agreed to where their subject is.
func offered() []store.Purpose {
	return []store.Purpose{store.PurposeNotices, store.PurposeConsultations, store.PurposeContactBack}
}

// Agreements lists every purpose the menu offers, and beyond it those that the number has agreed to.
func (s *Service) Agreements(ctx context.Context, p store.Pseudonym) ([]Agreement, error) {
	standing, err := s.Consents.Standing(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("list agreements: %w", err)
	}
	var all []Agreement
	for _, purpose := range store.MessagePurposes() {
		a := Agreement{Purpose: purpose}
		for _, c := range standing {
			if c.Purpose == purpose {
				a = Agreement{Purpose: purpose, Given: true, Since: c.GivenAt, Source: c.Source}
			}
		}
		if a.Given || slices.Contains(offered(), purpose) {
			all = append(all, a)
		}
	}
	return all, nil
}

// Agree stores what a caller agreed to after reading consentQuestion, which names the purpose; CodeInvalid for a purpose that
// is not offered here. It belongs into the transaction of the step.
func (s *Service) Agree(ctx context.Context, c civic.Caller, purpose store.Purpose, choice Choice, lang string) error {
	if !slices.Contains(offered(), purpose) {
		return store.NewError(store.CodeInvalid, "agree", "unknown purpose")
	}
	return s.Allow(ctx, c, Permission{Purpose: purpose, Message: consentQuestion}, choice, lang)
}

// A Sheet is a consent that somebody gave on paper.
type Sheet struct {
	Number   identity.MSISDN
	Purpose  store.Purpose
	Version  string // of the text on the sheet
	Language string // tag, "" when the sheet does not say
	Commune  store.PlaceID
	At       time.Time
}

// AgreeOnSheet stores a consent from paper, with the sheet as its source. A number that has said STOP stays stopped:
// CodeDenied, since a paper may be older than the wish.
func (s *Service) AgreeOnSheet(ctx context.Context, sheet Sheet) error {
	const op = "agree on sheet"
	if !slices.Contains(offered(), sheet.Purpose) || sheet.Version == "" {
		return store.NewError(store.CodeInvalid, op, "unknown purpose, or no version of its text")
	}
	c := civic.Caller{Number: sheet.Number, Pseudonym: s.Keys.Pseudonym(sheet.Number), Channel: "paper", Source: "sheet", Now: sheet.At}
	stopped, err := s.Consents.Suppressed(ctx, store.Pseudonym(c.Pseudonym), sheet.Purpose)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if stopped {
		return store.NewError(store.CodeDenied, op, "the number has refused these messages")
	}
	former, found, err := s.contact(ctx, c.Pseudonym)
	if err != nil {
		return err
	}
	choice := Choice{Language: sheet.Language, Commune: sheet.Commune}
	if found { // what somebody chose on the phone is newer than a sheet
		choice = Choice{Commune: former.Commune}
	}
	if err := s.write(ctx, c, choice, former.Language); err != nil {
		return err
	}
	language, err := s.Keys.Seal(sealConsentLanguage, []byte(sheet.Language))
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	_, err = s.Consents.Give(ctx, store.Consent{
		Pseudonym: store.Pseudonym(c.Pseudonym), Purpose: sheet.Purpose, TextVersion: sheet.Version, Language: store.Sealed(language),
		Channel: c.Channel, Source: c.Source, GivenAt: sheet.At,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// Withdraw ends one purpose.
func (s *Service) Withdraw(ctx context.Context, c civic.Caller, purpose store.Purpose) error {
	if !slices.Contains(store.MessagePurposes(), purpose) {
		return store.NewError(store.CodeInvalid, "withdraw consent", "unknown purpose")
	}
	if err := s.Consents.Withdraw(ctx, store.Pseudonym(c.Pseudonym), purpose, c.Now); err != nil {
		return fmt.Errorf("withdraw consent: %w", err)
	}
	return nil
}

// Forget lets the next call be a stranger's again: language and commune go with the contact. False, and nothing is written,
// while the number has agreed to messages, which cannot be sent to nobody.
func (s *Service) Forget(ctx context.Context, c civic.Caller) (bool, error) {
	p := store.Pseudonym(c.Pseudonym)
	agreements, err := s.Agreements(ctx, p)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(agreements, func(a Agreement) bool { return a.Given }) {
		return false, nil
	}
	if err := s.Consents.Withdraw(ctx, p, Remember, c.Now); err != nil {
		return false, fmt.Errorf("forget: %w", err)
	}
	if err := s.Contacts.Forget(ctx, p); err != nil {
		return false, fmt.Errorf("forget: %w", err)
	}
	return true, nil
}

// Agreed opens the number and language behind a pseudonym that agreed to a purpose and has not refused it since; false for
// everybody else.
func (s *Service) Agreed(ctx context.Context, p store.Pseudonym, purpose store.Purpose) (number identity.MSISDN, language string, ok bool, err error) {
	standing, err := s.Consents.Standing(ctx, p)
	if err != nil || !slices.ContainsFunc(standing, func(c store.Consent) bool { return c.Purpose == purpose }) {
		return identity.MSISDN{}, "", false, err
	}
	if refused, err := s.Consents.Suppressed(ctx, p, purpose); err != nil || refused {
		return identity.MSISDN{}, "", false, err
	}
	contact, found, err := s.contact(ctx, identity.Pseudonym(p))
	if err != nil || !found {
		return identity.MSISDN{}, "", false, err
	}
	number, language, err = s.Reach(contact)
	return number, language, err == nil, err
}
