package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Services keeps the directory for everybody.
type Services struct{ db *DB }

var (
	_ store.ServiceReader = (*Services)(nil)
	_ store.ServiceWriter = (*Services)(nil)
)

// Services gives the contract for the directory.
func (db *DB) Services() *Services { return &Services{db} }

func (s *Services) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Service, error) {
	return one(ctx, s.db, "get service", "service_get", scanService, int64(commune), id)
}

func (s *Services) List(ctx context.Context, commune store.PlaceID, need string) ([]store.Service, error) {
	return list(ctx, s.db, "list services", "service_list", scanService, int64(commune), need)
}

func (s *Services) Near(ctx context.Context, commune store.PlaceID, need string, b store.Box) ([]store.Service, error) {
	return list(ctx, s.db, "list services nearby", "service_near", scanService, int64(commune), need, b.South, b.North, b.West, b.East)
}

func (s *Services) Upsert(ctx context.Context, commune store.PlaceID, services []store.Service) (int, error) {
	const op = "import services"
	now := micros(s.db.now())
	rows := make([][]any, len(services))
	for i, v := range services {
		if !v.Status.Valid() || !v.ReviewOn.Valid() {
			return 0, store.NewError(store.CodeInvalid, op, "unknown status or date")
		}
		var hours any
		if v.Hours != nil {
			hours = encode(v.Hours)
		}
		lat, lon := latLon(v.At)
		rows[i] = []any{int64(commune), v.Need, v.Kind, v.Name, v.PlaceName, lat, lon, v.HoursText, hours, number(v.Price),
			encodeList(v.Papers), v.Phone, micros(v.VerifiedAt), string(v.ReviewOn), v.Unverified, string(v.Status), v.Source,
			v.ExternalID, now, v.NoPapers, number(v.Capacity)}
	}
	var n int64
	err := s.db.Write(ctx, func(ctx context.Context) (err error) {
		n, err = s.db.many(ctx, op, "service_upsert", rows, nil)
		return err
	})
	return int(n), err
}

func (s *Services) Verify(ctx context.Context, commune store.PlaceID, id int64, at time.Time, act store.Act) error {
	const op = "verify service"
	return s.db.Write(ctx, func(ctx context.Context) error {
		before, err := s.Get(ctx, commune, id)
		if err != nil {
			return err
		}
		if _, err := s.db.exec(ctx, op, "service_verify", int64(commune), id, micros(at), micros(s.db.now())); err != nil {
			return err
		}
		return s.db.record(ctx, act, commune, "service.verify", serviceObject(id), instant(before.VerifiedAt), instant(at))
	})
}

func (s *Services) SetStatus(ctx context.Context, commune store.PlaceID, id int64, from, to store.ServiceStatus, act store.Act) error {
	const op = "set service status"
	if !to.Valid() || from == to {
		return store.NewError(store.CodeInvalid, op, "not a change to a known status")
	}
	return s.db.Write(ctx, func(ctx context.Context) error {
		n, err := s.db.exec(ctx, op, "service_status", int64(commune), id, string(from), string(to), micros(s.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := s.Get(ctx, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the service has another status")
		}
		return s.db.record(ctx, act, commune, "service.status", serviceObject(id), string(from), string(to))
	})
}

func serviceObject(id int64) string { return fmt.Sprintf("service:%d", id) }

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func scanService(row scanner) (s store.Service, err error) {
	var lat, lon *float64
	err = row.Scan(&s.ID, &s.Commune, &s.Need, &s.Kind, &s.Name, &s.PlaceName, &lat, &lon, &s.HoursText, asJSON{&s.Hours},
		&s.Price, asJSON{&s.Papers}, &s.Phone, asTime{&s.VerifiedAt}, &s.ReviewOn, &s.Unverified, &s.Status, &s.Source,
		&s.ExternalID, asTime{&s.Updated}, &s.NoPapers, &s.Capacity)
	s.At = point(lat, lon)
	return s, err
}
