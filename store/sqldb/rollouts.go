package sqldb

import (
	"context"
	"encoding/hex"
	"time"

	"baro/store"
)

// Rollouts moves nodes from one program to the next.
type Rollouts struct{ db *DB }

var _ store.Rollouts = (*Rollouts)(nil)

// Rollouts gives the contract for rollouts.
func (db *DB) Rollouts() *Rollouts { return &Rollouts{db} }

// The rows of release_active that are not a kind of release.
const (
	rolloutProposed = "flows:proposed"
	rolloutPrevious = "flows:previous"
)

func (r *Rollouts) Propose(ctx context.Context, hash [32]byte, at time.Time, act store.Act) error {
	const op = "propose release"
	return r.db.Write(ctx, func(ctx context.Context) error {
		kind, err := one(ctx, r.db, op, "release_kind", scanString, hash[:])
		if err != nil {
			return err
		}
		if kind != string(store.ReleaseFlows) {
			return store.NewError(store.CodeInvalid, op, "the release is of another kind")
		}
		if err := r.set(ctx, op, rolloutProposed, hash, at); err != nil {
			return err
		}
		return r.audit(ctx, "release.propose", hash, at, act)
	})
}

func (r *Rollouts) Proposed(ctx context.Context) ([32]byte, error) {
	return r.named(ctx, "get proposed release", rolloutProposed)
}

func (r *Rollouts) Settle(ctx context.Context, hash [32]byte, at time.Time, act store.Act) error {
	const op = "settle release"
	return r.db.Write(ctx, func(ctx context.Context) error {
		n, err := r.db.exec(ctx, op, "rollout_forget", rolloutProposed, hash[:])
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "it is not the standing proposal")
		}
		before, err := r.named(ctx, op, string(store.ReleaseFlows))
		switch {
		case err == nil && before != hash:
			if err := r.set(ctx, op, rolloutPrevious, before, at); err != nil {
				return err
			}
		case err != nil && store.CodeOf(err) != store.CodeNotFound:
			return err
		}
		if err := r.set(ctx, op, string(store.ReleaseFlows), hash, at); err != nil {
			return err
		}
		return r.audit(ctx, "release.activate", hash, at, act)
	})
}

func (r *Rollouts) List(ctx context.Context) ([]store.ReleaseInfo, error) {
	return list(ctx, r.db, "list releases", "rollout_list", func(row scanner) (i store.ReleaseInfo, err error) {
		var active, proposed, previous string
		err = row.Scan(asBytes{i.Hash[:]}, asTime{&i.Created}, &i.Size, &active, &proposed, &previous)
		i.Active, i.Proposed, i.Previous = active != "", proposed != "", previous != ""
		return i, err
	})
}

func (r *Rollouts) Alive(ctx context.Context, since time.Time) ([]string, error) {
	return list(ctx, r.db, "list live nodes", "rollout_alive", scanString, micros(since))
}

func (r *Rollouts) named(ctx context.Context, op, kind string) ([32]byte, error) {
	return one(ctx, r.db, op, "release_active", func(row scanner) (hash [32]byte, err error) {
		err = row.Scan(asBytes{hash[:]})
		return hash, err
	}, kind)
}

func (r *Rollouts) set(ctx context.Context, op, kind string, hash [32]byte, at time.Time) error {
	_, err := r.db.exec(ctx, op, "release_activate", kind, hash[:], micros(at))
	return err
}

func (r *Rollouts) audit(ctx context.Context, action string, hash [32]byte, at time.Time, act store.Act) error {
	_, err := r.db.Audit().Append(ctx, store.AuditRow{
		At: at, Actor: act.Actor, Action: action, Object: "release:" + hex.EncodeToString(hash[:8]), Reason: act.Reason, RequestID: act.RequestID,
	})
	return err
}
