package sqldb

import (
	"context"
	"fmt"
	"io"
	"time"

	"baro/store"
)

// Contacts keeps remembered people.
type Contacts struct{ db *DB }

var _ store.Contacts = (*Contacts)(nil)

// Contacts gives the contract for contacts.
func (db *DB) Contacts() *Contacts { return &Contacts{db} }

func (c *Contacts) Get(ctx context.Context, p store.Pseudonym) (store.Contact, error) {
	return one(ctx, c.db, "get contact", "contact_get", scanContact, p[:])
}

func (c *Contacts) Keep(ctx context.Context, k store.Contact) error {
	const op = "keep contact"
	if k.Phone.Box == nil {
		return store.NewError(store.CodeInvalid, op, "a contact needs its number")
	}
	phoneKey, phone := sealed(k.Phone)
	languageKey, language := sealed(k.Language)
	_, err := c.db.exec(ctx, op, "contact_keep", k.Pseudonym[:], phoneKey, phone, languageKey, language,
		place(k.Commune), micros(k.Created), micros(k.LastActive))
	return err
}

func (c *Contacts) Touch(ctx context.Context, p store.Pseudonym, at time.Time) error {
	_, err := c.db.exec(ctx, "touch contact", "contact_touch", p[:], micros(at))
	return err
}

func (c *Contacts) Erase(ctx context.Context, e store.Erasure) error {
	const op = "erase contact"
	now := micros(c.db.now())
	nobody := make([]byte, len(e.Pseudonym)) // nothing leads to it
	if _, err := io.ReadFull(c.db.rand, nobody); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return c.db.Write(ctx, func(ctx context.Context) error {
		p := e.Pseudonym[:]
		for _, step := range []struct {
			name string
			args []any
		}{
			{"contact_delete", []any{p}},
			{"contact_erase_consents", []any{p}},
			{"contact_erase_cases", []any{p}},
			{"contact_erase_callbacks", []any{p}},
			{"contact_erase_inbound", []any{p}},
			{"relay_erase", []any{p}},
			{"recipient_erase", []any{p, nobody}},
			{"broadcast_cap_erase", []any{p}},
			{"unreachable_lift", []any{p}},
			{"contact_erase_due", []any{p}},
			{"contact_erase_outbound", []any{p, now}},
			{"member_erase", []any{p}},
			{"officer_erase_posts", []any{p}},
			{"officer_erase", []any{p}},
			{"suppression_put", []any{p, string(store.PurposeAll), now}},
		} {
			if _, err := c.db.exec(ctx, op, step.name, step.args...); err != nil {
				return err
			}
		}
		for _, v := range e.Voters {
			if _, err := c.db.exec(ctx, op, "contact_erase_unconfirmed", v[:]); err != nil {
				return err
			}
			if _, err := c.db.exec(ctx, op, "contact_erase_words", v[:]); err != nil {
				return err
			}
			if _, err := c.db.exec(ctx, op, "contact_erase_voter", v[:], now); err != nil {
				return err
			}
			if _, err := c.db.exec(ctx, op, "contact_erase_votes", v[:], now); err != nil {
				return err
			}
			if _, err := c.db.exec(ctx, op, "attendance_erase", v[:], now); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Contacts) Forget(ctx context.Context, p store.Pseudonym) error {
	_, err := c.db.exec(ctx, "forget contact", "contact_delete", p[:])
	return err
}

func (c *Contacts) PurgeInactive(ctx context.Context, before time.Time) (n int64, err error) {
	const op = "purge inactive contacts"
	err = c.db.Write(ctx, func(ctx context.Context) error {
		if _, err := c.db.exec(ctx, op, "contact_purge_consents", micros(before)); err != nil {
			return err
		}
		n, err = c.db.exec(ctx, op, "contact_purge", micros(before))
		return err
	})
	return n, err
}

func scanContact(row scanner) (c store.Contact, err error) {
	err = row.Scan(asBytes{c.Pseudonym[:]}, &c.Phone.KeyID, &c.Phone.Box, asText{&c.Language.KeyID}, &c.Language.Box,
		asPlace{&c.Commune}, asTime{&c.Created}, asTime{&c.LastActive})
	return c, err
}
