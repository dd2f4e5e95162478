package campaign

import (
	"context"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic/wording"
	"baro/store"
)

// noticesSince bounds how long before a meeting its notice may have gone out for a reminder to follow.
const noticesSince = 60 * 24 * time.Hour

// Remind makes, once for each meeting, the reminder of tomorrow's: it goes to those who said they come. The approval of the
// notice covers it.
func (a *Announcer) Remind(ctx context.Context) (made int, err error) {
	if a.Coming == nil {
		return 0, nil
	}
	ended, err := a.Broadcasts.Ended(ctx, a.Now().Add(-noticesSince))
	if err != nil {
		return 0, fmt.Errorf("remind: %w", err)
	}
	alive, err := a.Broadcasts.Alive(ctx)
	if err != nil {
		return 0, fmt.Errorf("remind: %w", err)
	}
	for _, b := range append(ended, alive...) {
		id, version, ok := noticeOf(b.Origin)
		if !ok || b.Origin != noticeOrigin(id, version) || b.State == store.BroadcastApproved {
			continue
		}
		n, err := a.remind(ctx, b, id, version)
		if err != nil {
			return made, fmt.Errorf("remind of notice %d: %w", id, err)
		}
		made += n
	}
	return made, nil
}

func (a *Announcer) remind(ctx context.Context, told store.Broadcast, id int64, version int) (int, error) {
	n, err := a.notices.Get(ctx, told.Commune, id)
	if err != nil {
		return 0, err
	}
	if !n.State.Told() || version != n.Version || !tomorrow(a.Now().In(a.zone()), n.Content.StartsAt) {
		return 0, nil
	}
	first, err := a.first(ctx, n, n.Version+1)
	if err != nil {
		return 0, err
	}
	was, err := audienceOf(first)
	if err != nil {
		return 0, err
	}
	v := store.NoticeVersion{Notice: id, Version: version, Change: store.ChangeNew, Content: n.Content}
	c, err := a.content(ctx, n, v)
	if err != nil {
		return 0, err
	}
	c.Also = ""
	if c.Letter == letterNew { // in a shielded commune the reminder tells neither place nor time
		c.Letter = letterTomorrow
	}
	b, err := a.broadcast(ctx, Wish{
		Commune: n.Commune, Sender: n.Organisation, Content: c, Expires: n.Content.StartsAt, Origin: reminderOrigin(id, n.Content.StartsAt),
		Audience: Audience{Broadcast: first.ID, Coming: id, Purpose: was.Purpose},
	})
	if err != nil {
		return 0, err
	}
	b.State, b.Author = store.BroadcastDraft, told.Author
	act := store.Act{Actor: "job:reminders", Reason: fmt.Sprintf("broadcast %d, approved by %s", told.ID, told.Approver)}
	return a.once(ctx, b, told.Approver, act)
}

// once writes and stores a broadcast that a job makes, and tells 0 when it is there already.
func (s *Service) once(ctx context.Context, b store.Broadcast, approver string, act store.Act) (int, error) {
	texts, err := s.written(ctx, b, s.Ways(b.Commune))
	if err != nil {
		return 0, err
	}
	rows, err := s.sealed(texts)
	if err != nil {
		return 0, err
	}
	err = s.Writer.Write(ctx, func(ctx context.Context) error {
		if approver != "" {
			return s.approved(ctx, b, rows, approver, act)
		}
		fresh, err := s.Broadcasts.Create(ctx, b, act)
		if err != nil {
			return err
		}
		if err := s.Broadcasts.SetRenderings(ctx, fresh.ID, rows); err != nil {
			return err
		}
		return s.Broadcasts.Move(ctx, b.Commune, fresh.ID, store.BroadcastMove{From: store.BroadcastDraft, To: store.BroadcastSubmitted, Act: act})
	})
	if store.CodeOf(err) == store.CodeConflict {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return 1, nil
}

// tomorrow tells whether a time lies in the day after now's.
func tomorrow(now, at time.Time) bool {
	y, m, d := now.AddDate(0, 0, 1).Date()
	ty, tm, td := at.In(now.Location()).Date()
	return y == ty && m == tm && d == td
}

// TellConsultations puts forward the notice that a consultation has opened, for a person to approve; on the day before it
// closes it tells those who agreed to consultations once more, which that approval covers.
func (s *Service) TellConsultations(ctx context.Context, commune store.PlaceID, open []store.Consultation) (made int, err error) {
	for _, k := range open {
		title := flows.Field{Name: "Title", Value: flows.TextOf(wording.In(k.Title, s.defaultLanguage()))}
		until := flows.Field{Name: "Until", Value: flows.DayOf(k.ClosesAt.In(s.zone()))}
		told := map[string]store.Texts{"Title": k.Title}
		opening := fmt.Sprintf("opening:%d", k.ID)
		b, err := s.broadcast(ctx, Wish{
			Commune: commune, Expires: k.ClosesAt, Origin: opening, Audience: Audience{Place: commune, Purpose: store.PurposeConsultations},
			Content: Content{Letter: "broadcast.consultation.opening", Fields: flows.Record{title, until}, Told: told, Path: []int{pathDialogue, k.Number}},
		})
		if err != nil {
			continue // it closes too soon or too late to be told
		}
		b.State, b.Author = store.BroadcastDraft, "job:consultations"
		act := store.Act{Actor: b.Author, Reason: fmt.Sprintf("consultation %d", k.ID)}
		former, err := s.Broadcasts.ByOrigin(ctx, commune, opening)
		switch {
		case store.CodeOf(err) == store.CodeNotFound:
			n, err := s.once(ctx, b, "", act)
			if made += n; err != nil {
				return made, fmt.Errorf("tell of consultation %d: %w", k.ID, err)
			}
			continue
		case err != nil:
			return made, fmt.Errorf("tell of consultation %d: %w", k.ID, err)
		case former.Approver == "" || !tomorrow(s.Now().In(s.zone()), k.ClosesAt):
			continue
		}
		b.Origin = fmt.Sprintf("closing:%d", k.ID)
		b.Content = Content{Letter: "broadcast.consultation.closing", Fields: flows.Record{title, until}, Told: told, Path: []int{pathDialogue, k.Number}}.encode()
		n, err := s.once(ctx, b, former.Approver, act)
		if made += n; err != nil {
			return made, fmt.Errorf("tell of consultation %d: %w", k.ID, err)
		}
	}
	return made, nil
}
