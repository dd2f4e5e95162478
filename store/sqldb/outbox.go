package sqldb

import (
	"cmp"
	"context"
	"slices"
	"time"

	"baro/store"
)

// Outbox keeps what is to be sent.
type Outbox struct{ db *DB }

var (
	_ store.Outbox     = (*Outbox)(nil)
	_ store.OutboxCare = (*Outbox)(nil)
)

// Outbox gives the contract for messages to people.
func (db *DB) Outbox() *Outbox { return &Outbox{db} }

func (o *Outbox) Enqueue(ctx context.Context, messages []store.Outbound) (n int64, err error) {
	const op = "enqueue messages"
	now := o.db.now()
	rows := make([][]any, len(messages))
	for i, m := range messages {
		if m.Phone.Box == nil || m.Body.Box == nil || m.ID == "" || !m.ExpiresAt.After(m.NotBefore) {
			return 0, store.NewError(store.CodeInvalid, op, "a message needs id, number, text and time to be sent in")
		}
		if m.NotBefore.IsZero() {
			m.NotBefore = now
		}
		if m.Created.IsZero() {
			m.Created = now
		}
		phoneKey, phone := sealed(m.Phone)
		bodyKey, body := sealed(m.Body)
		rows[i] = []any{m.ID, m.Channel, place(m.Commune), m.Origin, m.Recipient[:], phoneKey, phone, bodyKey, body, m.Scrub,
			int(m.Priority), micros(m.NotBefore), micros(m.ExpiresAt), micros(m.Created)}
	}
	if len(rows) == 1 { // the reply in a dialogue's transaction: no savepoint needed
		return o.db.exec(ctx, op, "outbound_enqueue", rows[0]...)
	}
	err = o.db.Write(ctx, func(ctx context.Context) error {
		n, err = o.db.many(ctx, op, "outbound_enqueue", rows, nil)
		return err
	})
	return n, err
}

func (o *Outbox) Get(ctx context.Context, id string) (store.Outbound, error) {
	return one(ctx, o.db, "get message", "outbound_get", scanOutbound, id)
}

func (o *Outbox) Claim(ctx context.Context, channel string, c store.Claim) (claimed []store.Outbound, err error) {
	const op = "claim outbox"
	var begun time.Time
	if c.Begin {
		begun = c.Now
	}
	// One statement per priority: each is an exact range of the index, however
	// many messages wait for a later hour.
	for p := store.PriorityReply; p <= store.PriorityBulk && len(claimed) < c.Limit; p++ {
		var part []store.Outbound
		err = o.db.change(ctx, func(ctx context.Context) error {
			part, err = list(ctx, o.db, op, "outbound_claim", scanOutbound, channel, int(p), c.Holder, micros(c.Now),
				micros(c.Until), c.Limit-len(claimed), micros(begun))
			return err
		})
		if err != nil {
			// What was claimed before stays leased to the holder until it runs out.
			return claimed, err
		}
		slices.SortFunc(part, func(a, b store.Outbound) int {
			return cmp.Or(a.NotBefore.Compare(b.NotBefore), cmp.Compare(a.ID, b.ID))
		})
		claimed = append(claimed, part...)
	}
	return claimed, nil
}

func (o *Outbox) Begin(ctx context.Context, holder string, ids []string, at time.Time) (held []string, err error) {
	err = o.db.change(ctx, func(ctx context.Context) error {
		held, err = list(ctx, o.db, "begin messages", "outbound_begin", scanString, encodeList(ids), holder, micros(at))
		return err
	})
	slices.Sort(held)
	return held, err
}

func (o *Outbox) Return(ctx context.Context, holder string, at time.Time) (int64, error) {
	return o.db.exec(ctx, "return messages", "outbound_return", holder, micros(at))
}

func (o *Outbox) Abandon(ctx context.Context, holder string, at time.Time) (int64, error) {
	return o.db.exec(ctx, "abandon messages", "outbound_abandon", holder, micros(at))
}

func (o *Outbox) ExpireLeases(ctx context.Context, now time.Time) (returned, unconfirmed int64, err error) {
	const op = "expire message leases"
	err = o.db.Write(ctx, func(ctx context.Context) error {
		if returned, err = o.db.exec(ctx, op, "outbound_lease_return", micros(now)); err != nil {
			return err
		}
		unconfirmed, err = o.db.exec(ctx, op, "outbound_lease_doubt", micros(now))
		return err
	})
	return returned, unconfirmed, err
}

func (o *Outbox) Expire(ctx context.Context, now time.Time) (int64, error) {
	return o.db.exec(ctx, "expire messages", "outbound_expire", micros(now))
}

func (o *Outbox) Depth(ctx context.Context, channel string) (int64, error) {
	return one(ctx, o.db, "count queued messages", "outbound_depth", scanInt64, channel)
}

func scanOutbound(row scanner) (m store.Outbound, err error) {
	err = row.Scan(&m.ID, &m.Channel, asPlace{&m.Commune}, &m.Origin, asBytes{m.Recipient[:]}, asText{&m.Phone.KeyID},
		&m.Phone.Box, asText{&m.Body.KeyID}, &m.Body.Box, &m.Scrub, &m.Priority, &m.State, asTime{&m.NotBefore},
		asTime{&m.ExpiresAt}, &m.Attempts, asText{&m.Holder}, asTime{&m.LeaseUntil}, &m.ProviderID, &m.Parts,
		asTime{&m.Created}, asTime{&m.Updated}, &m.FailureClass)
	return m, err
}
