package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Referrals keeps whom people can turn to who is not their town hall.
type Referrals struct{ db *DB }

var _ store.Referrals = (*Referrals)(nil)

// Referrals gives the contract for contacts outside town halls.
func (db *DB) Referrals() *Referrals { return &Referrals{db} }

func (r *Referrals) List(ctx context.Context, area store.PlaceID, purpose store.ReferralPurpose) ([]store.Referral, error) {
	return list(ctx, r.db, "list referrals", "referral_list", scanReferral, int64(area), string(purpose))
}

func (r *Referrals) Put(ctx context.Context, v store.Referral, act store.Act) (store.Referral, error) {
	const op = "put referral"
	if !v.Purpose.Valid() || v.Name == "" || v.Phone == "" {
		return store.Referral{}, store.NewError(store.CodeInvalid, op, "a referral needs a purpose, a name and a phone")
	}
	err := r.db.Write(ctx, func(ctx context.Context) error {
		id, err := r.db.insert(ctx, op, "referral_put", int64(v.Area), string(v.Purpose), v.Name, v.Phone, micros(v.Verified), micros(r.db.now()))
		if store.CodeOf(err) == store.CodeConflict {
			return store.NewError(store.CodeInvalid, op, "the area is no cercle, région or country")
		}
		if err != nil {
			return err
		}
		if v, err = one(ctx, r.db, op, "referral_get", scanReferral, int64(v.Area), id); err != nil {
			return err
		}
		return r.db.record(ctx, act, 0, "referral.put", referralObject(id), "", fmt.Sprintf("%s %s %s", v.Purpose, v.Name, v.Phone))
	})
	return v, err
}

func (r *Referrals) Unchecked(ctx context.Context, since time.Time) (int64, error) {
	return one(ctx, r.db, "count unchecked referrals", "referral_unchecked", scanInt64, micros(since))
}

func (r *Referrals) Remove(ctx context.Context, area store.PlaceID, id int64, act store.Act) error {
	const op = "remove referral"
	return r.db.Write(ctx, func(ctx context.Context) error {
		before, err := one(ctx, r.db, op, "referral_get", scanReferral, int64(area), id)
		if err != nil {
			return err
		}
		if _, err := r.db.exec(ctx, op, "referral_remove", int64(area), id); err != nil {
			return err
		}
		return r.db.record(ctx, act, 0, "referral.remove", referralObject(id), before.Name, "")
	})
}

func referralObject(id int64) string { return fmt.Sprintf("referral:%d", id) }

func scanReferral(row scanner) (r store.Referral, err error) {
	err = row.Scan(&r.ID, &r.Area, &r.Purpose, &r.Name, &r.Phone, asTime{&r.Verified}, asTime{&r.Updated})
	return r, err
}
