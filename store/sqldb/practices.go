package sqldb

import (
	"context"
	"fmt"

	"baro/store"
)

// Practices keeps what communes tell each other.
type Practices struct{ db *DB }

var (
	_ store.PracticeReader = (*Practices)(nil)
	_ store.PracticeWriter = (*Practices)(nil)
)

// Practices gives the contract for practices.
func (db *DB) Practices() *Practices { return &Practices{db} }

func (p *Practices) Get(ctx context.Context, id int64) (store.Practice, error) {
	return one(ctx, p.db, "get practice", "practice_get", scanPractice, id)
}

func (p *Practices) ByNumber(ctx context.Context, number int) (store.Practice, error) {
	return one(ctx, p.db, "find practice", "practice_by_number", scanPractice, int64(number))
}

func (p *Practices) Published(ctx context.Context, commune store.PlaceID, others bool, limit int) ([]store.Practice, error) {
	name := "practice_published"
	if others {
		name = "practice_others"
	}
	return list(ctx, p.db, "list published practices", name, scanPractice, int64(commune), limit)
}

func (p *Practices) List(ctx context.Context, commune store.PlaceID) ([]store.Practice, error) {
	return list(ctx, p.db, "list practices", "practice_list", scanPractice, int64(commune))
}

func (p *Practices) Create(ctx context.Context, v store.Practice) (store.Practice, error) {
	const op = "create practice"
	if len(v.Title) == 0 {
		return store.Practice{}, store.NewError(store.CodeInvalid, op, "a practice needs a title")
	}
	err := p.db.Write(ctx, func(ctx context.Context) error {
		for range dialAttempts {
			id, err := p.db.insert(ctx, op, "practice_create", int64(v.Commune), encodeTexts(v.Title), encodeTexts(v.Problem),
				encodeTexts(v.Measure), number(v.Cost), encodeTexts(v.Result), v.Year, micros(p.db.now()))
			if store.CodeOf(err) == store.CodeConflict {
				continue // another draft took the number meanwhile
			}
			if err != nil {
				return err
			}
			v, err = p.own(ctx, op, v.Commune, id)
			return err
		}
		return store.NewError(store.CodeConflict, op, "others keep taking the next number")
	})
	return v, err
}

func (p *Practices) Revise(ctx context.Context, v store.Practice, act store.Act) (store.Practice, error) {
	const op = "revise practice"
	if len(v.Title) == 0 {
		return store.Practice{}, store.NewError(store.CodeInvalid, op, "a practice needs a title")
	}
	err := p.db.Write(ctx, func(ctx context.Context) error {
		before, err := p.own(ctx, op, v.Commune, v.ID)
		if err != nil {
			return err
		}
		_, err = p.db.exec(ctx, op, "practice_revise", int64(v.Commune), v.ID, encodeTexts(v.Title), encodeTexts(v.Problem),
			encodeTexts(v.Measure), number(v.Cost), encodeTexts(v.Result), v.Year, micros(p.db.now()))
		if err != nil {
			return err
		}
		err = p.db.record(ctx, act, v.Commune, "practice.revise", practiceObject(v.ID), encodeTexts(before.Title), encodeTexts(v.Title))
		if err != nil {
			return err
		}
		v, err = p.own(ctx, op, v.Commune, v.ID)
		return err
	})
	return v, err
}

func (p *Practices) Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.PracticeState, act store.Act) error {
	const op = "move practice"
	if !from.CanBecome(to) {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s", from, to))
	}
	return p.db.Write(ctx, func(ctx context.Context) error {
		n, err := p.db.exec(ctx, op, "practice_move", int64(commune), id, string(from), string(to), micros(p.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := p.own(ctx, op, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the practice is in another state")
		}
		return p.db.record(ctx, act, commune, "practice.state", practiceObject(id), string(from), string(to))
	})
}

// own gives a practice of the commune in whatever state.
func (p *Practices) own(ctx context.Context, op string, commune store.PlaceID, id int64) (store.Practice, error) {
	return one(ctx, p.db, op, "practice_own", scanPractice, int64(commune), id)
}

func practiceObject(id int64) string { return fmt.Sprintf("practice:%d", id) }

func scanPractice(row scanner) (p store.Practice, err error) {
	err = row.Scan(&p.ID, &p.Commune, &p.Number, asJSON{&p.Title}, asJSON{&p.Problem}, asJSON{&p.Measure}, &p.Cost,
		asJSON{&p.Result}, &p.Year, &p.State, asTime{&p.Created}, asTime{&p.Published}, asTime{&p.Updated})
	return p, err
}
