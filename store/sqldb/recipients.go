package sqldb

import (
	"context"
	"encoding/hex"
	"math"
	"time"

	"baro/store"
)

// Recipients keeps one row for each number of a broadcast.
type Recipients struct{ db *DB }

var (
	_ store.Audiences     = (*Recipients)(nil)
	_ store.Recipients    = (*Recipients)(nil)
	_ store.RecipientCare = (*Recipients)(nil)
)

// Recipients gives the contracts for audiences and recipients.
func (db *DB) Recipients() *Recipients { return &Recipients{db} }

func (r *Recipients) Communes(ctx context.Context, place store.PlaceID) ([]store.PlaceID, error) {
	return list(ctx, r.db, "list communes of audience", "audience_communes", func(row scanner) (store.PlaceID, error) {
		id, err := scanInt64(row)
		return store.PlaceID(id), err
	}, int64(place))
}

// sources are the queries of each source: count, span, freeze.
func sources(s store.AudienceSource) (tally, bound, freeze string, err error) {
	switch s {
	case store.SourcePlace:
		return "audience_tally_place", "audience_bound_place", "recipient_freeze_place", nil
	case store.SourceOrganisation:
		return "audience_tally_organisation", "audience_bound_organisation", "recipient_freeze_organisation", nil
	case store.SourceBroadcast:
		return "audience_tally_broadcast", "audience_bound_broadcast", "recipient_freeze_broadcast", nil
	}
	return "", "", "", store.NewError(store.CodeInvalid, "find audience", "unknown source")
}

func (r *Recipients) Tally(ctx context.Context, q store.AudienceQuery) (store.Tally, error) {
	name, _, _, err := sources(q.Source)
	if err != nil {
		return nil, err
	}
	type count struct {
		reason store.Reason
		n      int64
	}
	args := span(q)
	if q.Source == store.SourceBroadcast {
		args = append(args, q.Organisation)
	}
	rows, err := list(ctx, r.db, "count audience", name, func(row scanner) (c count, err error) {
		err = row.Scan(&c.reason, &c.n)
		return c, err
	}, args...)
	tally := make(store.Tally)
	for _, c := range rows {
		tally[c.reason] += c.n
	}
	return tally, err
}

func (r *Recipients) Bound(ctx context.Context, q store.AudienceQuery, n int) (p store.Pseudonym, ok bool, err error) {
	_, name, _, err := sources(q.Source)
	if err != nil {
		return p, false, err
	}
	return r.nth(ctx, name, q.ID, q.After, n)
}

// nth gives the n-th pseudonym after one.
func (r *Recipients) nth(ctx context.Context, name string, id int64, after store.Pseudonym, n int) (store.Pseudonym, bool, error) {
	p, err := one(ctx, r.db, "span audience", name, scanPseudonym, id, after[:], n-1)
	if store.CodeOf(err) == store.CodeNotFound {
		return store.Pseudonym{}, false, nil
	}
	return p, err == nil, err
}

func (r *Recipients) Freeze(ctx context.Context, broadcast int64, q store.AudienceQuery) (all []store.Recipient, err error) {
	_, _, name, err := sources(q.Source)
	if err != nil {
		return nil, err
	}
	args := append(span(q), broadcast)
	if q.Source == store.SourceBroadcast {
		args = append(args, q.Organisation)
	}
	err = r.db.change(ctx, func(ctx context.Context) error {
		all, err = list(ctx, r.db, "freeze audience", name, func(row scanner) (k store.Recipient, err error) {
			err = row.Scan(asBytes{k.Pseudonym[:]}, asText{&k.Phone.KeyID}, &k.Phone.Box, asText{&k.Language.KeyID}, &k.Language.Box)
			return k, err
		}, args...)
		return err
	})
	return all, err
}

func (r *Recipients) SaveFreeze(ctx context.Context, broadcast int64, f store.Freeze, done bool, at time.Time) error {
	const op = "save frozen audience"
	n, err := r.db.exec(ctx, op, "broadcast_freeze", broadcast, encode(f), done, micros(at))
	return wanted(op, n, err)
}

func (r *Recipients) Lock(ctx context.Context, broadcast int64) error {
	const op = "lock broadcast"
	n, err := r.db.exec(ctx, op, "broadcast_lock", broadcast)
	return wanted(op, n, err)
}

func (r *Recipients) Take(ctx context.Context, broadcast int64, after store.Pseudonym, q store.AudienceQuery, limit int) ([]store.Recipient, error) {
	return list(ctx, r.db, "take recipients", "recipient_take", func(row scanner) (k store.Recipient, err error) {
		err = row.Scan(asBytes{k.Pseudonym[:]}, asText{&k.Phone.KeyID}, &k.Phone.Box, asText{&k.Language.KeyID}, &k.Language.Box, &k.Reason)
		return k, err
	}, broadcast, after[:], limit, string(q.Purpose), q.Channel, q.Sender, q.Month, capOf(q), q.Organisation)
}

func (r *Recipients) Queue(ctx context.Context, q store.Queueing) error {
	const op = "queue recipients"
	return r.db.Write(ctx, func(ctx context.Context) error {
		var skipped [][]any
		for p, reason := range q.Skipped {
			skipped = append(skipped, []any{q.Broadcast, p[:], string(reason)})
		}
		if len(skipped) > 0 {
			if _, err := r.db.many(ctx, op, "recipient_skip", skipped, nil); err != nil {
				return err
			}
		}
		if len(q.People) == 0 {
			return nil
		}
		people := hexes(q.People)
		n, err := r.db.exec(ctx, op, "recipient_queue", q.Broadcast, people)
		if err != nil {
			return err
		}
		if n != int64(len(q.People)) {
			return &store.Error{Code: store.CodeConflict, Op: op}
		}
		_, err = r.db.exec(ctx, op, "broadcast_cap_charge", people, q.Sender, q.Month, q.Charge, q.Broadcast, micros(q.At))
		return err
	})
}

func (r *Recipients) Counts(ctx context.Context, broadcast int64) (map[store.RecipientState]int64, error) {
	type count struct {
		state store.RecipientState
		n     int64
	}
	rows, err := list(ctx, r.db, "count recipients", "recipient_counts", func(row scanner) (c count, err error) {
		err = row.Scan(&c.state, &c.n)
		return c, err
	}, broadcast)
	counts := make(map[store.RecipientState]int64)
	for _, c := range rows {
		counts[c.state] = c.n
	}
	return counts, err
}

// wanted turns a compare-and-set that met no row into a conflict.
func wanted(op string, n int64, err error) error {
	if err == nil && n == 0 {
		return &store.Error{Code: store.CodeConflict, Op: op}
	}
	return err
}

// span are the arguments that the queries of all sources share.
func span(q store.AudienceQuery) []any {
	return []any{q.ID, q.After[:], q.UpTo[:], string(q.Purpose), q.Channel, q.Sender, q.Month, capOf(q)}
}

// capOf is the cap as queries compare it.
func capOf(q store.AudienceQuery) int64 {
	if q.Cap <= 0 {
		return math.MaxInt32
	}
	return int64(q.Cap)
}

func hexes(people []store.Pseudonym) string {
	all := make([]string, len(people))
	for i, p := range people {
		all[i] = hex.EncodeToString(p[:])
	}
	return encodeList(all)
}

func scanPseudonym(row scanner) (p store.Pseudonym, err error) {
	err = row.Scan(asBytes{p[:]})
	return p, err
}
