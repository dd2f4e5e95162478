package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Members keeps who belongs to which organisation.
type Members struct{ db *DB }

var _ store.Members = (*Members)(nil)

// Members gives the contract for memberships.
func (db *DB) Members() *Members { return &Members{db} }

func (m *Members) Invite(ctx context.Context, commune store.PlaceID, v store.Member, since time.Time, act store.Act) error {
	const op = "invite member"
	if v.Phone.Box == nil || v.InvitedAt.IsZero() {
		return store.NewError(store.CodeInvalid, op, "a number and a time are needed")
	}
	return m.db.Write(ctx, func(ctx context.Context) error {
		if _, err := m.db.Organisations().Get(ctx, commune, v.Organisation); err != nil {
			return err
		}
		phoneKey, phone := sealed(v.Phone)
		n, err := m.db.exec(ctx, op, "member_invite", v.Organisation, v.Pseudonym[:], phoneKey, phone, reference(v.InvitedBy),
			micros(v.InvitedAt), micros(since))
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "a member already, or invited not long ago")
		}
		// The trail tells that somebody was invited, not who.
		return m.db.record(ctx, act, commune, "member.invite", organisationObject(v.Organisation), "", "")
	})
}

func (m *Members) Join(ctx context.Context, commune store.PlaceID, v store.Member) (joined bool, err error) {
	const op = "join organisation"
	if v.Phone.Box == nil || v.TextVersion == "" || v.Channel == "" || v.Source == "" || v.JoinedAt.IsZero() {
		return false, store.NewError(store.CodeInvalid, op, "a number and the proof of its consent are needed")
	}
	err = m.db.Write(ctx, func(ctx context.Context) error {
		if _, err := m.db.Organisations().Get(ctx, commune, v.Organisation); err != nil {
			return err
		}
		phoneKey, phone := sealed(v.Phone)
		languageKey, language := sealed(v.Language)
		n, err := m.db.exec(ctx, op, "member_join", v.Organisation, v.Pseudonym[:], phoneKey, phone, languageKey, language,
			v.TextVersion, v.Channel, v.Source, micros(v.JoinedAt))
		joined = n == 1
		return err
	})
	return joined, err
}

func (m *Members) Leave(ctx context.Context, commune store.PlaceID, organisation int64, p store.Pseudonym, at time.Time) (left bool, err error) {
	const op = "leave organisation"
	err = m.db.Write(ctx, func(ctx context.Context) error {
		if _, err := m.db.Organisations().Get(ctx, commune, organisation); err != nil {
			return err
		}
		n, err := m.db.exec(ctx, op, "member_leave", organisation, p[:], micros(at))
		left = n == 1
		return err
	})
	return left, err
}

func (m *Members) Get(ctx context.Context, commune store.PlaceID, organisation int64, p store.Pseudonym) (store.Member, error) {
	return one(ctx, m.db, "get member", "member_get", scanMember, int64(commune), organisation, p[:])
}

func (m *Members) Of(ctx context.Context, p store.Pseudonym) ([]store.Member, error) {
	return list(ctx, m.db, "list memberships", "member_of", scanMember, p[:])
}

func (m *Members) Count(ctx context.Context, commune store.PlaceID, organisation int64) (int64, error) {
	return one(ctx, m.db, "count members", "member_count", scanInt64, int64(commune), organisation)
}

func (m *Members) Joined(ctx context.Context, commune store.PlaceID, organisation int64, after store.Pseudonym, limit int) ([]store.Member, error) {
	return list(ctx, m.db, "list members", "member_joined", scanMember, int64(commune), organisation, after[:], limit)
}

func (m *Members) CountInvited(ctx context.Context, commune store.PlaceID, organisation int64, since time.Time) (int64, error) {
	return one(ctx, m.db, "count invitations", "member_count_invited", scanInt64, int64(commune), organisation, micros(since))
}

func (m *Members) Purge(ctx context.Context, invitedBefore, leftBefore time.Time) (n int64, err error) {
	const op = "purge memberships"
	err = m.db.Write(ctx, func(ctx context.Context) error {
		invited, err := m.db.exec(ctx, op, "member_purge_invited", micros(invitedBefore))
		if err != nil {
			return err
		}
		left, err := m.db.exec(ctx, op, "member_purge_left", micros(leftBefore))
		n = invited + left
		return err
	})
	return n, err
}

// leaveAll ends every membership of a number when it takes back what allowed
// its messages, in the transaction of ctx.
func (db *DB) leaveAll(ctx context.Context, op string, p store.Pseudonym, purpose store.Purpose, at time.Time) error {
	if purpose != store.PurposeAll && purpose != store.PurposeGroups {
		return nil
	}
	_, err := db.exec(ctx, op, "member_leave_all", p[:], micros(at))
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}

func scanMember(row scanner) (m store.Member, err error) {
	err = row.Scan(&m.Organisation, &m.Commune, asBytes{m.Pseudonym[:]}, asText{&m.Phone.KeyID}, &m.Phone.Box,
		asText{&m.Language.KeyID}, &m.Language.Box, &m.State, &m.InvitedBy, asTime{&m.InvitedAt}, &m.TextVersion, &m.Channel,
		&m.Source, asTime{&m.JoinedAt}, asTime{&m.LeftAt})
	return m, err
}
