package sqldb

import (
	"context"
	"fmt"

	"baro/store"
)

// Mandates keeps what organisations may do and for how long.
type Mandates struct{ db *DB }

var _ store.Mandates = (*Mandates)(nil)

// Mandates gives the contract for mandates.
func (db *DB) Mandates() *Mandates { return &Mandates{db} }

func (m *Mandates) Grant(ctx context.Context, commune store.PlaceID, v store.Mandate, act store.Act) (store.Mandate, error) {
	const op = "grant mandate"
	if v.Purpose == "" || v.Quota < 1 || v.From == "" || !v.From.Valid() || !v.To.Valid() || v.To < v.From {
		return store.Mandate{}, store.NewError(store.CodeInvalid, op, "purpose, real dates in their order and a quota are needed")
	}
	err := m.db.Write(ctx, func(ctx context.Context) error {
		if _, err := m.db.Organisations().Get(ctx, commune, v.Organisation); err != nil {
			return err
		}
		id, err := m.db.insert(ctx, op, "mandate_grant", v.Organisation, v.Purpose, string(v.From), string(v.To), v.Quota, act.Actor,
			micros(m.db.now()))
		if err != nil {
			return err
		}
		after := fmt.Sprintf("%s to %s, %d a month: %s", v.From, v.To, v.Quota, v.Purpose)
		if err := m.db.record(ctx, act, commune, "mandate.grant", mandateObject(id), "", after); err != nil {
			return err
		}
		v, err = m.get(ctx, op, commune, id)
		return err
	})
	return v, err
}

func (m *Mandates) Revoke(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	const op = "revoke mandate"
	if act.Reason == "" {
		return store.NewError(store.CodeInvalid, op, "a mandate is revoked with a reason")
	}
	return m.db.Write(ctx, func(ctx context.Context) error {
		if _, err := m.get(ctx, op, commune, id); err != nil {
			return err
		}
		n, err := m.db.exec(ctx, op, "mandate_revoke", id, micros(m.db.now()), act.Reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "it is revoked already")
		}
		return m.db.record(ctx, act, commune, "mandate.state", mandateObject(id), string(store.MandateActive), string(store.MandateRevoked))
	})
}

func (m *Mandates) List(ctx context.Context, commune store.PlaceID, organisation int64) ([]store.Mandate, error) {
	if _, err := m.db.Organisations().Get(ctx, commune, organisation); err != nil {
		return nil, err
	}
	return list(ctx, m.db, "list mandates", "mandate_list", scanMandate, organisation)
}

func (m *Mandates) get(ctx context.Context, op string, commune store.PlaceID, id int64) (store.Mandate, error) {
	return one(ctx, m.db, op, "mandate_get", scanMandate, int64(commune), id)
}

func mandateObject(id int64) string { return fmt.Sprintf("mandate:%d", id) }

func scanMandate(row scanner) (m store.Mandate, err error) {
	err = row.Scan(&m.ID, &m.Organisation, &m.Purpose, &m.From, &m.To, &m.Quota, &m.State, &m.ApprovedBy, asTime{&m.Created},
		asTime{&m.Revoked}, &m.Reason)
	return m, err
}
