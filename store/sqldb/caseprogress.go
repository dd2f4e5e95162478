package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// This file holds what happens to a case on its way: counting, assigning, and the question whether it is solved.

func (c *Cases) Count(ctx context.Context, commune store.PlaceID, audience store.CaseAudience, late time.Time) (counts store.CaseCounts, err error) {
	const op = "count cases"
	type stateRow struct {
		state store.CaseState
		n     int64
	}
	rows, err := list(ctx, c.db, op, "case_count_states", func(row scanner) (r stateRow, err error) {
		err = row.Scan(&r.state, &r.n)
		return r, err
	}, int64(commune), string(audience))
	if err != nil {
		return counts, err
	}
	for _, r := range rows {
		switch r.state {
		case store.CaseReceived:
			counts.Received = r.n
		case store.CaseAssigned:
			counts.Assigned = r.n
		case store.CaseAnswered:
			counts.Answered = r.n
		case store.CaseClosed:
			counts.Closed = r.n
		}
	}
	counts.Late, err = one(ctx, c.db, op, "case_count_late", scanInt64, int64(commune), string(audience), micros(late))
	return counts, err
}

func (c *Cases) Prompting(ctx context.Context, commune store.PlaceID, asker store.Pseudonym) (store.Case, error) {
	return one(ctx, c.db, "find case to settle", "case_prompting", scanCase, int64(commune), asker[:])
}

func (c *Cases) Prompted(ctx context.Context) ([]store.Pseudonym, error) {
	return list(ctx, c.db, "list askers to be asked", "case_prompted", func(row scanner) (p store.Pseudonym, err error) {
		err = row.Scan(asBytes{p[:]})
		return p, err
	})
}

func (c *Cases) Unprompted(ctx context.Context, answeredBefore time.Time, limit int) ([]store.Case, error) {
	return list(ctx, c.db, "list cases to ask about", "case_unprompted", scanCase, micros(answeredBefore), limit)
}

func (c *Cases) Assign(ctx context.Context, commune store.PlaceID, id int64, from store.CaseState, assignee string, act store.Act) error {
	const op = "assign case"
	if assignee == "" || from != store.CaseReceived && from != store.CaseAssigned {
		return store.NewError(store.CodeInvalid, op, "an unanswered case goes to one account")
	}
	return c.change(ctx, op, commune, id, from, store.CaseAssigned, act, "case_assign", int64(commune), id, string(from), assignee, micros(c.db.now()))
}

func (c *Cases) Prompt(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	const op = "ask whether case is solved"
	return c.db.Write(ctx, func(ctx context.Context) error {
		return c.settle(ctx, op, commune, id, store.PromptDue, act, "case_prompt", int64(commune), id, micros(c.db.now()))
	})
}

func (c *Cases) Settle(ctx context.Context, commune store.PlaceID, id int64, word store.CasePrompt, due time.Time, act store.Act) error {
	const op = "settle case"
	name, args := "", []any{int64(commune), id}
	switch word {
	case store.PromptYes:
		name = "case_settle_yes"
	case store.PromptNo:
		name, args = "case_settle_no", append(args, micros(c.db.now()), micros(due))
	case store.PromptLater:
		name = "case_settle_later"
	default:
		return store.NewError(store.CodeInvalid, op, "the answer is yes, no or later")
	}
	return c.db.Write(ctx, func(ctx context.Context) error {
		return c.settle(ctx, op, commune, id, word, act, name, args...)
	})
}

func (c *Cases) settle(ctx context.Context, op string, commune store.PlaceID, id int64, word store.CasePrompt, act store.Act, name string, args ...any) error {
	n, err := c.db.exec(ctx, op, name, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		if _, err := c.Get(ctx, commune, id); err != nil {
			return err
		}
		return store.NewError(store.CodeConflict, op, "there is nothing to settle")
	}
	return c.db.record(ctx, act, commune, "case.solved", fmt.Sprintf("case:%d", id), "", string(word))
}
