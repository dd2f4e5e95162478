package sqldb

import (
	"context"

	"baro/store"
)

// Invitations keeps one-time ways to a first password.
type Invitations struct{ db *DB }

var _ store.Invitations = (*Invitations)(nil)

// Invitations gives the contract for invitations.
func (db *DB) Invitations() *Invitations { return &Invitations{db} }

func (i *Invitations) Put(ctx context.Context, v store.Invitation, act store.Act) error {
	const op = "put invitation"
	var hash any
	if v.Code == "" {
		hash = v.Hash[:]
	}
	return i.db.Write(ctx, func(ctx context.Context) error {
		if _, err := i.db.exec(ctx, op, "invitation_put", v.Account, hash, text(v.Code), micros(v.Expires)); err != nil {
			return err
		}
		return i.db.recordAccount(ctx, act, v.Account, "account.invite", "", "")
	})
}

func (i *Invitations) ByHash(ctx context.Context, hash [32]byte) (store.Invitation, error) {
	return one(ctx, i.db, "find invitation", "invitation_by_hash", scanInvitation, hash[:])
}

func (i *Invitations) Of(ctx context.Context, account int64) (store.Invitation, error) {
	return one(ctx, i.db, "get invitation", "invitation_of", scanInvitation, account)
}

func (i *Invitations) Spend(ctx context.Context, v store.Invitation) error {
	const op = "spend invitation"
	n, err := i.db.exec(ctx, op, "invitation_spend", v.Account, micros(v.Expires))
	if err == nil && n == 0 {
		return store.NewError(store.CodeConflict, op, "the invitation was used or replaced")
	}
	return err
}

func scanInvitation(row scanner) (v store.Invitation, err error) {
	err = row.Scan(&v.Account, asBytes{v.Hash[:]}, asText{&v.Code}, asTime{&v.Expires})
	return v, err
}
