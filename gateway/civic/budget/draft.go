package budget

import (
	"context"

	"baro/store"
)

// WithDraft is the service as it will be once a draft is published: for a preview. What others publish meanwhile shows too.
func (s *Service) WithDraft(d store.BudgetDocument) *Service {
	with := *s
	with.stores.Documents = withDraft{s.stores.Documents, d}
	with.cache = newCache()
	return &with
}

// withDraft tells a draft among the published documents, in the place of the version it would supersede.
type withDraft struct {
	Documents
	draft store.BudgetDocument
}

func (w withDraft) PublishedList(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error) {
	list, err := w.Documents.PublishedList(ctx, commune)
	if err != nil || commune != w.draft.Commune {
		return list, err
	}
	draft := w.draft
	draft.Status = store.BudgetPublished
	out := []store.BudgetDocument{draft}
	for _, d := range list {
		if d.Year != draft.Year || d.Stage != draft.Stage {
			out = append(out, d)
		}
	}
	return out, nil
}

func (w withDraft) Document(ctx context.Context, commune store.PlaceID, id int64) (store.BudgetDocument, error) {
	d, err := w.Documents.Document(ctx, commune, id)
	if err == nil && d.ID == w.draft.ID {
		d.Status = store.BudgetPublished
	}
	return d, err
}
