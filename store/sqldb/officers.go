package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Officers keeps the numbers that act with a PIN.
type Officers struct{ db *DB }

var (
	_ store.OfficerReader = (*Officers)(nil)
	_ store.OfficerWriter = (*Officers)(nil)
	_ store.PINTries      = (*Officers)(nil)
)

// Officers gives the contract for officers.
func (db *DB) Officers() *Officers { return &Officers{db} }

func (o *Officers) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Officer, error) {
	return o.withPosts(ctx, "get officer", "officer_get", int64(commune), id)
}

func (o *Officers) ByPhone(ctx context.Context, commune store.PlaceID, p store.Pseudonym) (store.Officer, error) {
	return o.withPosts(ctx, "find officer", "officer_by_phone", int64(commune), p[:])
}

func (o *Officers) List(ctx context.Context, commune store.PlaceID, organisation int64) ([]store.Officer, error) {
	const op = "list officers"
	name, args := "officer_list", []any{int64(commune), organisation}
	if organisation == 0 {
		name, args = "officer_approvers", args[:1]
	}
	all, err := list(ctx, o.db, op, name, scanOfficer, args...)
	for i := range all {
		if err == nil {
			all[i].Posts, err = o.posts(ctx, op, all[i].ID)
		}
	}
	return all, err
}

func (o *Officers) Appoint(ctx context.Context, v store.Officer, post store.Post, act store.Act) (store.Officer, error) {
	const op = "appoint officer"
	if !post.Role.Valid() || (post.Organisation == 0) != (post.Role == store.RoleApprover) || v.Pseudonym == nil || v.Phone.Box == nil {
		return store.Officer{}, store.NewError(store.CodeInvalid, op, "a number and a role that goes with the organisation are needed")
	}
	err := o.db.Write(ctx, func(ctx context.Context) error {
		if post.Organisation != 0 {
			if _, err := o.db.Organisations().Get(ctx, v.Commune, post.Organisation); err != nil {
				return err
			}
		}
		phoneKey, phone := sealed(v.Phone)
		_, err := o.db.insert(ctx, op, "officer_create", int64(v.Commune), v.Pseudonym[:], phoneKey, phone, v.PINHash, v.Fresh,
			reference(v.Account), micros(o.db.now()))
		if err != nil && store.CodeOf(err) != store.CodeConflict {
			return err
		}
		who, err := o.ByPhone(ctx, v.Commune, *v.Pseudonym)
		if err != nil {
			return err
		}
		n, err := o.db.exec(ctx, op, "officer_post_put", who.ID, reference(post.Organisation), string(post.Role))
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "the post is taken, or the number holds one there")
		}
		if err := o.db.record(ctx, act, v.Commune, "officer.appoint", officerObject(who.ID), "", postName(post)); err != nil {
			return err
		}
		v, err = o.Get(ctx, v.Commune, who.ID)
		return err
	})
	return v, err
}

func (o *Officers) Dismiss(ctx context.Context, commune store.PlaceID, id int64, post store.Post, act store.Act) error {
	const op = "dismiss officer"
	return o.db.Write(ctx, func(ctx context.Context) error {
		if _, err := o.Get(ctx, commune, id); err != nil {
			return err
		}
		n, err := o.db.exec(ctx, op, "officer_post_drop", id, post.Organisation, string(post.Role))
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeNotFound, op, "the post is not held")
		}
		return o.db.record(ctx, act, commune, "officer.dismiss", officerObject(id), postName(post), "")
	})
}

func (o *Officers) SetPIN(ctx context.Context, commune store.PlaceID, id int64, hash string, fresh bool, act store.Act) error {
	const op = "set PIN"
	if hash == "" {
		return store.NewError(store.CodeInvalid, op, "no hash")
	}
	after := "chosen"
	if fresh {
		after = "handed out"
	}
	return o.change(ctx, op, commune, id, act, "officer.pin", after, "officer_pin", int64(commune), id, hash, fresh)
}

func (o *Officers) Begin(ctx context.Context, commune store.PlaceID, id int64, limit int, now time.Time) (v store.Officer, err error) {
	const op = "begin PIN try"
	err = o.db.Write(ctx, func(ctx context.Context) error {
		n, err := o.db.exec(ctx, op, "officer_try", int64(commune), id, limit, micros(now))
		if err != nil {
			return err
		}
		if v, err = o.Get(ctx, commune, id); err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeDenied, op, "locked, waiting or without a PIN")
		}
		return nil
	})
	return v, err
}

func (o *Officers) Passed(ctx context.Context, commune store.PlaceID, id int64) error {
	_, err := o.db.exec(ctx, "pass PIN", "officer_passed", int64(commune), id)
	return err
}

func (o *Officers) Failed(ctx context.Context, commune store.PlaceID, id int64, wait, now time.Time, act store.Act) error {
	const op = "fail PIN"
	if wait.IsZero() {
		return o.change(ctx, op, commune, id, act, "officer.lock", "locked", "officer_lock", int64(commune), id, micros(now))
	}
	_, err := o.db.exec(ctx, op, "officer_wait", int64(commune), id, micros(wait))
	return err
}

func (o *Officers) change(ctx context.Context, op string, commune store.PlaceID, id int64, act store.Act, action, after, name string, args ...any) error {
	return o.db.Write(ctx, func(ctx context.Context) error {
		n, err := o.db.exec(ctx, op, name, args...)
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := o.Get(ctx, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "locked already, or the number was erased")
		}
		return o.db.record(ctx, act, commune, action, officerObject(id), "", after)
	})
}

func (o *Officers) withPosts(ctx context.Context, op, name string, args ...any) (store.Officer, error) {
	v, err := one(ctx, o.db, op, name, scanOfficer, args...)
	if err != nil {
		return v, err
	}
	v.Posts, err = o.posts(ctx, op, v.ID)
	return v, err
}

func (o *Officers) posts(ctx context.Context, op string, id int64) ([]store.Post, error) {
	return list(ctx, o.db, op, "officer_posts_of", func(row scanner) (p store.Post, err error) {
		err = row.Scan(&p.Organisation, &p.Role)
		return p, err
	}, id)
}

func officerObject(id int64) string { return fmt.Sprintf("officer:%d", id) }

func postName(p store.Post) string {
	if p.Organisation == 0 {
		return string(p.Role)
	}
	return fmt.Sprintf("%s of %s", p.Role, organisationObject(p.Organisation))
}

func scanOfficer(row scanner) (o store.Officer, err error) {
	var pseudonym []byte
	err = row.Scan(&o.ID, &o.Commune, &pseudonym, asText{&o.Phone.KeyID}, &o.Phone.Box, &o.PINHash, &o.Fresh, &o.Tries,
		asTime{&o.WaitUntil}, asTime{&o.LockedAt}, &o.Account, asTime{&o.Created})
	if len(pseudonym) == len(store.Pseudonym{}) {
		p := store.Pseudonym(pseudonym)
		o.Pseudonym = &p
	}
	return o, err
}
