package sqldb

import (
	"cmp"
	"context"
	"slices"
	"time"

	"baro/store"
)

// Inbox keeps messages from acceptance to handling.
type Inbox struct{ db *DB }

var _ store.Inbox = (*Inbox)(nil)

// Inbox gives the contract for received messages.
func (db *DB) Inbox() *Inbox { return &Inbox{db} }

func (b *Inbox) Accept(ctx context.Context, messages []store.Inbound) ([]store.Accepted, error) {
	const op = "accept messages"
	rows := make([][]any, len(messages))
	for i, m := range messages {
		if m.Phone.Box == nil {
			return nil, store.NewError(store.CodeInvalid, op, "a message needs its sender's number")
		}
		phoneKey, phone := sealed(m.Phone)
		bodyKey, body := sealed(m.Body)
		rows[i] = []any{m.Channel, m.ExternalID, place(m.Commune), m.Sender[:], phoneKey, phone, bodyKey, body, micros(m.Received)}
	}
	if len(rows) == 1 {
		one, err := b.acceptOne(ctx, op, messages[0], rows[0])
		return []store.Accepted{one}, err
	}
	var accepted []store.Accepted
	err := b.db.Write(ctx, func(ctx context.Context) error {
		accepted = make([]store.Accepted, len(messages))
		_, err := b.db.many(ctx, op, "inbound_accept", rows, func(i int, row scanner) error {
			accepted[i].New = true
			return row.Scan(&accepted[i].ID)
		})
		if err != nil {
			return err
		}
		for i, m := range messages {
			if accepted[i].New {
				continue
			}
			if accepted[i].ID, err = one(ctx, b.db, op, "inbound_id", scanInt64, m.Channel, m.ExternalID); err != nil {
				return err
			}
		}
		return nil
	})
	return accepted, err
}

func (b *Inbox) Claim(ctx context.Context, c store.Claim) (claimed []store.Inbound, err error) {
	err = b.db.change(ctx, func(ctx context.Context) error {
		claimed, err = list(ctx, b.db, "claim messages", "inbound_claim", scanInbound, c.Holder, micros(c.Now), micros(c.Until), c.Limit)
		return err
	})
	slices.SortFunc(claimed, func(a, b store.Inbound) int { return cmp.Compare(a.ID, b.ID) })
	return claimed, err
}

func (b *Inbox) Take(ctx context.Context, id int64, c store.Claim) (m store.Inbound, err error) {
	const op = "take message"
	err = b.db.change(ctx, func(ctx context.Context) error {
		m, err = one(ctx, b.db, op, "inbound_take", scanInbound, c.Holder, micros(c.Now), micros(c.Until), id)
		return err
	})
	if store.CodeOf(err) == store.CodeNotFound {
		return m, store.NewError(store.CodeConflict, op, "it is not this message's turn")
	}
	return m, err
}

func (b *Inbox) Finish(ctx context.Context, id int64, holder string, to store.InboundState, scrub bool, at time.Time) error {
	const op = "finish message"
	if to != store.InboundHandled && to != store.InboundFailed {
		return store.NewError(store.CodeInvalid, op, "a message ends handled or failed")
	}
	n, err := b.db.exec(ctx, op, "inbound_finish", id, holder, string(to), scrub, micros(at))
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "the claim was lost")
	}
	return err
}

// FinishAll moves messages their holder has claimed to handled. CodeConflict, and within a transaction nothing to commit,
// when the claim of any of them was lost.
func (b *Inbox) FinishAll(ctx context.Context, ids []int64, holder string, at time.Time) error {
	const op = "finish messages"
	return b.db.Write(ctx, func(ctx context.Context) error {
		n, err := b.db.exec(ctx, op, "inbound_finish_all", encodeList(ids), holder, micros(at))
		if err == nil && n != int64(len(ids)) {
			return store.NewError(store.CodeConflict, op, "a claim was lost")
		}
		return err
	})
}

func (b *Inbox) Return(ctx context.Context, id int64, holder string) error {
	_, err := b.db.exec(ctx, "return message", "inbound_return", id, holder)
	return err
}

// acceptOne does with a single statement, which is its own transaction.
func (b *Inbox) acceptOne(ctx context.Context, op string, m store.Inbound, row []any) (store.Accepted, error) {
	id, err := b.db.insert(ctx, op, "inbound_accept", row...)
	if store.CodeOf(err) != store.CodeConflict {
		return store.Accepted{ID: id, New: err == nil}, err
	}
	id, err = one(ctx, b.db, op, "inbound_id", scanInt64, m.Channel, m.ExternalID)
	return store.Accepted{ID: id}, err
}

func scanInbound(row scanner) (m store.Inbound, err error) {
	err = row.Scan(&m.ID, &m.Channel, &m.ExternalID, asPlace{&m.Commune}, asBytes{m.Sender[:]}, asText{&m.Phone.KeyID},
		&m.Phone.Box, asText{&m.Body.KeyID}, &m.Body.Box, asTime{&m.Received}, &m.State, asTime{&m.HandledAt}, &m.Attempts)
	return m, err
}
