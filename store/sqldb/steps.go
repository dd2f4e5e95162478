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
	n, err := s.db.exec(ctx, op, "step_insert", stepRow(k)...)
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "the step is taken")
	}
	return err
}

// InsertAll takes steps of several dialogues, all of them or none; CodeConflict when any is taken.
func (s *Steps) InsertAll(ctx context.Context, steps []store.Step) error {
	const op = "take steps"
	rows := make([][]any, len(steps))
	for i, k := range steps {
		rows[i] = stepRow(k)
	}
	return s.db.Write(ctx, func(ctx context.Context) error {
		n, err := s.db.many(ctx, op, "step_insert", rows, nil)
		if err == nil && n != int64(len(steps)) {
			return store.NewError(store.CodeConflict, op, "a step is taken")
		}
		return err
	})
}

func stepRow(k store.Step) []any {
	payload := k.Payload
	if payload == nil {
		payload = []byte{}
	}
	return []any{k.Session[:], k.Step, k.Fingerprint[:], payload, micros(k.Created)}
}

func (s *Steps) Purge(ctx context.Context, before time.Time) (int64, error) {
	return s.db.exec(ctx, "purge steps", "step_purge", micros(before))
}
