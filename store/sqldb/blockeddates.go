package sqldb

import (
	"context"
	"fmt"

	"baro/store"
)

// BlockedDates keeps the days on which communes hold no meetings.
type BlockedDates struct{ db *DB }

var _ store.BlockedDates = (*BlockedDates)(nil)

// BlockedDates gives the contract for blocked days.
func (db *DB) BlockedDates() *BlockedDates { return &BlockedDates{db} }

func (b *BlockedDates) Between(ctx context.Context, commune store.PlaceID, from, to store.Date) ([]store.BlockedDate, error) {
	return list(ctx, b.db, "list blocked dates", "blocked_between", scanBlocked, int64(commune), string(from), string(to))
}

func (b *BlockedDates) Add(ctx context.Context, v store.BlockedDate, act store.Act) (store.BlockedDate, error) {
	const op = "block dates"
	if v.From == "" || !v.From.Valid() || !v.To.Valid() || v.To < v.From || v.Reason == "" {
		return store.BlockedDate{}, store.NewError(store.CodeInvalid, op, "real dates in their order and a reason are needed")
	}
	err := b.db.Write(ctx, func(ctx context.Context) (err error) {
		v.ID, err = b.db.insert(ctx, op, "blocked_add", int64(v.Commune), string(v.From), string(v.To), v.Reason)
		if err != nil {
			return err
		}
		after := fmt.Sprintf("%s to %s: %s", v.From, v.To, v.Reason)
		return b.db.record(ctx, act, v.Commune, "dates.block", fmt.Sprintf("blocked:%d", v.ID), "", after)
	})
	return v, err
}

func (b *BlockedDates) Remove(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	const op = "free dates"
	return b.db.Write(ctx, func(ctx context.Context) error {
		n, err := b.db.exec(ctx, op, "blocked_remove", int64(commune), id)
		if err != nil {
			return err
		}
		if n == 0 {
			return &store.Error{Code: store.CodeNotFound, Op: op}
		}
		return b.db.record(ctx, act, commune, "dates.free", fmt.Sprintf("blocked:%d", id), "", "")
	})
}

func scanBlocked(row scanner) (b store.BlockedDate, err error) {
	err = row.Scan(&b.ID, &b.Commune, &b.From, &b.To, &b.Reason)
	return b, err
}

// Safety keeps how openly meetings are told.
type Safety struct{ db *DB }

var _ store.Safety = (*Safety)(nil)

// Safety gives the contract for the safety level of communes.
func (db *DB) Safety() *Safety { return &Safety{db} }

func (s *Safety) Level(ctx context.Context, commune store.PlaceID) (store.SafetyLevel, error) {
	level, err := one(ctx, s.db, "get safety level", "safety_level", scanString, int64(commune))
	if store.CodeOf(err) == store.CodeNotFound {
		return store.SafetyOpen, nil
	}
	return store.SafetyLevel(level), err
}

func (s *Safety) Set(ctx context.Context, commune store.PlaceID, level store.SafetyLevel, act store.Act) error {
	const op = "set safety level"
	if act.Reason == "" {
		return store.NewError(store.CodeInvalid, op, "the level changes with a reason")
	}
	return s.db.Write(ctx, func(ctx context.Context) error {
		before, err := s.Level(ctx, commune)
		if err != nil {
			return err
		}
		if _, err := s.db.exec(ctx, op, "safety_set", int64(commune), string(level), micros(s.db.now())); err != nil {
			return err
		}
		return s.db.record(ctx, act, commune, "safety.level", fmt.Sprintf("place:%d", commune), string(before), string(level))
	})
}
