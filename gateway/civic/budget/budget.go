// Package budget tells residents what their commune's budget is, where it goes, what was really spent and what the taxes
// brought in; when each step of the year is due and how it was voted; and what residents see of a work beside what the
// town hall says. It shows published documents only, and computes every figure from their lines.
package budget

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"baro/gateway/civic/voice"
	"baro/store"
)

// Documents are the budgets of communes.
type Documents interface {
	Document(ctx context.Context, commune store.PlaceID, id int64) (store.BudgetDocument, error)
	PublishedList(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error)
	Lines(ctx context.Context, commune store.PlaceID, document int64) ([]store.BudgetLine, error)
}

// Votes record how documents were adopted.
type Votes interface {
	SetVote(ctx context.Context, commune store.PlaceID, document int64, v store.Vote, transmitted, approved store.Date, act store.Act) error
}

// Taxes are what communes tell about the TDRL.
type Taxes interface {
	Latest(ctx context.Context, commune store.PlaceID, year int) (store.TaxFacts, error)
}

// Places know how many people live in a commune.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

// Stores are the records the service works on.
type Stores struct {
	Documents Documents
	Votes     Votes
	Calendar  store.BudgetCalendar
	Works     store.WorkReader
	Numbers   store.DialNumbers
	Taxes     Taxes
	Places    Places
}

// Means are what the service reaches people with.
type Means struct {
	Voices  *voice.Service
	Letters Letters
	Dials   Dials
}

// Service tells budgets. It is safe for concurrent use.
type Service struct {
	stores    Stores
	means     Means
	reader    reader
	deadlines []Deadline
	cache     *cache
}

// New returns a service that recognises lines by rules and expects steps by deadlines; UsualRules and UsualDeadlines serve
// unless the operator knows better.
func New(stores Stores, means Means, rules Rules, deadlines []Deadline) *Service {
	return &Service{stores: stores, means: means, reader: newReader(rules), deadlines: deadlines, cache: newCache()}
}

// Published lists a commune's standing documents, newest year first and within a year the latest of the cycle first.
func (s *Service) Published(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error) {
	list, err := s.stores.Documents.PublishedList(ctx, commune)
	if err != nil {
		return nil, fmt.Errorf("list budgets: %w", err)
	}
	slices.SortStableFunc(list, func(a, b store.BudgetDocument) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(cycle(b.Stage), cycle(a.Stage)))
	})
	return list, nil
}

// Figures gives what a published document says. The caller has it from Published: drafts are not to be cached.
func (s *Service) Figures(ctx context.Context, d store.BudgetDocument) (*Figures, error) {
	if f, ok := s.cache.get(d.ID); ok {
		return f, nil
	}
	lines, err := s.stores.Documents.Lines(ctx, d.Commune, d.ID)
	if err != nil {
		return nil, fmt.Errorf("read budget lines: %w", err)
	}
	f := s.reader.compute(d.Stage, lines)
	s.cache.put(d.ID, f)
	return f, nil
}

// Compute gives what lines say that are not published, for a preview.
func (s *Service) Compute(stage store.BudgetStage, lines []store.BudgetLine) *Figures {
	return s.reader.compute(stage, lines)
}

// cycle orders the stages of a year.
func cycle(stage store.BudgetStage) int {
	switch stage {
	case store.BudgetPrimitif:
		return 1
	case store.BudgetAdditionnel:
		return 2
	}
	return 3
}
