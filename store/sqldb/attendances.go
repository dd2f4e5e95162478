package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Attendances keeps who comes to meetings.
type Attendances struct{ db *DB }

var _ store.Attendances = (*Attendances)(nil)

// Attendances gives the contract for who comes.
func (db *DB) Attendances() *Attendances { return &Attendances{db} }

func (a *Attendances) Answer(ctx context.Context, commune store.PlaceID, notice int64, v store.Voter, coming bool, now time.Time) error {
	const op = "answer notice"
	return a.db.Write(ctx, func(ctx context.Context) error {
		n, err := a.db.exec(ctx, op, "attendance_answer", int64(commune), notice, v[:], coming, micros(now))
		if err != nil || n == 1 {
			return err
		}
		if _, err := a.db.Notices().Get(ctx, commune, notice); err != nil {
			return err
		}
		return store.NewError(store.CodeDenied, op, "the meeting is not announced, or has begun")
	})
}

func (a *Attendances) Get(ctx context.Context, commune store.PlaceID, notice int64, v store.Voter) (store.Attendance, error) {
	coming, err := one(ctx, a.db, "get attendance", "attendance_get", func(row scanner) (coming bool, err error) {
		err = row.Scan(&coming)
		return coming, err
	}, int64(commune), notice, v[:])
	if store.CodeOf(err) == store.CodeNotFound {
		return store.Attendance{}, nil
	}
	return store.Attendance{Answered: err == nil, Coming: coming}, err
}

func (a *Attendances) Coming(ctx context.Context, commune store.PlaceID, notice int64) (int64, error) {
	return one(ctx, a.db, "count attendances", "attendance_coming", scanInt64, int64(commune), notice)
}

func (a *Attendances) Linked(ctx context.Context) ([]int64, error) {
	return list(ctx, a.db, "list linked notices", "attendance_linked", scanInt64)
}

func (a *Attendances) Unlink(ctx context.Context, startedBefore time.Time) (int64, error) {
	return a.db.exec(ctx, "unlink attendances", "attendance_unlink", micros(startedBefore), micros(a.db.now()))
}
