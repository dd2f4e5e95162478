package sqldb

import (
	"context"
	"fmt"

	"baro/store"
)

// Works keeps investments people can see.
type Works struct{ db *DB }

var (
	_ store.WorkReader = (*Works)(nil)
	_ store.WorkWriter = (*Works)(nil)
)

// Works gives the contract for works.
func (db *DB) Works() *Works { return &Works{db} }

func (w *Works) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Work, error) {
	return one(ctx, w.db, "get work", "work_get", scanWork, int64(commune), id)
}

func (w *Works) List(ctx context.Context, commune store.PlaceID, year int) ([]store.Work, error) {
	from, to := year, year
	if year == 0 {
		from, to = 0, 9999
	}
	return list(ctx, w.db, "list works", "work_list", scanWork, int64(commune), from, to)
}

func (w *Works) Upsert(ctx context.Context, k store.Work) (store.Work, error) {
	const op = "store work"
	if k.State == "" {
		k.State = store.WorkPlanned
	}
	if !k.State.Valid() {
		return store.Work{}, store.NewError(store.CodeInvalid, op, "unknown state")
	}
	err := w.db.Write(ctx, func(ctx context.Context) error {
		id, err := w.db.insert(ctx, op, "work_upsert", int64(k.Commune), k.Year, k.Operation, k.Sector, k.Village,
			place(k.Place), k.Planned, number(k.Realised), string(k.State), micros(w.db.now()))
		if err != nil {
			return err
		}
		if _, err := w.db.DialNumbers().Assign(ctx, k.Commune, store.DialTarget{Kind: store.DialWork, Ref: id}); err != nil {
			return err
		}
		k, err = w.Get(ctx, k.Commune, id)
		return err
	})
	return k, err
}

func (w *Works) Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.WorkState, act store.Act) error {
	const op = "move work"
	if !from.CanBecome(to) {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s", from, to))
	}
	return w.db.Write(ctx, func(ctx context.Context) error {
		n, err := w.db.exec(ctx, op, "work_move", int64(commune), id, string(from), string(to), micros(w.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := w.Get(ctx, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the work is in another state")
		}
		return w.db.record(ctx, act, commune, "work.state", fmt.Sprintf("work:%d", id), string(from), string(to))
	})
}

func scanWork(row scanner) (w store.Work, err error) {
	err = row.Scan(&w.ID, &w.Commune, &w.Number, &w.Year, &w.Operation, &w.Sector, &w.Village, asPlace{&w.Place},
		&w.Planned, &w.Realised, &w.State, asTime{&w.Updated})
	return w, err
}
