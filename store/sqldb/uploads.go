package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Uploads keeps files on their way in.
type Uploads struct{ db *DB }

var _ store.Uploads = (*Uploads)(nil)

// Uploads gives the contract for files on their way in.
func (db *DB) Uploads() *Uploads { return &Uploads{db} }

func (u *Uploads) Create(ctx context.Context, f store.Upload) (store.Upload, error) {
	f.Created, f.Revision = u.db.now(), 1
	var err error
	f.ID, err = u.db.insert(ctx, "keep upload", "upload_create", int64(f.Commune), f.Kind, f.By, f.Name, f.Content, string(f.Options), micros(f.Created))
	return f, err
}

func (u *Uploads) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Upload, error) {
	return one(ctx, u.db, "get upload", "upload_get", scanUpload, int64(commune), id)
}

func (u *Uploads) List(ctx context.Context, commune store.PlaceID, kind string) ([]store.Upload, error) {
	return list(ctx, u.db, "list uploads", "upload_list", scanUpload, int64(commune), kind)
}

func (u *Uploads) SetOptions(ctx context.Context, commune store.PlaceID, id, revision int64, options []byte) error {
	const op = "set options of upload"
	n, err := u.db.exec(ctx, op, "upload_options", int64(commune), id, revision, string(options))
	if err != nil || n == 1 {
		return err
	}
	if _, err := u.Get(ctx, commune, id); err != nil {
		return err
	}
	return store.NewError(store.CodeConflict, op, "somebody else changed them")
}

func (u *Uploads) Drop(ctx context.Context, commune store.PlaceID, id int64) error {
	const op = "drop upload"
	n, err := u.db.exec(ctx, op, "upload_drop", int64(commune), id)
	if err == nil && n == 0 {
		return store.NewError(store.CodeNotFound, op, "no such upload")
	}
	return err
}

func (u *Uploads) Purge(ctx context.Context, before time.Time) (int64, error) {
	return u.db.exec(ctx, "purge uploads", "upload_purge", micros(before))
}

func scanUpload(row scanner) (f store.Upload, err error) {
	var options string
	err = row.Scan(&f.ID, &f.Commune, &f.Kind, &f.By, &f.Name, &f.Content, &options, &f.Revision, asTime{&f.Created})
	f.Options = []byte(options)
	return f, err
}
