package access

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// Bounds of what is kept of a form that was not sent.
const (
	maxDraft  = 32 << 10 // bytes
	maxDrafts = 50       // forms of one account
	sealDraft = "form"
)

// SaveDraft keeps what somebody typed into a form.
func (s *Service) SaveDraft(ctx context.Context, p *Principal, form string, values url.Values) error {
	const op = "save draft"
	plain, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if len(plain) > maxDraft || len(form) == 0 || len(form) > 80 {
		return store.NewError(store.CodeInvalid, op, "the draft or its name is too long")
	}
	box, err := s.Keys.Seal(sealDraft, plain)
	if err != nil {
		return err
	}
	return s.Drafts.Put(ctx, store.FormDraft{Account: p.Account.ID, Form: form, Content: store.Sealed(box), Saved: s.Now()}, maxDrafts)
}

// Draft gives what was kept of a form and since when; CodeNotFound when nothing was.
func (s *Service) Draft(ctx context.Context, p *Principal, form string) (url.Values, time.Time, error) {
	d, err := s.Drafts.Get(ctx, p.Account.ID, form)
	if err != nil {
		return nil, time.Time{}, err
	}
	plain, err := s.Keys.Open(sealDraft, identity.Sealed(d.Content))
	if err != nil {
		return nil, time.Time{}, err
	}
	var values url.Values
	if err := json.Unmarshal(plain, &values); err != nil {
		return nil, time.Time{}, fmt.Errorf("read draft: %w", err)
	}
	return values, d.Saved, nil
}

// DropDraft forgets a draft, after its form was taken or thrown away.
func (s *Service) DropDraft(ctx context.Context, p *Principal, form string) error {
	return s.Drafts.Delete(ctx, p.Account.ID, form)
}
