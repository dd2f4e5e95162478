package sqldb

import (
	"context"
	"fmt"
	"math"
	"time"

	"baro/store"
)

// Broadcasts keeps what is said to many.
type Broadcasts struct{ db *DB }

var (
	_ store.BroadcastReader = (*Broadcasts)(nil)
	_ store.BroadcastWriter = (*Broadcasts)(nil)
	_ store.Switches        = (*Broadcasts)(nil)
)

// Broadcasts gives the contracts for broadcasts and their switches.
func (db *DB) Broadcasts() *Broadcasts { return &Broadcasts{db} }

func (b *Broadcasts) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Broadcast, error) {
	return one(ctx, b.db, "get broadcast", "broadcast_get", scanBroadcast, int64(commune), id)
}

func (b *Broadcasts) ByOrigin(ctx context.Context, commune store.PlaceID, origin string) (store.Broadcast, error) {
	return one(ctx, b.db, "find broadcast", "broadcast_by_origin", scanBroadcast, int64(commune), origin)
}

func (b *Broadcasts) List(ctx context.Context, commune store.PlaceID, before int64, limit int) ([]store.Broadcast, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return list(ctx, b.db, "list broadcasts", "broadcast_list", scanBroadcast, int64(commune), before, limit)
}

func (b *Broadcasts) Alive(ctx context.Context) ([]store.Broadcast, error) {
	return list(ctx, b.db, "list broadcasts", "broadcast_alive", scanBroadcast)
}

func (b *Broadcasts) Ended(ctx context.Context, since time.Time) ([]store.Broadcast, error) {
	return list(ctx, b.db, "list broadcasts", "broadcast_ended", scanBroadcast, micros(since))
}

func (b *Broadcasts) Renderings(ctx context.Context, broadcast int64) ([]store.Rendering, error) {
	return list(ctx, b.db, "list renderings", "rendering_list", func(row scanner) (r store.Rendering, err error) {
		err = row.Scan(&r.Language, &r.Profile, asText{&r.Body.KeyID}, &r.Body.Box)
		return r, err
	}, broadcast)
}

func (b *Broadcasts) Create(ctx context.Context, n store.Broadcast, act store.Act) (store.Broadcast, error) {
	const op = "create broadcast"
	if n.State == "" {
		n.State = store.BroadcastDraft
	}
	if n.Author == "" || n.Expires.IsZero() || len(n.Content) == 0 || len(n.Audience) == 0 {
		return n, store.NewError(store.CodeInvalid, op, "a broadcast needs an author, an end, something to say and somebody to say it to")
	}
	err := b.db.Write(ctx, func(ctx context.Context) error {
		id, err := b.db.insert(ctx, op, "broadcast_create", int64(n.Commune), n.Sender, reference(n.Rule), micros(n.Due), n.Origin,
			string(n.Content), string(n.Audience), string(n.State), n.Author, n.Approver, n.Urgent, micros(n.Begins), micros(n.Expires),
			micros(n.UndoUntil), micros(b.db.now()))
		if err != nil {
			return err
		}
		if err := b.db.record(ctx, act, n.Commune, "broadcast.create", broadcastObject(id), "", string(n.State)); err != nil {
			return err
		}
		n, err = b.Get(ctx, n.Commune, id)
		return err
	})
	return n, err
}

func (b *Broadcasts) Edit(ctx context.Context, n store.Broadcast, act store.Act) error {
	const op = "edit broadcast"
	return b.change(ctx, op, n.Commune, n.ID, func(ctx context.Context) (int64, error) {
		return b.db.exec(ctx, op, "broadcast_edit", int64(n.Commune), n.ID, string(n.Content), string(n.Audience), n.Urgent,
			micros(n.Begins), micros(n.Expires), micros(b.db.now()), micros(n.Updated))
	}, act, "broadcast.edit", "", "")
}

func (b *Broadcasts) Move(ctx context.Context, commune store.PlaceID, id int64, m store.BroadcastMove) error {
	const op = "move broadcast"
	if !m.From.CanBecome(m.To) {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s", m.From, m.To))
	}
	return b.change(ctx, op, commune, id, func(ctx context.Context) (int64, error) {
		return b.db.exec(ctx, op, "broadcast_move", int64(commune), id, string(m.From), string(m.To), micros(b.db.now()),
			m.Approver, m.Seconder, m.Shown, micros(m.UndoUntil), m.PausedFor, micros(m.Since))
	}, m.Act, "broadcast.state", string(m.From), string(m.To))
}

func (b *Broadcasts) Second(ctx context.Context, commune store.PlaceID, id int64, by string, act store.Act) error {
	const op = "approve broadcast"
	return b.change(ctx, op, commune, id, func(ctx context.Context) (int64, error) {
		return b.db.exec(ctx, op, "broadcast_second", int64(commune), id, by, micros(b.db.now()))
	}, act, "broadcast.first_approval", "", by)
}

func (b *Broadcasts) SetRenderings(ctx context.Context, broadcast int64, all []store.Rendering) error {
	const op = "store renderings"
	rows := make([][]any, len(all))
	for i, r := range all {
		key, body := sealed(r.Body)
		rows[i] = []any{broadcast, r.Language, r.Profile, key, body}
	}
	return b.db.Write(ctx, func(ctx context.Context) error {
		if _, err := b.db.exec(ctx, op, "rendering_clear", broadcast); err != nil {
			return err
		}
		// What is approved stays: its rows are still there and refuse the new ones.
		_, err := b.db.many(ctx, op, "rendering_put", rows, nil)
		return err
	})
}

func (b *Broadcasts) Stop(ctx context.Context, commune store.PlaceID, stopped bool, act store.Act) error {
	const op = "stop broadcasts of commune"
	if act.Reason == "" {
		return store.NewError(store.CodeInvalid, op, "no reason")
	}
	return b.db.Write(ctx, func(ctx context.Context) error {
		name, args, after := "broadcast_release", []any{int64(commune)}, "released"
		if stopped {
			name, args, after = "broadcast_stop", []any{int64(commune), act.Actor, act.Reason, micros(b.db.now())}, "stopped"
		}
		n, err := b.db.exec(ctx, op, name, args...)
		if err != nil || n == 0 {
			return err
		}
		return b.db.record(ctx, act, commune, "broadcast.switch", fmt.Sprintf("commune:%d", commune), "", after)
	})
}

func (b *Broadcasts) Stopped(ctx context.Context, place store.PlaceID) (bool, error) {
	n, err := one(ctx, b.db, "look up switch", "broadcast_stopped", scanInt64, int64(place))
	return n > 0, err
}

// change runs a compare-and-set with its audit row; what it does not find in the expected state is a conflict.
func (b *Broadcasts) change(ctx context.Context, op string, commune store.PlaceID, id int64,
	set func(ctx context.Context) (int64, error), act store.Act, action, before, after string) error {
	return b.db.Write(ctx, func(ctx context.Context) error {
		n, err := set(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := b.Get(ctx, commune, id); err != nil {
				return err
			}
			return &store.Error{Code: store.CodeConflict, Op: op}
		}
		return b.db.record(ctx, act, commune, action, broadcastObject(id), before, after)
	})
}

func broadcastObject(id int64) string { return fmt.Sprintf("broadcast:%d", id) }

func scanBroadcast(row scanner) (b store.Broadcast, err error) {
	var rule *int64
	var content, audience string
	err = row.Scan(&b.ID, &b.Commune, &b.Sender, &rule, asTime{&b.Due}, &b.Origin, &content, &audience, &b.State, &b.Author,
		&b.Approver, &b.Seconder, &b.Urgent, asTime{&b.Begins}, asTime{&b.Expires}, asTime{&b.UndoUntil}, &b.PausedFor, &b.Shown,
		asJSON{&b.Freeze}, asTime{&b.FrozenAt}, &b.PartsSent, asTime{&b.Created}, asTime{&b.Updated}, asTime{&b.Ended})
	if rule != nil {
		b.Rule = *rule
	}
	b.Content, b.Audience = []byte(content), []byte(audience)
	return b, err
}
