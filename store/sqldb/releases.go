package sqldb

import (
	"context"
	"crypto/sha256"
	"time"

	"baro/store"
)

// Releases keeps compiled programs and catalogues by hash.
type Releases struct{ db *DB }

var _ store.Releases = (*Releases)(nil)

// Releases gives the contract for releases.
func (db *DB) Releases() *Releases { return &Releases{db} }

func (r *Releases) Put(ctx context.Context, k store.Release) error {
	const op = "store release"
	if sha256.Sum256(k.Data) != k.Hash {
		return store.NewError(store.CodeInvalid, op, "the hash is not that of the data")
	}
	_, err := r.db.exec(ctx, op, "release_put", k.Hash[:], string(k.Kind), k.Data, micros(k.Created))
	return err
}

func (r *Releases) Get(ctx context.Context, hash [32]byte) (store.Release, error) {
	return one(ctx, r.db, "get release", "release_get", func(row scanner) (k store.Release, err error) {
		err = row.Scan(asBytes{k.Hash[:]}, &k.Kind, &k.Data, asTime{&k.Created})
		return k, err
	}, hash[:])
}

func (r *Releases) Seen(ctx context.Context, node string, hash [32]byte, at time.Time) error {
	_, err := r.db.exec(ctx, "note release of node", "release_seen", node, hash[:], micros(at))
	return err
}

func (r *Releases) Lagging(ctx context.Context, hash [32]byte, since time.Time) ([]string, error) {
	return list(ctx, r.db, "list lagging nodes", "release_lagging", scanString, hash[:], micros(since))
}

func (r *Releases) Activate(ctx context.Context, kind store.ReleaseKind, hash [32]byte, at time.Time) error {
	const op = "activate release"
	return r.db.Write(ctx, func(ctx context.Context) error {
		stored, err := one(ctx, r.db, op, "release_kind", scanString, hash[:])
		if err != nil {
			return err
		}
		if stored != string(kind) {
			return store.NewError(store.CodeInvalid, op, "the release is of another kind")
		}
		_, err = r.db.exec(ctx, op, "release_activate", string(kind), hash[:], micros(at))
		return err
	})
}

func (r *Releases) Active(ctx context.Context, kind store.ReleaseKind) ([32]byte, error) {
	return one(ctx, r.db, "get active release", "release_active", func(row scanner) (hash [32]byte, err error) {
		err = row.Scan(asBytes{hash[:]})
		return hash, err
	}, string(kind))
}
