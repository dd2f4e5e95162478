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
	notices Notices
	told    notice.Teller
}

// Notices are the notices that broadcasts carry.
type Notices interface {
	Get(ctx context.Context, commune store.PlaceID, id int64) (store.Notice, error)
	Announce(ctx context.Context, commune store.PlaceID, id int64, version int, recipients int64, act store.Act) error
}

var _ notice.Announcer = (*Announcer)(nil)

// NewAnnouncer returns an announcer.
func NewAnnouncer(s *Service, notices Notices, told notice.Teller) *Announcer {
	return &Announcer{Service: s, notices: notices, told: told}
}

// Estimate counts whom a version would reach and what it would cost at most.
func (a *Announcer) Estimate(ctx context.Context, n store.Notice, v store.NoticeVersion) (notice.Reach, error) {
	b, err := a.version(ctx, n, v)
	if err != nil {
		return notice.Reach{}, err
	}
	if len(a.Ways(n.Commune)) == 0 { // people read it in the menu
		return notice.Reach{}, nil
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

// Announce shows an approved version in the menu at once, and makes its broadcast, whose first message leaves when it can no
// longer be undone. What an earlier version has still to send is taken back first.
func (a *Announcer) Announce(ctx context.Context, n store.Notice, v store.NoticeVersion, act store.Act) error {
	b, err := a.version(ctx, n, v)
	if err != nil {
		return err
	}
	b.Author, b.Approver = actor(v.Author), actor(v.Approver)
	if b.Approver == "" {
		b.Approver = act.Actor
	}
	ways := a.Ways(b.Commune)
	if len(ways) == 0 {
		return a.notices.Announce(ctx, n.Commune, n.ID, v.Version, 0, act)
	}
	to, err := audienceOf(b)
	if err != nil {
		return err
	}
	size, err := a.size(ctx, b, to)
	if err != nil {
		return err
	}
	texts, err := a.written(ctx, b, ways)
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
		if err := a.approved(ctx, b, rows, b.Approver, act); err != nil {
			return err
		}
		return a.notices.Announce(ctx, n.Commune, n.ID, v.Version, int64(size.In), act)
	})
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
		switch {
		case store.CodeOf(err) == store.CodeConflict: // it was never sent, people read it in the menu: tell whom it is for
		case err != nil:
			return store.Broadcast{}, err
		default:
			to = Audience{Broadcast: first.ID, Purpose: to.Purpose}
		}
	}
	w := Wish{Commune: n.Commune, Sender: n.Organisation, Content: c, Audience: to, Expires: v.Content.StartsAt, Origin: noticeOrigin(n.ID, v.Version)}
	if v.Change == store.ChangePostponed && n.Content.StartsAt.Before(w.Expires) && n.Content.StartsAt.After(a.Now().Add(a.UndoFor)) {
		w.Expires = n.Content.StartsAt // who comes at the old hour has to know before
	}
	b, err := a.broadcast(ctx, w)
	b.State = store.BroadcastDraft
	return b, err
}

// The letters that broadcasts add to those of notices.
const (
	letterReply    = "broadcast.meeting.reply"
	letterTomorrow = "broadcast.meeting.tomorrow"
	letterNew      = "notice.body.new" // with the same fields as letterTomorrow
	pathDialogue   = 2                 // meetings and consultations in the main menu
)

// content tells a version as notices do, and asks whether people come.
func (a *Announcer) content(ctx context.Context, n store.Notice, v store.NoticeVersion) (Content, error) {
	message, fields, err := a.told.Body(ctx, n, v)
	if err != nil {
		return Content{}, err
	}
	c := Content{Letter: message, Fields: fields, Path: []int{pathDialogue, n.Number}}
	if v.Change != store.ChangeCancelled {
		c.Replies, c.Also = RepliesMeeting, letterReply
	}
	if n.Organisation != 0 {
		if c.Sender, err = a.told.Sender(ctx, n); err != nil {
			return Content{}, err
		}
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
