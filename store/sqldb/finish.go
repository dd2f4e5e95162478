package sqldb

import (
	"cmp"
	"context"
	"slices"
	"time"

	"baro/store"
)

// outcomes are the columns of a batch of outcomes: a statement per message
// costs ten times as much.
type outcomes struct {
	messages  []int64
	states    []string
	providers []string
	parts     []int64
	classes   []string
	laters    []*int64
	held      []bool // the lease was the holder's until now
}

func (k *outcomes) add(o store.Outcome, held bool) {
	k.messages, k.states, k.providers = append(k.messages, o.Seq), append(k.states, string(o.State)), append(k.providers, o.ProviderID)
	k.parts, k.classes, k.held = append(k.parts, int64(o.Parts)), append(k.classes, o.FailureClass), append(k.held, held)
	var later *int64
	if !o.NotBefore.IsZero() {
		at := o.NotBefore.UnixMicro()
		later = &at
	}
	k.laters = append(k.laters, later)
}

func (k *outcomes) columns(db *DB) []any {
	return db.columns(k.messages, k.states, k.providers, k.parts, k.classes, k.laters, k.held)
}

// Finish records what became of leased messages and applies the receipts that
// came before it.
func (o *Outbox) Finish(ctx context.Context, channel, holder string, list []store.Outcome, at time.Time) (moved int64, err error) {
	const op = "finish messages"
	var providers []string
	for _, k := range list {
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
		moved, err = o.finish(ctx, op, channel, holder, list, at)
		return err
	})
	return moved, err
}

func (o *Outbox) finish(ctx context.Context, op, channel, holder string, all []store.Outcome, at time.Time) (int64, error) {
	messages := make([]int64, len(all))
	for i, k := range all {
		messages[i] = k.Seq
	}
	released, err := list(ctx, o.db, op, "outbound_release", scanInt64, o.db.numbers(messages), holder)
	if err != nil {
		return 0, err
	}
	held := set(released)
	var rows outcomes
	for _, k := range all {
		rows.add(k, held[k.Seq])
	}
	done, err := list(ctx, o.db, op, "outbound_finish", scanInt64, append([]any{holder, micros(at)}, rows.columns(o.db)...)...)
	if err != nil {
		return 0, err
	}
	moved := set(done)
	var queued []int64
	var overtaken outcomes
	for _, k := range all {
		switch {
		case moved[k.Seq] && k.State == store.OutboundQueued:
			queued = append(queued, k.Seq)
		case !moved[k.Seq] && k.ProviderID != "":
			overtaken.add(k, held[k.Seq])
		}
	}
	if len(queued) > 0 {
		if _, err := o.db.exec(ctx, op, "outbound_queue", o.db.numbers(queued)); err != nil {
			return 0, err
		}
	}
	if len(overtaken.messages) > 0 {
		noted, err := list(ctx, o.db, op, "outbound_note", scanInt64, append([]any{holder}, overtaken.columns(o.db)...)...)
		if err != nil {
			return 0, err
		}
		for _, seq := range noted {
			moved[seq] = true
		}
	}
	return int64(len(done)), o.name(ctx, op, channel, all, moved, at)
}

// name keeps the provider's ids of messages that are now known by them, and
// applies the receipts that waited for them.
func (o *Outbox) name(ctx context.Context, op, channel string, all []store.Outcome, known map[int64]bool, at time.Time) error {
	var messages []int64
	var providers []string
	for _, k := range all {
		if known[k.Seq] && k.ProviderID != "" {
			messages, providers = append(messages, k.Seq), append(providers, k.ProviderID)
		}
	}
	if len(messages) == 0 {
		return nil
	}
	if _, err := o.db.exec(ctx, op, "outbound_name", append([]any{channel}, o.db.columns(messages, providers)...)...); err != nil {
		return err
	}
	if waiting, err := list(ctx, o.db, op, "receipt_parked", scanInt64, channel); err != nil || len(waiting) == 0 {
		return err
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
	}, append([]any{channel}, o.db.columns(messages, providers)...)...)
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

func set(keys []int64) map[int64]bool {
	m := make(map[int64]bool, len(keys))
	for _, k := range keys {
		m[k] = true
	}
	return m
}
