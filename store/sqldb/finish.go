package sqldb

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"baro/store"
)

// fate is what messages of one batch have in common. A statement for each fate
// costs a tenth of one for each message.
type fate struct {
	state store.OutboundState
	parts int
	class string
	later time.Time
}

// fated are the messages of one fate and the ids their provider gave them.
type fated struct {
	messages  []int64
	providers []string
}

// errStray: not every message of a batch was leased to the holder.
var errStray = errors.New("sqldb: a message is not the holder's")

// Finish records what became of leased messages and applies the receipts that
// came before it.
func (o *Outbox) Finish(ctx context.Context, channel, holder string, outcomes []store.Outcome, at time.Time) (moved int64, err error) {
	const op = "finish messages"
	var providers []string
	for _, k := range outcomes {
		if !store.OutboundLeased.CanBecome(k.State) || k.State == store.OutboundDelivered || k.State == store.OutboundExpired {
			return 0, store.NewError(store.CodeInvalid, op, "not an outcome of sending")
		}
		if k.ProviderID != "" {
			providers = append(providers, k.ProviderID)
		}
	}
	err = o.db.Write(ctx, func(ctx context.Context) error {
		if err := o.db.lockProviderIDs(ctx, op, channel, providers...); err != nil {
			return err
		}
		err := o.db.Write(ctx, func(ctx context.Context) error {
			moved, err = o.finish(ctx, op, channel, holder, outcomes, at, true)
			return err
		})
		if !errors.Is(err, errStray) {
			return err
		}
		// One by one it shows whose is whose.
		moved = 0
		for i := range outcomes {
			n, err := o.finish(ctx, op, channel, holder, outcomes[i:i+1], at, false)
			if err != nil {
				return err
			}
			moved += n
		}
		return nil
	})
	return moved, err
}

// finish records outcomes; all: they must all be the holder's.
func (o *Outbox) finish(ctx context.Context, op, channel, holder string, outcomes []store.Outcome, at time.Time, all bool) (moved int64, err error) {
	messages := make([]int64, len(outcomes))
	groups := make(map[fate]*fated, 1)
	var back []int64
	for i, k := range outcomes {
		messages[i] = k.Seq
		f := fate{k.State, k.Parts, k.FailureClass, k.NotBefore}
		g := groups[f]
		if g == nil {
			g = &fated{}
			groups[f] = g
		}
		g.messages, g.providers = append(g.messages, k.Seq), append(g.providers, k.ProviderID)
		if k.State == store.OutboundQueued {
			back = append(back, k.Seq)
		}
	}
	released, err := o.db.exec(ctx, op, "outbound_release", holder, o.db.numbers(messages))
	if err != nil {
		return 0, err
	}
	held := int(released) == len(messages)
	if !held && all {
		return 0, errStray
	}
	named, late := false, false
	for f, g := range groups {
		n, err := o.settle(ctx, op, holder, f, g, held, at)
		if err != nil {
			return 0, err
		}
		moved += n
		if slices.IndexFunc(g.providers, func(p string) bool { return p != "" }) < 0 {
			continue
		}
		named = true
		if int(n) == len(g.messages) {
			continue
		}
		late = true
		if _, err := o.db.exec(ctx, op, "outbound_note", append([]any{holder, f.parts, held}, o.db.pairs(g.messages, g.providers)...)...); err != nil {
			return 0, err
		}
	}
	if held && len(back) > 0 {
		if _, err := o.db.exec(ctx, op, "outbound_queue", o.db.numbers(back)); err != nil {
			return 0, err
		}
	}
	if !named {
		return moved, nil
	}
	if late || o.db.engine.dialect() == dialectSQLite {
		if _, err := o.db.exec(ctx, op, "outbound_name", o.db.numbers(messages)); err != nil {
			return 0, err
		}
	}
	return moved, o.unpark(ctx, op, channel, outcomes, at)
}

// settle moves the messages of one fate. PostgreSQL writes down their names in
// the same statement.
func (o *Outbox) settle(ctx context.Context, op, holder string, f fate, g *fated, held bool, at time.Time) (int64, error) {
	args := append([]any{holder, micros(at), string(f.state), f.parts, f.class, micros(f.later), held}, o.db.pairs(g.messages, g.providers)...)
	if o.db.engine.dialect() == dialectSQLite {
		return o.db.exec(ctx, op, "outbound_finish", args...)
	}
	return one(ctx, o.db, op, "outbound_finish", scanInt64, args...)
}

// unpark applies the receipts that waited for their message to be named.
func (o *Outbox) unpark(ctx context.Context, op, channel string, outcomes []store.Outcome, at time.Time) error {
	if waiting, err := list(ctx, o.db, op, "receipt_parked", scanInt64, channel); err != nil || len(waiting) == 0 {
		return err
	}
	var named fated
	for _, k := range outcomes {
		if k.ProviderID != "" {
			named.messages, named.providers = append(named.messages, k.Seq), append(named.providers, k.ProviderID)
		}
	}
	type parked struct {
		id     int64
		ours   string
		status store.OutboundState
		code   string
	}
	found, err := list(ctx, o.db, op, "receipt_unpark", func(row scanner) (p parked, err error) {
		err = row.Scan(&p.id, &p.ours, &p.status, &p.code)
		return p, err
	}, append([]any{channel}, o.db.pairs(named.messages, named.providers)...)...)
	if err != nil {
		return err
	}
	slices.SortFunc(found, func(a, b parked) int { return cmp.Compare(a.id, b.id) })
	for _, p := range found {
		message, err := one(ctx, o.db, op, "outbound_exists", scanInt64, p.ours, channel)
		if err != nil {
			return err
		}
		if _, err := o.db.forward(ctx, op, message, p.status, p.code, at); err != nil {
			return err
		}
	}
	return nil
}
