package economy

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"baro/store"
)

// Limits of what a commune makes known: what the screens are proved for. Texts in characters.
const (
	MaxTitle        = 32
	MaxSummary      = 120
	MaxOrganisation = 40
	MaxPlace        = 24
	MaxNote         = 80
	MaxSubject      = 40
)

// A Fault is one thing that keeps an opportunity from being published.
type Fault struct {
	Field  string // title, summary, organisation, place, deadline
	Reason string // missing, too_long, past
}

func (f Fault) Error() string { return f.Field + ": " + f.Reason }

// Check returns everything that keeps an opportunity from being published at now, nil when nothing does. French is the
// language that must not be missing: every other one falls back to it.
func Check(o store.Opportunity, now time.Time) (faults []Fault) {
	add := func(field, reason string) {
		if reason != "" {
			faults = append(faults, Fault{field, reason})
		}
	}
	add("title", textFault(o.Title, MaxTitle, true))
	add("summary", textFault(o.Summary, MaxSummary, false))
	add("organisation", textFault(store.Texts{"fr": o.Organisation}, MaxOrganisation, true))
	add("place", textFault(store.Texts{"fr": o.PlaceName}, MaxPlace, false))
	if !now.Before(o.Deadline) {
		add("deadline", "past")
	}
	return faults
}

// Draft stores a new draft, which may still have faults, and gives it back with its dialled number.
func (s *Service) Draft(ctx context.Context, o store.Opportunity) (store.Opportunity, error) {
	made, err := s.stores.Opportunities.Create(ctx, o)
	if err != nil {
		return store.Opportunity{}, fmt.Errorf("draft opportunity: %w", err)
	}
	return made, nil
}

// Revise changes what a draft, or a published opportunity, says: a deadline may be put off. CodeInvalid for faults in one
// that people see already.
func (s *Service) Revise(ctx context.Context, o store.Opportunity, now time.Time, act store.Act) (store.Opportunity, error) {
	const op = "revise opportunity"
	before, err := s.stores.Opportunities.Get(ctx, o.Commune, o.ID)
	if err != nil {
		return store.Opportunity{}, fmt.Errorf("%s: %w", op, err)
	}
	if faults := Check(o, now); before.State == store.OpportunityPublished && len(faults) > 0 {
		return store.Opportunity{}, store.NewError(store.CodeInvalid, op, faults[0].Error())
	}
	revised, err := s.stores.Opportunities.Revise(ctx, o, act)
	if err != nil {
		return store.Opportunity{}, fmt.Errorf("%s: %w", op, err)
	}
	return revised, nil
}

// Publish shows a draft to everybody until its deadline; CodeInvalid when it has faults.
func (s *Service) Publish(ctx context.Context, commune store.PlaceID, id int64, now time.Time, act store.Act) error {
	const op = "publish opportunity"
	o, err := s.stores.Opportunities.Get(ctx, commune, id)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if faults := Check(o, now); len(faults) > 0 {
		return store.NewError(store.CodeInvalid, op, faults[0].Error())
	}
	return s.move(ctx, op, commune, id, store.OpportunityDraft, store.OpportunityPublished, act)
}

// Close ends a published opportunity before its deadline, as when the place is taken.
func (s *Service) Close(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	return s.move(ctx, "close opportunity", commune, id, store.OpportunityPublished, store.OpportunityClosed, act)
}

// Withdraw takes back a draft or a published opportunity; from is the state it was seen in.
func (s *Service) Withdraw(ctx context.Context, commune store.PlaceID, id int64, from store.OpportunityState, act store.Act) error {
	return s.move(ctx, "withdraw opportunity", commune, id, from, store.OpportunityWithdrawn, act)
}

// PutMarket stores a market of the commune, or changes the one of that name.
func (s *Service) PutMarket(ctx context.Context, m store.MarketDay, act store.Act) (store.MarketDay, error) {
	const op = "put market"
	if textFault(store.Texts{"fr": m.PlaceName}, MaxPlace, true) != "" || textFault(m.Note, MaxNote, false) != "" {
		return store.MarketDay{}, store.NewError(store.CodeInvalid, op, "the place is missing, or place or note are too long")
	}
	stored, err := s.stores.Markets.Put(ctx, m, act)
	if err != nil {
		return store.MarketDay{}, fmt.Errorf("%s: %w", op, err)
	}
	return stored, nil
}

// PublishAnswer shows everybody the answer to a business, under a subject in the clerk's own words. What the business
// wrote is never shown.
func (s *Service) PublishAnswer(ctx context.Context, commune store.PlaceID, id int64, subject store.Texts, act store.Act) error {
	const op = "publish answer"
	if reason := textFault(subject, MaxSubject, true); reason != "" {
		return store.NewError(store.CodeInvalid, op, "subject: "+reason)
	}
	if err := s.stores.Answers.Publish(ctx, commune, id, subject, act); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

func (s *Service) move(ctx context.Context, op string, commune store.PlaceID, id int64, from, to store.OpportunityState, act store.Act) error {
	if err := s.stores.Opportunities.Move(ctx, commune, id, from, to, act); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

// textFault tells what is wrong with a text in any of its languages, "" when nothing is.
func textFault(t store.Texts, limit int, needed bool) string {
	for _, text := range t {
		if utf8.RuneCountInString(text) > limit {
			return "too_long"
		}
	}
	if needed && t["fr"] == "" {
		return "missing"
	}
	return ""
}
