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
	_ store.Outbox      = (*Outbox)(nil)
	_ store.OutboxCare  = (*Outbox)(nil)
	_ store.OutboxMoves = (*Outbox)(nil)
)

// Outbox gives the contract for messages to people.
func (db *DB) Outbox() *Outbox { return &Outbox{db} }

func (o *Outbox) Get(ctx context.Context, id string) (store.Outbound, error) {
	return one(ctx, o.db, "get message", "outbound_get", scanOutbound, id)
}

func (o *Outbox) Claim(ctx context.Context, channel string, c store.Claim) (claimed []store.Outbound, err error) {
	// One claim per priority: each is an exact range of the key, however many
	// messages wait for a later hour.
	for p := store.PriorityReply; p <= store.PriorityBulk; p++ {
		limit := c.Of(p, len(claimed))
		if limit == 0 {
			continue
		}
		var part []store.Outbound
		err = o.db.change(ctx, func(ctx context.Context) error {
			part, err = o.claim(ctx, channel, p, c, limit)
			return err
		})
		if err != nil {
			// What was claimed before stays leased to the holder until it runs out.
			return claimed, err
		}
		if claimed == nil {
			claimed = part
			continue
		}
		claimed = append(claimed, part...)
	}
	return claimed, nil
}

// claim leases what is due of one priority.
func (o *Outbox) claim(ctx context.Context, channel string, p store.Priority, c store.Claim, limit int) ([]store.Outbound, error) {
	const op = "claim outbox"
	var begun time.Time
	if c.Begin {
		begun = c.Now
	}
	var part []store.Outbound
	scan := func(row scanner) (none struct{}, err error) {
		if part == nil {
			part = make([]store.Outbound, 0, limit) // a full claim is the common one; growing would copy it over and over
		}
		m, err := scanClaimed(row, channel, p, c)
		part = append(part, m)
		return none, err
	}
	_, err := list(ctx, o.db, op, "outbound_claim", scan, channel, int(p), c.Holder, micros(c.Now), micros(c.Until), limit, micros(begun))
	if err != nil || len(part) == 0 {
		return nil, err
	}
	slices.SortFunc(part, func(a, b store.Outbound) int {
		return cmp.Or(a.NotBefore.Compare(b.NotBefore), cmp.Compare(a.Seq, b.Seq))
	})
	if o.db.engine.dialect() == dialectPostgres {
		return part, nil
	}
	last := part[len(part)-1]
	if _, err := o.db.exec(ctx, op, "outbound_claim_lease", channel, int(p), c.Holder, micros(c.Now), micros(c.Until),
		micros(last.NotBefore), last.Seq, micros(begun)); err != nil {
		return nil, err
	}
	_, err = o.db.exec(ctx, op, "outbound_claim_take", channel, int(p), micros(c.Now), micros(last.NotBefore), last.Seq)
	return part, err
}

func (o *Outbox) Begin(ctx context.Context, holder string, messages []int64, at time.Time) (held []int64, err error) {
	err = o.db.change(ctx, func(ctx context.Context) error {
		held, err = list(ctx, o.db, "begin messages", "outbound_begin", scanInt64, o.db.numbers(messages), holder, micros(at))
		return err
	})
	slices.Sort(held)
	return held, err
}

func (o *Outbox) Return(ctx context.Context, holder string, _ time.Time) (int64, error) {
	return o.requeue(ctx, "return messages", "outbound_return", holder)
}

func (o *Outbox) Abandon(ctx context.Context, holder string, _ time.Time) (int64, error) {
	return o.requeue(ctx, "abandon messages", "outbound_abandon", holder)
}

// requeue ends leases by the named query and puts their messages back.
func (o *Outbox) requeue(ctx context.Context, op, name string, arg any) (n int64, err error) {
	err = o.db.Write(ctx, func(ctx context.Context) error {
		back, err := list(ctx, o.db, op, name, scanInt64, arg)
		if err != nil || len(back) == 0 {
			return err
		}
		n, err = o.db.exec(ctx, op, "outbound_queue", o.db.numbers(back))
		return err
	})
	return n, err
}

func (o *Outbox) ExpireLeases(ctx context.Context, now time.Time) (returned, unconfirmed int64, err error) {
	const op = "expire message leases"
	err = o.db.Write(ctx, func(ctx context.Context) error {
		if returned, err = o.requeue(ctx, op, "outbound_lease_return", micros(now)); err != nil {
			return err
		}
		type lost struct {
			message int64
			holder  string
		}
		begun, err := list(ctx, o.db, op, "outbound_lease_doubt", func(row scanner) (l lost, err error) {
			err = row.Scan(&l.message, &l.holder)
			return l, err
		}, micros(now))
		if err != nil || len(begun) == 0 {
			return err
		}
		messages, holders := make([]int64, len(begun)), make([]string, len(begun))
		for i, l := range begun {
			messages[i], holders[i] = l.message, l.holder
		}
		unconfirmed, err = o.db.exec(ctx, op, "outbound_doubt", append([]any{micros(now)}, o.db.pairs(messages, holders)...)...)
		return err
	})
	return returned, unconfirmed, err
}

func (o *Outbox) Expire(ctx context.Context, now time.Time) (n int64, err error) {
	const op = "expire messages"
	err = o.db.Write(ctx, func(ctx context.Context) error {
		over, err := list(ctx, o.db, op, "outbound_expire", scanInt64, micros(now))
		if err != nil || len(over) == 0 {
			return err
		}
		n, err = o.db.exec(ctx, op, "outbound_expired", micros(now), o.db.numbers(over))
		return err
	})
	return n, err
}

func (o *Outbox) Depth(ctx context.Context, channel string) (int64, error) {
	return one(ctx, o.db, "count queued messages", "outbound_depth", scanInt64, channel)
}

func (o *Outbox) Refusing(ctx context.Context, purpose store.Purpose, people []store.Pseudonym) ([]store.Pseudonym, error) {
	return list(ctx, o.db, "ask for consent", "outbound_refusing", scanPseudonym, string(purpose), hexes(people))
}

func (o *Outbox) Parked(ctx context.Context, from, until time.Time) (int64, error) {
	return one(ctx, o.db, "count parked receipts", "receipt_count_parked", scanInt64, micros(from), micros(until))
}

// withdraw ends a person's messages of broadcasts that nobody has begun to send.
func (db *DB) withdraw(ctx context.Context, op string, p store.Pseudonym, at time.Time) error {
	for _, name := range []string{"outbound_withdraw_due", "outbound_withdraw_held"} {
		if _, err := db.exec(ctx, op, name, p[:]); err != nil {
			return err
		}
	}
	_, err := db.exec(ctx, op, "outbound_withdraw", p[:], micros(at))
	return err
}

func scanOutbound(row scanner) (m store.Outbound, err error) {
	err = row.Scan(&m.Seq, &m.ID, &m.Channel, asPlace{&m.Commune}, &m.Origin, &m.Purpose, asBytes{m.Recipient[:]}, asText{&m.Phone.KeyID},
		&m.Phone.Box, asText{&m.Body.KeyID}, &m.Body.Box, &m.Scrub, &m.Quiet, &m.Routed, &m.Priority, &m.State, asTime{&m.NotBefore},
		asTime{&m.ExpiresAt}, &m.Attempts, asText{&m.Holder}, asTime{&m.LeaseUntil}, &m.ProviderID, &m.Parts,
		asTime{&m.Created}, asTime{&m.Updated}, &m.FailureClass)
	return m, err
}

// scanClaimed reads what a claim could not know by itself.
func scanClaimed(row scanner, channel string, p store.Priority, c store.Claim) (store.Outbound, error) {
	m := store.Outbound{
		Channel: channel, Priority: p, State: store.OutboundLeased, Holder: c.Holder, LeaseUntil: c.Until, Updated: c.Now,
	}
	err := row.Scan(&m.Seq, &m.ID, asPlace{&m.Commune}, &m.Origin, &m.Purpose, asBytes{m.Recipient[:]}, asText{&m.Phone.KeyID}, &m.Phone.Box,
		asText{&m.Body.KeyID}, &m.Body.Box, &m.Scrub, &m.Quiet, &m.Routed, asTime{&m.NotBefore}, asTime{&m.ExpiresAt}, &m.Attempts,
		asTime{&m.Created})
	m.Attempts++ // this one
	return m, err
}
