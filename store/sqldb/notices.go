package sqldb

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Notices keeps meetings and every version that was put forward.
type Notices struct{ db *DB }

var (
	_ store.NoticeReader = (*Notices)(nil)
	_ store.NoticeWriter = (*Notices)(nil)
	_ store.NoticeCare   = (*Notices)(nil)
)

// Notices gives the contract for meetings.
func (db *DB) Notices() *Notices { return &Notices{db} }

func (n *Notices) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Notice, error) {
	return one(ctx, n.db, "get notice", "notice_get", scanNotice, int64(commune), id)
}

func (n *Notices) Version(ctx context.Context, commune store.PlaceID, id int64, version int) (store.NoticeVersion, error) {
	return one(ctx, n.db, "get notice version", "notice_version_get", scanNoticeVersion, int64(commune), id, version)
}

func (n *Notices) Versions(ctx context.Context, commune store.PlaceID, id int64) ([]store.NoticeVersion, error) {
	return list(ctx, n.db, "list notice versions", "notice_version_list", scanNoticeVersion, int64(commune), id)
}

func (n *Notices) Own(ctx context.Context, commune store.PlaceID, organisation int64, limit int) ([]store.Notice, error) {
	const op = "list own notices"
	if organisation == 0 {
		return list(ctx, n.db, op, "notice_town_hall", scanNotice, int64(commune), limit)
	}
	return list(ctx, n.db, op, "notice_own", scanNotice, int64(commune), organisation, limit)
}

func (n *Notices) Upcoming(ctx context.Context, commune store.PlaceID, p store.Pseudonym, now time.Time, limit int) ([]store.Notice, error) {
	return list(ctx, n.db, "list upcoming notices", "notice_upcoming", scanNotice, int64(commune), p[:], micros(now), limit)
}

func (n *Notices) Waiting(ctx context.Context, commune store.PlaceID, organisation int64) ([]store.NoticeVersion, error) {
	return list(ctx, n.db, "list waiting notices", "notice_version_waiting", scanNoticeVersion, int64(commune), organisation)
}

func (n *Notices) Appeals(ctx context.Context, commune store.PlaceID) ([]store.Notice, error) {
	return list(ctx, n.db, "list appeals", "notice_appeals", scanNotice, int64(commune))
}

func (n *Notices) Draft(ctx context.Context, v store.Notice, act store.Act) (store.Notice, error) {
	const op = "draft notice"
	if err := checkNotice(op, v.Content); err != nil {
		return store.Notice{}, err
	}
	err := n.db.Write(ctx, func(ctx context.Context) error {
		if err := n.belongs(ctx, v.Commune, v.Organisation, v.Content.Venue); err != nil {
			return err
		}
		c := v.Content
		id, err := n.db.insert(ctx, op, "notice_draft", int64(v.Commune), reference(v.Organisation), string(v.Audience), string(c.Topic),
			reference(c.Venue), c.Place, micros(c.StartsAt), reference(v.Author.Officer), reference(v.Author.Account), micros(n.db.now()))
		if err != nil {
			return err
		}
		if _, err := n.db.DialNumbers().Assign(ctx, v.Commune, store.DialTarget{Kind: store.DialNotice, Ref: id}); err != nil {
			return err
		}
		if err := n.db.record(ctx, act, v.Commune, "notice.draft", noticeObject(id), "", contentName(c)); err != nil {
			return err
		}
		v, err = n.Get(ctx, v.Commune, id)
		return err
	})
	return v, err
}

func (n *Notices) Revise(ctx context.Context, v store.Notice, act store.Act) (store.Notice, error) {
	const op = "revise notice"
	if err := checkNotice(op, v.Content); err != nil {
		return store.Notice{}, err
	}
	err := n.db.Write(ctx, func(ctx context.Context) error {
		before, err := n.Get(ctx, v.Commune, v.ID)
		if err != nil {
			return err
		}
		if err := n.belongs(ctx, v.Commune, before.Organisation, v.Content.Venue); err != nil {
			return err
		}
		c := v.Content
		changed, err := n.db.exec(ctx, op, "notice_revise", int64(v.Commune), v.ID, string(v.Audience), string(c.Topic), reference(c.Venue),
			c.Place, micros(c.StartsAt), reference(v.Author.Officer), reference(v.Author.Account), micros(n.db.now()))
		if err != nil {
			return err
		}
		if changed == 0 {
			return errNoticeState(op)
		}
		if err := n.db.record(ctx, act, v.Commune, "notice.revise", noticeObject(v.ID), contentName(before.Content), contentName(c)); err != nil {
			return err
		}
		v, err = n.Get(ctx, v.Commune, v.ID)
		return err
	})
	return v, err
}

// belongs tells whether organisation and venue are the commune's.
func (n *Notices) belongs(ctx context.Context, commune store.PlaceID, organisation, venue int64) error {
	if organisation != 0 {
		if _, err := n.db.Organisations().Get(ctx, commune, organisation); err != nil {
			return err
		}
	}
	if venue != 0 {
		if _, err := n.db.Venues().Get(ctx, commune, venue); err != nil {
			return err
		}
	}
	return nil
}

func checkNotice(op string, c store.NoticeContent) error {
	if !c.Topic.Valid() || c.StartsAt.IsZero() || (c.Venue == 0) != (c.Place != "") {
		return store.NewError(store.CodeInvalid, op, "topic, one place and a time are needed")
	}
	return nil
}

func errNoticeState(op string) error {
	return store.NewError(store.CodeConflict, op, "the notice is in another state")
}

func noticeObject(id int64) string { return fmt.Sprintf("notice:%d", id) }

// contentName is what the audit keeps of a content.
func contentName(c store.NoticeContent) string {
	where := c.Place
	if c.Venue != 0 {
		where = venueObject(c.Venue)
	}
	return fmt.Sprintf("%s at %s, %s", c.Topic, where, instant(c.StartsAt))
}

func scanNotice(row scanner) (n store.Notice, err error) {
	err = row.Scan(&n.ID, &n.Commune, &n.Organisation, &n.Number, &n.Audience, &n.Content.Topic, &n.Content.Venue, &n.Content.Place,
		asTime{&n.Content.StartsAt}, &n.State, &n.Version, &n.Author.Officer, &n.Author.Account, &n.Appeal, asTime{&n.AppealedAt},
		asTime{&n.Created}, asTime{&n.Announced}, asTime{&n.Updated})
	return n, err
}

func scanNoticeVersion(row scanner) (v store.NoticeVersion, err error) {
	err = row.Scan(&v.Notice, &v.Version, &v.Change, &v.Content.Topic, &v.Content.Venue, &v.Content.Place, asTime{&v.Content.StartsAt},
		&v.State, &v.Mandate, &v.Author.Officer, &v.Author.Account, &v.Approver.Officer, &v.Approver.Account, &v.Reason, &v.Note,
		&v.Recipients, &v.Cost, asTime{&v.AskedAt}, asTime{&v.ApproveBy}, asTime{&v.DecidedAt}, asTime{&v.Announced})
	return v, err
}
