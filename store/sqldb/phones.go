package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Phones keeps the phones of channels.
type Phones struct{ db *DB }

var _ store.Phones = (*Phones)(nil)

// Phones gives the contract for phones.
func (db *DB) Phones() *Phones { return &Phones{db} }

func (p *Phones) Register(ctx context.Context, k store.Phone) error {
	const op = "register phone"
	return p.db.Write(ctx, func(ctx context.Context) error {
		n, err := p.db.exec(ctx, op, "phone_register", k.ID, k.Channel, k.Name, k.Token[:], k.Admission[:], micros(k.Created))
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "its id or token is taken")
		}
		act := store.Act{Actor: "system", Reason: "the channel's token was shown"}
		return p.db.record(ctx, act, 0, "phone.register", phoneObject(k.ID), "", k.Channel)
	})
}

func (p *Phones) Get(ctx context.Context, channel, id string) (store.Phone, error) {
	return one(ctx, p.db, "get phone", "phone_get", scanPhone, channel, id)
}

func (p *Phones) ByToken(ctx context.Context, channel string, token [32]byte) (store.Phone, error) {
	const op = "get phone by token"
	k, err := one(ctx, p.db, op, "phone_by_token", scanPhone, channel, token[:])
	if err == nil && !k.DisabledAt.IsZero() {
		return store.Phone{}, store.NewError(store.CodeDenied, op, "the phone is disabled")
	}
	return k, err
}

func (p *Phones) List(ctx context.Context, channel string) ([]store.Phone, error) {
	return list(ctx, p.db, "list phones", "phone_list", scanPhone, channel)
}

func (p *Phones) Seen(ctx context.Context, channel, id string, at time.Time, h *store.PhoneHealth) error {
	const op = "note contact of phone"
	return p.db.Write(ctx, func(ctx context.Context) error {
		n, err := p.db.exec(ctx, op, "phone_seen", channel, id, micros(at))
		if err != nil || h == nil || n == 0 {
			return err
		}
		_, err = p.db.exec(ctx, op, "phone_health", channel, id, number(h.Battery), h.Verdict)
		return err
	})
}

func (p *Phones) Disable(ctx context.Context, channel, id string, act store.Act) error {
	return p.turn(ctx, "disable phone", "phone_disable", "phone.disable", act, channel, id, micros(p.db.now()))
}

func (p *Phones) Enable(ctx context.Context, channel, id string, act store.Act) error {
	return p.turn(ctx, "enable phone", "phone_enable", "phone.enable", act, channel, id)
}

// turn changes whether a phone may be used, and records who did it.
func (p *Phones) turn(ctx context.Context, op, query, action string, act store.Act, channel, id string, also ...any) error {
	return p.db.Write(ctx, func(ctx context.Context) error {
		if _, err := one(ctx, p.db, op, "phone_get", scanPhone, channel, id); err != nil {
			return err
		}
		n, err := p.db.exec(ctx, op, query, append([]any{channel, id}, also...)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "it is so already")
		}
		return p.db.record(ctx, act, 0, action, phoneObject(id), "", channel)
	})
}

func phoneObject(id string) string { return "phone:" + id }

func scanPhone(row scanner) (k store.Phone, err error) {
	err = row.Scan(&k.ID, &k.Channel, &k.Name, asBytes{k.Token[:]}, asBytes{k.Admission[:]}, &k.Health.Battery, &k.Health.Verdict,
		asTime{&k.Created}, asTime{&k.LastSeen}, asTime{&k.DisabledAt})
	return k, err
}
