package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// PhoneOffers keeps what lies ready for phones.
type PhoneOffers struct{ db *DB }

var _ store.PhoneOffers = (*PhoneOffers)(nil)

// PhoneOffers gives the contract for what phones fetch.
func (db *DB) PhoneOffers() *PhoneOffers { return &PhoneOffers{db} }

func (p *PhoneOffers) Offer(ctx context.Context, o store.PhoneOffer) error {
	const op = "offer message to phone"
	n, err := p.db.exec(ctx, op, "phone_offer_put", o.Message, o.Channel, o.Phone, int64(o.SIM), int64(o.Parts), micros(o.Offered))
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "it lies ready already")
	}
	return err
}

func (p *PhoneOffers) Get(ctx context.Context, channel, message string) (store.PhoneOffer, error) {
	return one(ctx, p.db, "get offer to phone", "phone_offer_get", scanPhoneOffer, channel, message)
}

func (p *PhoneOffers) Spent(ctx context.Context, phone string, sim int, after time.Time) (parts int64, earliest time.Time, err error) {
	_, err = one(ctx, p.db, "count offers to phone", "phone_offer_spent", func(row scanner) (struct{}, error) {
		return struct{}{}, row.Scan(&parts, asTime{&earliest})
	}, phone, int64(sim), micros(after))
	return parts, earliest, err
}

func (p *PhoneOffers) Fetch(ctx context.Context, channel, phone string, limit int, at time.Time) (all []store.PhoneMessage, err error) {
	const op = "fetch messages for phone"
	err = p.db.Write(ctx, func(ctx context.Context) error {
		all, err = list(ctx, p.db, op, "phone_offer_pending", scanPhoneMessage, channel, phone, micros(at), int64(limit))
		if err != nil || len(all) == 0 {
			return err
		}
		args := make([][]any, len(all))
		for i, m := range all {
			args[i] = []any{m.Message.ID, micros(at)}
		}
		_, err = p.db.many(ctx, op, "phone_offer_fetched", args, nil)
		return err
	})
	return all, err
}

func (p *PhoneOffers) Withdraw(ctx context.Context, channel, message string) (bool, error) {
	n, err := p.db.exec(ctx, "withdraw offer to phone", "phone_offer_withdraw", channel, message)
	return n == 1, err
}

func (p *PhoneOffers) Answer(ctx context.Context, channel, phone string, messages []string, at time.Time) ([]string, error) {
	args := make([][]any, len(messages))
	for i, id := range messages {
		args[i] = []any{channel, phone, id, micros(at)}
	}
	if len(args) == 0 {
		return nil, nil
	}
	var own []string
	_, err := p.db.many(ctx, "note answer of phone", "phone_offer_answer", args, func(_ int, row scanner) error {
		id, err := scanString(row)
		own = append(own, id)
		return err
	})
	return own, err
}

func (p *PhoneOffers) Waiting(ctx context.Context, channel string) ([]string, error) {
	return list(ctx, p.db, "list waiting phones", "phone_offer_waiting", scanString, channel)
}

func (p *PhoneOffers) Purge(ctx context.Context, before time.Time) (int64, error) {
	return p.db.exec(ctx, "purge offers to phones", "phone_offer_purge", micros(before))
}

func scanPhoneOffer(row scanner) (o store.PhoneOffer, err error) {
	err = row.Scan(&o.Message, &o.Channel, &o.Phone, &o.SIM, &o.Parts, asTime{&o.Offered}, asTime{&o.Fetched}, asTime{&o.Answered})
	return o, err
}

func scanPhoneMessage(row scanner) (m store.PhoneMessage, err error) {
	o := &m.Message
	err = row.Scan(&o.ID, &o.Phone.KeyID, &o.Phone.Box, &o.Body.KeyID, &o.Body.Box, &o.Priority, asTime{&o.Created}, asTime{&o.ExpiresAt}, &m.SIM)
	return m, err
}
