package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// FormDrafts keeps what people have typed and not sent.
type FormDrafts struct{ db *DB }

var _ store.FormDrafts = (*FormDrafts)(nil)

// FormDrafts gives the contract for drafts of forms.
func (db *DB) FormDrafts() *FormDrafts { return &FormDrafts{db} }

func (f *FormDrafts) Put(ctx context.Context, d store.FormDraft, limit int) error {
	const op = "put form draft"
	n, err := f.db.exec(ctx, op, "form_draft_put", d.Account, d.Form, d.Content.KeyID, d.Content.Box, micros(d.Saved), limit)
	if err == nil && n == 0 {
		return store.NewError(store.CodeDenied, op, "the account has too many drafts")
	}
	return err
}

func (f *FormDrafts) Get(ctx context.Context, account int64, form string) (store.FormDraft, error) {
	return one(ctx, f.db, "get form draft", "form_draft_get", scanFormDraft, account, form)
}

func (f *FormDrafts) Delete(ctx context.Context, account int64, form string) error {
	_, err := f.db.exec(ctx, "delete form draft", "form_draft_delete", account, form)
	return err
}

func (f *FormDrafts) Purge(ctx context.Context, before time.Time) (int64, error) {
	return f.db.exec(ctx, "purge form drafts", "form_draft_purge", micros(before))
}

func scanFormDraft(row scanner) (d store.FormDraft, err error) {
	err = row.Scan(&d.Account, &d.Form, &d.Content.KeyID, &d.Content.Box, asTime{&d.Saved})
	return d, err
}
