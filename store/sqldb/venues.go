package sqldb

import (
	"context"
	"fmt"

	"baro/store"
)

// Venues keeps the places to meet of communes.
type Venues struct{ db *DB }

var _ store.Venues = (*Venues)(nil)

// Venues gives the contract for places to meet.
func (db *DB) Venues() *Venues { return &Venues{db} }

func (v *Venues) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Venue, error) {
	return one(ctx, v.db, "get venue", "venue_get", scanVenue, int64(commune), id)
}

func (v *Venues) ByNumber(ctx context.Context, commune store.PlaceID, number int) (store.Venue, error) {
	return one(ctx, v.db, "find venue", "venue_by_number", scanVenue, int64(commune), number)
}

func (v *Venues) List(ctx context.Context, commune store.PlaceID) ([]store.Venue, error) {
	return list(ctx, v.db, "list venues", "venue_list", scanVenue, int64(commune))
}

func (v *Venues) Add(ctx context.Context, n store.Venue, act store.Act) (store.Venue, error) {
	const op = "add venue"
	err := v.db.Write(ctx, func(ctx context.Context) error {
		for range dialAttempts {
			id, err := v.db.insert(ctx, op, "venue_add", int64(n.Commune), n.Name, place(n.Place), micros(v.db.now()))
			if store.CodeOf(err) == store.CodeConflict {
				if taken, lookErr := v.named(ctx, n.Commune, n.Name); lookErr != nil || taken {
					return err
				}
				continue // another venue took the number meanwhile
			}
			if err != nil {
				return err
			}
			if err := v.db.record(ctx, act, n.Commune, "venue.add", venueObject(id), "", n.Name); err != nil {
				return err
			}
			n, err = v.Get(ctx, n.Commune, id)
			return err
		}
		return store.NewError(store.CodeConflict, op, "others keep taking the next number")
	})
	return n, err
}

func (v *Venues) Rename(ctx context.Context, n store.Venue, act store.Act) (store.Venue, error) {
	const op = "rename venue"
	err := v.db.Write(ctx, func(ctx context.Context) error {
		before, err := v.Get(ctx, n.Commune, n.ID)
		if err != nil {
			return err
		}
		changed, err := v.db.exec(ctx, op, "venue_rename", int64(n.Commune), n.ID, n.Name, place(n.Place), micros(v.db.now()))
		if err != nil {
			return err
		}
		if changed == 0 {
			return store.NewError(store.CodeConflict, op, "the venue is retired")
		}
		if err := v.db.record(ctx, act, n.Commune, "venue.rename", venueObject(n.ID), before.Name, n.Name); err != nil {
			return err
		}
		n, err = v.Get(ctx, n.Commune, n.ID)
		return err
	})
	return n, err
}

func (v *Venues) Retire(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	const op = "retire venue"
	return v.db.Write(ctx, func(ctx context.Context) error {
		before, err := v.Get(ctx, commune, id)
		if err != nil {
			return err
		}
		n, err := v.db.exec(ctx, op, "venue_retire", int64(commune), id, micros(v.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "the venue is retired already")
		}
		return v.db.record(ctx, act, commune, "venue.retire", venueObject(id), before.Name, "")
	})
}

func (v *Venues) named(ctx context.Context, commune store.PlaceID, name string) (bool, error) {
	all, err := v.List(ctx, commune)
	for _, other := range all {
		if other.Name == name {
			return true, nil
		}
	}
	return false, err
}

func venueObject(id int64) string { return fmt.Sprintf("venue:%d", id) }

func scanVenue(row scanner) (v store.Venue, err error) {
	err = row.Scan(&v.ID, &v.Commune, &v.Number, &v.Name, asPlace{&v.Place}, &v.Retired, asTime{&v.Updated})
	return v, err
}
