package sqldb

import (
	"cmp"
	"context"
	"fmt"

	"baro/store"
)

// MarketDays keeps the markets of communes.
type MarketDays struct{ db *DB }

var _ store.MarketDays = (*MarketDays)(nil)

// MarketDays gives the contract for market days.
func (db *DB) MarketDays() *MarketDays { return &MarketDays{db} }

func (m *MarketDays) List(ctx context.Context, commune store.PlaceID) ([]store.MarketDay, error) {
	return list(ctx, m.db, "list markets", "market_list", scanMarket, int64(commune))
}

func (m *MarketDays) Put(ctx context.Context, v store.MarketDay, act store.Act) (store.MarketDay, error) {
	const op = "put market"
	v.Sector = cmp.Or(v.Sector, store.MarketGeneral)
	if !v.Days.Valid() || !v.Sector.Valid() || v.PlaceName == "" {
		return store.MarketDay{}, store.NewError(store.CodeInvalid, op, "a market needs a place, a day and a known sector")
	}
	err := m.db.Write(ctx, func(ctx context.Context) error {
		id, err := m.db.insert(ctx, op, "market_put", int64(v.Commune), place(v.Place), v.PlaceName, int64(v.Days),
			encodeTexts(v.Note), micros(m.db.now()), string(v.Sector))
		if err != nil {
			return err
		}
		if err := m.db.record(ctx, act, v.Commune, "market.put", marketObject(id), "", fmt.Sprint(v.Days.Numbers())); err != nil {
			return err
		}
		v, err = one(ctx, m.db, op, "market_get", scanMarket, int64(v.Commune), id)
		return err
	})
	return v, err
}

func (m *MarketDays) Remove(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	const op = "remove market"
	return m.db.Write(ctx, func(ctx context.Context) error {
		before, err := one(ctx, m.db, op, "market_get", scanMarket, int64(commune), id)
		if err != nil {
			return err
		}
		if _, err := m.db.exec(ctx, op, "market_remove", int64(commune), id); err != nil {
			return err
		}
		return m.db.record(ctx, act, commune, "market.remove", marketObject(id), before.PlaceName, "")
	})
}

func marketObject(id int64) string { return fmt.Sprintf("market:%d", id) }

func scanMarket(row scanner) (m store.MarketDay, err error) {
	err = row.Scan(&m.ID, &m.Commune, asPlace{&m.Place}, &m.PlaceName, &m.Days, asJSON{&m.Note}, asTime{&m.Updated},
		&m.Sector)
	return m, err
}
