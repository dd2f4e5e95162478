package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// BroadcastRules keeps recurring rules.
type BroadcastRules struct{ db *DB }

var _ store.BroadcastRules = (*BroadcastRules)(nil)

// BroadcastRules gives the contract for recurring rules.
func (db *DB) BroadcastRules() *BroadcastRules { return &BroadcastRules{db} }

func (b *BroadcastRules) Create(ctx context.Context, r store.BroadcastRule, act store.Act) (store.BroadcastRule, error) {
	const op = "create broadcast rule"
	if r.Author == "" || r.Life <= 0 || r.Until.IsZero() || len(r.Content) == 0 || len(r.Audience) == 0 {
		return r, store.NewError(store.CodeInvalid, op, "a rule needs an author, an end, something to say and somebody to say it to")
	}
	err := b.db.Write(ctx, func(ctx context.Context) error {
		id, err := b.db.insert(ctx, op, "broadcast_rule_create", int64(r.Commune), r.Sender, r.Spec, string(r.Content), string(r.Audience),
			r.Life.Microseconds(), r.Author, micros(r.Until), r.Most, micros(b.db.now()))
		if err != nil {
			return err
		}
		if err := b.db.record(ctx, act, r.Commune, "broadcast_rule.create", ruleObject(id), "", r.Spec); err != nil {
			return err
		}
		r, err = b.Get(ctx, r.Commune, id)
		return err
	})
	return r, err
}

func (b *BroadcastRules) Get(ctx context.Context, commune store.PlaceID, id int64) (store.BroadcastRule, error) {
	return one(ctx, b.db, "get broadcast rule", "broadcast_rule_get", scanRule, int64(commune), id)
}

func (b *BroadcastRules) List(ctx context.Context, commune store.PlaceID) ([]store.BroadcastRule, error) {
	return list(ctx, b.db, "list broadcast rules", "broadcast_rule_list", scanRule, int64(commune))
}

func (b *BroadcastRules) Due(ctx context.Context, now time.Time) ([]store.BroadcastRule, error) {
	return list(ctx, b.db, "list broadcast rules", "broadcast_rule_due", scanRule, micros(now))
}

func (b *BroadcastRules) Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.RuleState, approver string,
	next time.Time, act store.Act) error {
	const op = "move broadcast rule"
	if !from.CanBecome(to) || (to == store.RuleApproved) != (approver != "" && !next.IsZero()) {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s so", from, to))
	}
	return b.db.Write(ctx, func(ctx context.Context) error {
		n, err := b.db.exec(ctx, op, "broadcast_rule_move", int64(commune), id, string(from), string(to), approver, micros(next),
			micros(b.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := b.Get(ctx, commune, id); err != nil {
				return err
			}
			return &store.Error{Code: store.CodeConflict, Op: op}
		}
		return b.db.record(ctx, act, commune, "broadcast_rule.state", ruleObject(id), string(from), string(to))
	})
}

func (b *BroadcastRules) Advance(ctx context.Context, id int64, due, next time.Time, made bool, act store.Act) error {
	const op = "advance broadcast rule"
	after, n := "missed", 0
	if made {
		after, n = "made", 1
	}
	return b.db.Write(ctx, func(ctx context.Context) error {
		commune, err := b.db.insert(ctx, op, "broadcast_rule_advance", id, micros(due), micros(next), n, micros(b.db.now()))
		if err != nil {
			return err
		}
		return b.db.record(ctx, act, store.PlaceID(commune), "broadcast_rule.due", ruleObject(id), due.UTC().Format(time.RFC3339), after)
	})
}

func ruleObject(id int64) string { return fmt.Sprintf("broadcast_rule:%d", id) }

func scanRule(row scanner) (r store.BroadcastRule, err error) {
	var life int64
	var content, audience string
	err = row.Scan(&r.ID, &r.Commune, &r.Sender, &r.Spec, &content, &audience, &life, &r.State, &r.Author, &r.Approver,
		asTime{&r.Until}, &r.Most, &r.Made, asTime{&r.Next}, asTime{&r.Created}, asTime{&r.Updated})
	r.Life = time.Duration(life) * time.Microsecond
	r.Content, r.Audience = []byte(content), []byte(audience)
	return r, err
}
