package campaign

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"baro/gateway/civic/notice"
	"baro/store"
)

// Announcer carries the versions of notices to people: each approved version is a broadcast of its own, approved with it.
type Announcer struct {
	*Service
	stores NoticeStores
}

// NoticeStores are what notices are made of.
type NoticeStores struct {
	Notices interface {
		Get(ctx context.Context, commune store.PlaceID, id int64) (store.Notice, error)
		Announce(ctx context.Context, commune store.PlaceID, id int64, version int, recipients int64, act store.Act) error
		Upcoming(ctx context.Context, commune store.PlaceID, p store.Pseudonym, now time.Time, limit int) ([]store.Notice, error)
	}
	Venues interface {
		Get(ctx context.Context, commune store.PlaceID, id int64) (store.Venue, error)
	}
	Organisations interface {
		Get(ctx context.Context, commune store.PlaceID, id int64) (store.Organisation, error)
	}
	Safety interface {
		Level(ctx context.Context, commune store.PlaceID) (store.SafetyLevel, error)
	}
}

var _ notice.Announcer = (*Announcer)(nil)

// NewAnnouncer returns an announcer; Begun of the service has to lead to its Begun.
func NewAnnouncer(s *Service, stores NoticeStores) *Announcer {
	return &Announcer{Service: s, stores: stores}
}

// Estimate counts whom a version would reach and what it would cost at most.
func (a *Announcer) Estimate(ctx context.Context, n store.Notice, v store.NoticeVersion) (notice.Reach, error) {
	b, err := a.version(ctx, n, v)
	if err != nil {
		return notice.Reach{}, err
	}
	p, err := a.preview(ctx, b)
	if err != nil {
		return notice.Reach{}, fmt.Errorf("estimate notice: %w", err)
	}
	reach := notice.Reach{Recipients: int64(p.Size.In)}
	for _, q := range p.Quotes {
		if cost := q.To.Whole(); q.Priced && (reach.Cost == nil || cost > *reach.Cost) {
			reach.Cost = &cost
		}
	}
	return reach, nil
}

// Announce makes the broadcast of an approved version. What an earlier version has still to send is taken back first.
func (a *Announcer) Announce(ctx context.Context, n store.Notice, v store.NoticeVersion, act store.Act) error {
	b, err := a.version(ctx, n, v)
	if err != nil {
		return err
	}
	b.Author, b.Approver = actor(v.Author), actor(v.Approver)
	if b.Approver == "" {
		b.Approver = act.Actor
	}
	texts, err := a.written(ctx, b, a.Ways(b.Commune))
	if err != nil {
		return fmt.Errorf("announce notice: %w", err)
	}
	rows, err := a.sealed(texts)
	if err != nil {
		return err
	}
	if v.Change != store.ChangeNew {
		if err := a.supersede(ctx, n, v.Version, act); err != nil {
			return err
		}
	}
	return a.Writer.Write(ctx, func(ctx context.Context) error {
		return a.approved(ctx, b, rows, b.Approver, act)
	})
}

// Begun tells the notice that its version goes out, in the transaction in which it does.
func (a *Announcer) Begun(ctx context.Context, b store.Broadcast) error {
	id, version, ok := noticeOf(b.Origin)
	if !ok || !strings.HasPrefix(b.Origin, "notice:") {
		return nil
	}
	act := store.Act{Actor: "job:broadcasts", Reason: fmt.Sprintf("broadcast %d", b.ID)}
	if err := a.stores.Notices.Announce(ctx, b.Commune, id, version, b.Freeze.Recipients, act); err != nil {
		return fmt.Errorf("announce notice: %w", err)
	}
	return nil
}

// version is the broadcast that a version would be.
func (a *Announcer) version(ctx context.Context, n store.Notice, v store.NoticeVersion) (store.Broadcast, error) {
	c, err := a.content(ctx, n, v)
	if err != nil {
		return store.Broadcast{}, err
	}
	to := Audience{Place: n.Commune, Purpose: store.PurposeNotices}
	if n.Audience == store.AudienceMembers {
		to = Audience{Organisation: n.Organisation, Purpose: store.PurposeGroups}
	}
	if v.Change != store.ChangeNew {
		first, err := a.first(ctx, n, v.Version)
		if err != nil {
			return store.Broadcast{}, err
		}
		to = Audience{Broadcast: first.ID, Purpose: to.Purpose}
	}
	w := Wish{Commune: n.Commune, Sender: n.Organisation, Content: c, Audience: to, Expires: v.Content.StartsAt, Origin: noticeOrigin(n.ID, v.Version)}
	if v.Change == store.ChangePostponed && n.Content.StartsAt.Before(w.Expires) && n.Content.StartsAt.After(a.Now().Add(a.UndoFor)) {
		w.Expires = n.Content.StartsAt // who comes at the old hour has to know before
	}
	b, err := a.broadcast(ctx, w)
	b.State = store.BroadcastDraft
	return b, err
}

// content tells a version; of a shielded commune neither place nor time.
func (a *Announcer) content(ctx context.Context, n store.Notice, v store.NoticeVersion) (Content, error) {
	m := Meeting{Topic: v.Content.Topic, Begins: v.Content.StartsAt, Where: v.Content.Place, Number: n.Number, Ask: true}
	if v.Content.Venue != 0 {
		venue, err := a.stores.Venues.Get(ctx, n.Commune, v.Content.Venue)
		if err != nil {
			return Content{}, fmt.Errorf("find venue: %w", err)
		}
		m.Where = venue.Name
	}
	level, err := a.stores.Safety.Level(ctx, n.Commune)
	if err != nil {
		return Content{}, fmt.Errorf("look up safety: %w", err)
	}
	letter := letterMeeting
	switch {
	case level == store.SafetyShielded:
		letter = letterShielded
	case v.Change == store.ChangeCancelled:
		letter = letterCancelled
	case v.Change != store.ChangeNew:
		letter = letterChanged
	}
	c := m.content(letter, a.zone())
	if n.Organisation != 0 {
		o, err := a.stores.Organisations.Get(ctx, n.Commune, n.Organisation)
		if err != nil {
			return Content{}, fmt.Errorf("find organisation: %w", err)
		}
		c.Sender = o.ShortName
	}
	return c, nil
}

// first finds the broadcast by which a notice was told at first: later versions go to its people.
func (a *Announcer) first(ctx context.Context, n store.Notice, before int) (store.Broadcast, error) {
	for version := 1; version < before; version++ {
		b, err := a.Broadcasts.ByOrigin(ctx, n.Commune, noticeOrigin(n.ID, version))
		if err == nil {
			return b, nil
		}
		if store.CodeOf(err) != store.CodeNotFound {
			return b, fmt.Errorf("find first version: %w", err)
		}
	}
	return store.Broadcast{}, store.NewError(store.CodeConflict, "find first version", "nobody was told of it yet")
}

// supersede cancels what earlier versions have still to send.
func (a *Announcer) supersede(ctx context.Context, n store.Notice, before int, act store.Act) error {
	for version := 1; version < before; version++ {
		b, err := a.Broadcasts.ByOrigin(ctx, n.Commune, noticeOrigin(n.ID, version))
		if store.CodeOf(err) == store.CodeNotFound || err == nil && !b.State.Alive() {
			continue
		}
		if err == nil {
			err = a.move(ctx, b.Commune, b.ID, b.State, store.BroadcastCancelled, "", act)
		}
		if err != nil && store.CodeOf(err) != store.CodeConflict {
			return fmt.Errorf("supersede earlier version: %w", err)
		}
	}
	return nil
}

// reminderOrigin names the reminder of a meeting at the time it stands at: a postponed one is told of again.
func reminderOrigin(id int64, starts time.Time) string {
	return fmt.Sprintf("reminder:%d/%d", id, starts.Unix())
}

func noticeOrigin(id int64, version int) string { return fmt.Sprintf("notice:%d/%d", id, version) }

// noticeOf reads such an origin.
func noticeOf(origin string) (id int64, version int, ok bool) {
	rest, found := strings.CutPrefix(origin, "notice:")
	if !found {
		rest, found = strings.CutPrefix(origin, "reminder:")
	}
	left, right, cut := strings.Cut(rest, "/")
	id, err := strconv.ParseInt(left, 10, 64)
	version, err2 := strconv.Atoi(right)
	return id, version, found && cut && errors.Join(err, err2) == nil
}

func actor(b store.By) string {
	switch {
	case b.Officer != 0:
		return fmt.Sprintf("leader:%d", b.Officer)
	case b.Account != 0:
		return fmt.Sprintf("account:%d", b.Account)
	}
	return ""
}
