package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Steps keeps the steps of dialogues that had effects.
type Steps struct{ db *DB }

var _ store.Steps = (*Steps)(nil)

// Steps gives the contract for steps.
func (db *DB) Steps() *Steps { return &Steps{db} }

func (s *Steps) Find(ctx context.Context, session [32]byte, step int64) (store.Step, error) {
	return one(ctx, s.db, "find step", "step_find", func(row scanner) (k store.Step, err error) {
		err = row.Scan(asBytes{k.Session[:]}, &k.Step, asBytes{k.Fingerprint[:]}, &k.Payload, asTime{&k.Created})
		return k, err
	}, session[:], step)
}

func (s *Steps) Insert(ctx context.Context, k store.Step) error {
	const op = "take step"
	payload := k.Payload
	if payload == nil {
		payload = []byte{}
	}
	n, err := s.db.exec(ctx, op, "step_insert", k.Session[:], k.Step, k.Fingerprint[:], payload, micros(k.Created))
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "the step is taken")
	}
	return err
}

func (s *Steps) Purge(ctx context.Context, before time.Time) (int64, error) {
	return s.db.exec(ctx, "purge steps", "step_purge", micros(before))
}
