package campaign

import (
	"context"
	"fmt"

	"baro/store"
)

// Submit puts a draft forward: its texts are written and kept, so that what is approved is what is sent, and its audience
// is counted.
func (s *Service) Submit(ctx context.Context, commune store.PlaceID, id int64, act store.Act) (Preview, error) {
	b, err := s.Broadcasts.Get(ctx, commune, id)
	if err != nil {
		return Preview{}, fmt.Errorf("submit broadcast: %w", err)
	}
	p, err := s.preview(ctx, b)
	if err != nil {
		return p, err
	}
	if p.Size.In == 0 {
		return p, ErrEmpty
	}
	if !b.Expires.After(p.Begins) {
		return p, ErrTime
	}
	rows, err := s.sealed(p.Texts)
	if err != nil {
		return p, err
	}
	err = s.Writer.Write(ctx, func(ctx context.Context) error {
		if err := s.Broadcasts.SetRenderings(ctx, id, rows); err != nil {
			return err
		}
		return s.Broadcasts.Move(ctx, commune, id, store.BroadcastMove{
			From: store.BroadcastDraft, To: store.BroadcastSubmitted, Shown: int64(p.Size.In), Since: b.Updated, Act: act,
		})
	})
	if err != nil {
		return p, fmt.Errorf("submit broadcast: %w", err)
	}
	return p, nil
}

// Approve releases a submitted broadcast; its first message leaves after the time in which this can be undone. The
// approver is not the author, and of more than a thousand people types the number that was shown. An urgent broadcast
// takes two approvers: the first call tells false.
func (s *Service) Approve(ctx context.Context, commune store.PlaceID, id, typed int64, act store.Act) (approved bool, err error) {
	b, err := s.Broadcasts.Get(ctx, commune, id)
	if err != nil {
		return false, fmt.Errorf("approve broadcast: %w", err)
	}
	switch {
	case act.Actor == "" || act.Actor == b.Author || act.Actor == b.Approver:
		return false, ErrSamePerson
	case b.Shown > typedFrom && typed != b.Shown:
		return false, ErrTyped
	case !b.Expires.After(s.begin(b)):
		return false, ErrTime
	}
	if b.Urgent != "" && b.Approver == "" {
		if err := s.Broadcasts.Second(ctx, commune, id, act.Actor, act); err != nil {
			return false, fmt.Errorf("approve broadcast: %w", err)
		}
		return false, nil
	}
	m := store.BroadcastMove{
		From: store.BroadcastSubmitted, To: store.BroadcastApproved, Approver: act.Actor, UndoUntil: s.Now().Add(s.UndoFor),
		Since: b.Updated, Act: act,
	}
	if b.Urgent != "" {
		m.Approver, m.Seconder = b.Approver, act.Actor
	}
	if err := s.Broadcasts.Move(ctx, commune, id, m); err != nil {
		return false, fmt.Errorf("approve broadcast: %w", err)
	}
	return true, nil
}

// Return gives a submitted broadcast back to its author.
func (s *Service) Return(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	return s.move(ctx, commune, id, store.BroadcastSubmitted, store.BroadcastDraft, "", act)
}

// discardPart bounds the recipients deleted in one transaction.
const discardPart = 10_000

// Undo takes an approval back before the first message has left.
func (s *Service) Undo(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	if err := s.move(ctx, commune, id, store.BroadcastApproved, store.BroadcastDraft, "", act); err != nil {
		return err
	}
	return s.discard(ctx, id)
}

// discard drops recipients that were written down for nothing.
func (s *Service) discard(ctx context.Context, id int64) error {
	for {
		n, err := s.Care.Discard(ctx, id, discardPart)
		if err != nil {
			return fmt.Errorf("discard recipients: %w", err)
		}
		if n < discardPart {
			return nil
		}
	}
}

// Pause stops a broadcast: what no sender has begun comes back out of the outbox before it returns.
func (s *Service) Pause(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	b, err := s.Broadcasts.Get(ctx, commune, id)
	if err != nil {
		return fmt.Errorf("pause broadcast: %w", err)
	}
	return s.move(ctx, commune, id, b.State, store.BroadcastPaused, act.Reason, act)
}

// Resume goes on exactly where it was paused.
func (s *Service) Resume(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	if stopped, err := s.Broadcasts.Stopped(ctx, commune); err != nil || stopped {
		if err == nil {
			err = &store.Error{Code: store.CodeDenied, Op: "resume broadcast: the commune's switch is thrown"}
		}
		return err
	}
	return s.move(ctx, commune, id, store.BroadcastPaused, store.BroadcastRunning, "", act)
}

// Cancel ends a broadcast in whatever state; nobody who has not got it will.
func (s *Service) Cancel(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	b, err := s.Broadcasts.Get(ctx, commune, id)
	if err != nil {
		return fmt.Errorf("cancel broadcast: %w", err)
	}
	return s.move(ctx, commune, id, b.State, store.BroadcastCancelled, "", act)
}

// move changes the state and takes back what leaves with the old one.
func (s *Service) move(ctx context.Context, commune store.PlaceID, id int64, from, to store.BroadcastState, why string, act store.Act) error {
	err := s.Writer.Write(ctx, func(ctx context.Context) error {
		err := s.Broadcasts.Move(ctx, commune, id, store.BroadcastMove{From: from, To: to, PausedFor: why, Act: act})
		if err != nil || from != store.BroadcastRunning && from != store.BroadcastPaused || to == store.BroadcastRunning || to == store.BroadcastDone {
			return err
		}
		_, err = s.Care.Recall(ctx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("move broadcast to %s: %w", to, err)
	}
	return nil
}

// Stop throws a commune's switch: every broadcast of it pauses at once, and no other begins. Released again, each has to
// be resumed.
func (s *Service) Stop(ctx context.Context, commune store.PlaceID, stopped bool, act store.Act) error {
	if err := s.Broadcasts.Stop(ctx, commune, stopped, act); err != nil {
		return fmt.Errorf("switch broadcasts: %w", err)
	}
	if !stopped {
		return nil
	}
	alive, err := s.Broadcasts.Alive(ctx)
	if err != nil {
		return fmt.Errorf("switch broadcasts: %w", err)
	}
	for _, b := range alive {
		if b.State == store.BroadcastPaused {
			continue
		}
		if caught, err := s.Broadcasts.Stopped(ctx, b.Commune); err != nil || !caught {
			if err != nil {
				return err
			}
			continue
		}
		act.Reason = reasonSwitch
		if err := s.move(ctx, b.Commune, b.ID, b.State, store.BroadcastPaused, reasonSwitch, act); err != nil && store.CodeOf(err) != store.CodeConflict {
			return err
		}
	}
	return nil
}

// Correct drafts a broadcast for exactly those who got an earlier one: the meeting is postponed, a figure was wrong. It is
// approved like any other and counts against no cap.
func (s *Service) Correct(ctx context.Context, earlier int64, w Wish, act store.Act) (store.Broadcast, error) {
	b, err := s.Broadcasts.Get(ctx, w.Commune, earlier)
	if err != nil {
		return b, fmt.Errorf("correct broadcast: %w", err)
	}
	a, err := audienceOf(b)
	if err != nil {
		return b, err
	}
	w.Sender = b.Sender
	w.Audience = Audience{Broadcast: earlier, Purpose: a.Purpose}
	return s.New(ctx, w, act)
}

// A Report is where a broadcast stands.
type Report struct {
	Broadcast store.Broadcast
	Counts    map[store.RecipientState]int64
}

// Total is the number of its recipients.
func (r Report) Total() (n int64) {
	for _, k := range r.Counts {
		n += k
	}
	return n
}

// Done are those whose message has come to an end.
func (r Report) Done() (n int64) {
	for state, k := range r.Counts {
		if state.Final() {
			n += k
		}
	}
	return n
}

// Show tells where a broadcast stands.
func (s *Service) Show(ctx context.Context, commune store.PlaceID, id int64) (Report, error) {
	b, err := s.Broadcasts.Get(ctx, commune, id)
	if err != nil {
		return Report{}, fmt.Errorf("show broadcast: %w", err)
	}
	counts, err := s.Recipients.Counts(ctx, id)
	if err != nil {
		return Report{}, fmt.Errorf("show broadcast: %w", err)
	}
	return Report{Broadcast: b, Counts: counts}, nil
}
