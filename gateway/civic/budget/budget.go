// Package budget tells residents what their commune's budget is, where it goes, what was really spent and what the taxes
// brought in. It shows published documents only, and computes every figure from their lines.
package budget

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"baro/store"
)

// Documents are the budgets of communes.
type Documents interface {
	Document(ctx context.Context, commune store.PlaceID, id int64) (store.BudgetDocument, error)
	PublishedList(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error)
	Lines(ctx context.Context, commune store.PlaceID, document int64) ([]store.BudgetLine, error)
}

// Numbers find what a dialled number leads to.
type Numbers interface {
	Lookup(ctx context.Context, commune store.PlaceID, number int) (store.DialTarget, error)
}

// Taxes are what communes tell about the TDRL.
type Taxes interface {
	Latest(ctx context.Context, commune store.PlaceID, year int) (store.TaxFacts, error)
}

// Places know how many people live in a commune.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

// Stores are the records the service reads.
type Stores struct {
	Documents Documents
	Works     store.WorkReader
	Numbers   Numbers
	Taxes     Taxes
	Places    Places
}

// Service tells budgets. It is safe for concurrent use.
type Service struct {
	stores Stores
	reader reader
	cache  *cache
}

// New returns a service that recognises lines by rules; UsualRules serve unless the operator knows better.
func New(stores Stores, rules Rules) *Service {
	return &Service{stores: stores, reader: newReader(rules), cache: newCache()}
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
