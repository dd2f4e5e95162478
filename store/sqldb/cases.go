package sqldb

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"baro/store"
)

// caseNumberTries is how many numbers of one length are tried before numbers
// get a digit longer.
const caseNumberTries = 8

// Cases keeps residents' questions and reports.
type Cases struct{ db *DB }

var (
	_ store.CaseReader = (*Cases)(nil)
	_ store.CaseWriter = (*Cases)(nil)

	_ store.PublicCases = (*Cases)(nil)
)

// Cases gives the contract for cases.
func (db *DB) Cases() *Cases { return &Cases{db} }

func (c *Cases) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Case, error) {
	return one(ctx, c.db, "get case", "case_get", scanCase, int64(commune), id)
}

func (c *Cases) Status(ctx context.Context, commune store.PlaceID, number string) (store.CaseStatus, error) {
	return one(ctx, c.db, "get case status", "case_status", func(row scanner) (s store.CaseStatus, err error) {
		err = row.Scan(&s.State, asTime{&s.Created}, asTime{&s.Due}, asTime{&s.Answered})
		return s, err
	}, int64(commune), number)
}

func (c *Cases) Own(ctx context.Context, commune store.PlaceID, asker store.Pseudonym) ([]store.Case, error) {
	return list(ctx, c.db, "list own cases", "case_own", scanCase, int64(commune), asker[:])
}

func (c *Cases) CountOwn(ctx context.Context, asker store.Pseudonym) (int, error) {
	n, err := one(ctx, c.db, "count own cases", "case_count_own", scanInt64, asker[:])
	return int(n), err
}

func (c *Cases) List(ctx context.Context, commune store.PlaceID, q store.CaseQuery) ([]store.Case, error) {
	const op = "list cases"
	args := []any{int64(commune), string(q.Audience), string(q.State), q.Assignee}
	if !q.Late.IsZero() {
		return list(ctx, c.db, op, "case_list_late", scanCase, append(args, micros(q.Late), q.Limit)...)
	}
	return list(ctx, c.db, op, "case_list", scanCase, append(args, q.Limit)...)
}

func (c *Cases) Create(ctx context.Context, k store.Case) (store.Case, error) {
	const op = "create case"
	if !k.Kind.Valid() || k.Practice != 0 && k.Kind != store.CasePractice {
		return store.Case{}, store.NewError(store.CodeInvalid, op, "unknown kind, or a practice that does not go with it")
	}
	if k.Created.IsZero() {
		k.Created = c.db.now()
	}
	bodyKey, body := sealed(k.Body)
	var asker any
	if k.Asker != nil {
		asker = k.Asker[:]
	}
	err := c.db.Write(ctx, func(ctx context.Context) error {
		for digits := 4; digits <= 6; digits++ {
			for range caseNumberTries {
				dialled, err := c.randomNumber(digits)
				if err != nil {
					return err
				}
				id, err := c.db.insert(ctx, op, "case_create", int64(k.Commune), dialled, string(k.Kind), bodyKey, body,
					place(k.Place), k.PlaceText, asker, micros(k.Created), micros(k.Due), reference(k.Practice), string(k.Kind.Audience()))
				if store.CodeOf(err) == store.CodeConflict {
					continue
				}
				if err != nil {
					return err
				}
				k, err = c.Get(ctx, k.Commune, id)
				return err
			}
		}
		return store.NewError(store.CodeConflict, op, "no free number found")
	})
	return k, err
}

func (c *Cases) Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.CaseState, act store.Act) error {
	const op = "move case"
	if !from.CanBecome(to) || to == store.CaseAnswered {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s here", from, to))
	}
	return c.change(ctx, op, commune, id, from, to, act, "case_move", int64(commune), id, string(from), string(to))
}

func (c *Cases) Answer(ctx context.Context, commune store.PlaceID, id int64, from store.CaseState, answer store.Texts, act store.Act) error {
	const op = "answer case"
	if !from.CanBecome(store.CaseAnswered) || len(answer) == 0 {
		return store.NewError(store.CodeInvalid, op, "an answer needs words and a case that waits for them")
	}
	return c.change(ctx, op, commune, id, from, store.CaseAnswered, act, "case_answer", int64(commune), id, string(from),
		encodeTexts(answer), micros(c.db.now()))
}

func (c *Cases) Publish(ctx context.Context, commune store.PlaceID, id int64, subject store.Texts, act store.Act) error {
	const op = "publish answer"
	if len(subject) == 0 {
		return store.NewError(store.CodeInvalid, op, "a published answer needs a subject")
	}
	return c.db.Write(ctx, func(ctx context.Context) error {
		n, err := c.db.exec(ctx, op, "case_publish", int64(commune), id, encodeTexts(subject), micros(c.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := c.Get(ctx, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the case has no answer yet")
		}
		return c.db.record(ctx, act, commune, "case.publish", fmt.Sprintf("case:%d", id), "", encodeTexts(subject))
	})
}

func (c *Cases) Published(ctx context.Context, commune store.PlaceID, kind store.CaseKind, limit int) ([]store.PublicAnswer, error) {
	return list(ctx, c.db, "list published answers", "case_published", func(row scanner) (a store.PublicAnswer, err error) {
		err = row.Scan(&a.ID, asJSON{&a.Subject}, asJSON{&a.Answer}, asTime{&a.Published})
		return a, err
	}, int64(commune), string(kind), limit)
}

func (c *Cases) PurgeBodies(ctx context.Context, before time.Time) (int64, error) {
	return c.db.exec(ctx, "purge words of cases", "case_purge_bodies", micros(before))
}

func (c *Cases) change(ctx context.Context, op string, commune store.PlaceID, id int64, from, to store.CaseState, act store.Act, name string, args ...any) error {
	return c.db.Write(ctx, func(ctx context.Context) error {
		n, err := c.db.exec(ctx, op, name, args...)
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := c.Get(ctx, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the case is in another state")
		}
		return c.db.record(ctx, act, commune, "case.state", fmt.Sprintf("case:%d", id), string(from), string(to))
	})
}

// randomNumber gives a number of exactly so many digits. The small bias of the
// remainder does not matter: the number only has to be hard to guess.
func (c *Cases) randomNumber(digits int) (string, error) {
	var raw [8]byte
	if _, err := io.ReadFull(c.db.rand, raw[:]); err != nil {
		return "", fmt.Errorf("draw a case number: %w", err)
	}
	low := uint64(1)
	for range digits - 1 {
		low *= 10
	}
	return fmt.Sprint(low + binary.BigEndian.Uint64(raw[:])%(9*low)), nil
}

func scanCase(row scanner) (c store.Case, err error) {
	var asker []byte
	err = row.Scan(&c.ID, &c.Commune, &c.Number, &c.Kind, asText{&c.Body.KeyID}, &c.Body.Box, asPlace{&c.Place}, &c.PlaceText,
		&asker, &c.State, asJSON{&c.Answer}, asTime{&c.Created}, asTime{&c.Answered}, asTime{&c.Due},
		&c.Practice, asJSON{&c.Subject}, asTime{&c.Published}, &c.Audience, &c.Assignee, asTime{&c.Assigned}, &c.Prompt, asTime{&c.Prompted},
		asTime{&c.Reopened})
	if len(asker) == len(store.Pseudonym{}) {
		p := store.Pseudonym(asker)
		c.Asker = &p
	}
	return c, err
}
