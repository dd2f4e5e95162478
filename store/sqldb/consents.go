package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// Consents keeps permissions and refusals.
type Consents struct{ db *DB }

var _ store.Consents = (*Consents)(nil)

// Consents gives the contract for consents and suppressions.
func (db *DB) Consents() *Consents { return &Consents{db} }

func (c *Consents) Give(ctx context.Context, k store.Consent) (given bool, err error) {
	const op = "give consent"
	if k.Purpose == store.PurposeAll || k.Purpose == "" || k.TextVersion == "" {
		return false, store.NewError(store.CodeInvalid, op, "a consent names one purpose and the text that was read")
	}
	languageKey, language := sealed(k.Language)
	err = c.db.Write(ctx, func(ctx context.Context) error {
		n, err := c.db.exec(ctx, op, "consent_give", k.Pseudonym[:], string(k.Purpose), k.TextVersion,
			languageKey, language, k.Channel, k.Source, micros(k.GivenAt))
		if err != nil {
			return err
		}
		given = n == 1
		if _, err := c.db.exec(ctx, op, "unreachable_lift", k.Pseudonym[:]); err != nil {
			return err
		}
		_, err = c.db.exec(ctx, op, "suppression_lift", k.Pseudonym[:], string(k.Purpose))
		return err
	})
	return given, err
}

func (c *Consents) Withdraw(ctx context.Context, p store.Pseudonym, purpose store.Purpose, at time.Time) error {
	const op = "withdraw consent"
	if purpose == "" {
		return store.NewError(store.CodeInvalid, op, "no purpose")
	}
	return c.db.Write(ctx, func(ctx context.Context) error {
		if _, err := c.db.exec(ctx, op, "consent_withdraw", p[:], string(purpose), micros(at)); err != nil {
			return err
		}
		if purpose == store.PurposeAll || purpose == store.PurposeNotices {
			if err := c.db.withdraw(ctx, op, p, at); err != nil {
				return err
			}
		}
		if _, err := c.db.exec(ctx, op, "suppression_put", p[:], string(purpose), micros(at)); err != nil {
			return err
		}
		return c.db.leaveAll(ctx, op, p, purpose, at)
	})
}

func (c *Consents) Standing(ctx context.Context, p store.Pseudonym) ([]store.Consent, error) {
	return list(ctx, c.db, "list consents", "consent_standing", scanConsent, p[:])
}

func (c *Consents) Suppressed(ctx context.Context, p store.Pseudonym, purpose store.Purpose) (bool, error) {
	n, err := one(ctx, c.db, "look up suppression", "suppression_count", scanInt64, p[:], string(purpose))
	return n > 0, err
}

func scanConsent(row scanner) (c store.Consent, err error) {
	err = row.Scan(&c.ID, asBytes{c.Pseudonym[:]}, &c.Purpose, &c.TextVersion, asText{&c.Language.KeyID}, &c.Language.Box,
		&c.Channel, &c.Source, asTime{&c.GivenAt}, asTime{&c.WithdrawnAt})
	return c, err
}
