package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"baro/gateway/schedule"
	"baro/store"
)

// A RuleWish is a broadcast that comes again: the budget summary each quarter, a practice each week. What it says is a
// subject or a fixed content; each hour makes a fresh broadcast of it, at most Most of them and none after Until.
type RuleWish struct {
	Commune  store.PlaceID
	Sender   int64
	Spec     string // five cron fields, in the gateway's zone
	Content  Content
	Audience Audience
	Life     time.Duration // from an instance's hour to its expiry
	Until    time.Time
	Most     int
}

// ErrRule refuses a rule that is not bounded.
var ErrRule = errors.New("campaign: a rule needs an end, a life of its broadcasts, and a number of them between 1 and 60")

// NewRule stores a rule's draft.
func (s *Service) NewRule(ctx context.Context, w RuleWish, act store.Act) (store.BroadcastRule, error) {
	now := s.Now()
	if w.Most < 1 || w.Most > 60 || !w.Until.After(now) || w.Life <= s.UndoFor || w.Life > maxLife {
		return store.BroadcastRule{}, ErrRule
	}
	if _, err := schedule.Parse(w.Spec, s.zone(), now); err != nil {
		return store.BroadcastRule{}, fmt.Errorf("new rule: %w", err)
	}
	if w.Audience.Broadcast != 0 {
		return store.BroadcastRule{}, errAudience
	}
	b, err := s.broadcast(ctx, Wish{Commune: w.Commune, Sender: w.Sender, Content: w.Content, Audience: w.Audience, Expires: now.Add(w.Life)})
	if err != nil {
		return store.BroadcastRule{}, err
	}
	r, err := s.Rules.Create(ctx, store.BroadcastRule{
		Commune: w.Commune, Sender: w.Sender, Spec: w.Spec, Content: b.Content, Audience: b.Audience, Life: w.Life, Author: act.Actor,
		Until: w.Until, Most: w.Most,
	}, act)
	if err != nil {
		return r, fmt.Errorf("new rule: %w", err)
	}
	return r, nil
}

// Hours gives the next hours of a cron line, up to n, as its author and its approver check it.
func (s *Service) Hours(spec string, n int) (all []time.Time, err error) {
	now := s.Now()
	plan, err := schedule.Parse(spec, s.zone(), now)
	if err != nil {
		return nil, fmt.Errorf("hours of a rule: %w", err)
	}
	for at := plan.Next(now.In(s.zone())); !at.IsZero() && len(all) < n; at = plan.Next(at) {
		all = append(all, at.UTC())
	}
	return all, nil
}

// SubmitRule puts a rule forward.
func (s *Service) SubmitRule(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	if err := s.Rules.Move(ctx, commune, id, store.RuleDraft, store.RuleSubmitted, "", time.Time{}, act); err != nil {
		return fmt.Errorf("submit rule: %w", err)
	}
	return nil
}

// ApproveRule approves a rule by another person than its author, and with it the broadcasts it will make.
func (s *Service) ApproveRule(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	r, err := s.Rules.Get(ctx, commune, id)
	if err != nil {
		return fmt.Errorf("approve rule: %w", err)
	}
	if act.Actor == "" || act.Actor == r.Author {
		return ErrSamePerson
	}
	next, err := s.after(r, s.Now())
	if err != nil {
		return err
	}
	if next.IsZero() {
		return ErrRule
	}
	if err := s.Rules.Move(ctx, commune, id, store.RuleSubmitted, store.RuleApproved, act.Actor, next, act); err != nil {
		return fmt.Errorf("approve rule: %w", err)
	}
	return nil
}

// EndRule ends a rule; broadcasts it has made go on.
func (s *Service) EndRule(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	r, err := s.Rules.Get(ctx, commune, id)
	switch {
	case err == nil && !r.State.CanBecome(store.RuleEnded):
		err = store.NewError(store.CodeConflict, "end rule", "it has ended")
	case err == nil:
		err = s.Rules.Move(ctx, commune, id, r.State, store.RuleEnded, "", time.Time{}, act)
	}
	if err != nil {
		return fmt.Errorf("end rule: %w", err)
	}
	return nil
}

// after gives a rule's next hour after t, zero when it has none left.
func (s *Service) after(r store.BroadcastRule, t time.Time) (time.Time, error) {
	plan, err := schedule.Parse(r.Spec, s.zone(), t)
	if err != nil {
		return time.Time{}, fmt.Errorf("rule: %w", err)
	}
	next := plan.Next(t.In(s.zone()))
	if next.IsZero() || next.After(r.Until) || r.Made >= r.Most {
		return time.Time{}, nil
	}
	return next.UTC(), nil
}

// FireRules makes the broadcasts whose hour has come, each once, however many nodes ask. After a time in which no node ran
// the last hour missed is made up for while its broadcast would still be alive; those before it are recorded as missed.
func (s *Service) FireRules(ctx context.Context) (made int, err error) {
	due, err := s.Rules.Due(ctx, s.Now())
	if err != nil {
		return 0, fmt.Errorf("fire rules: %w", err)
	}
	for _, r := range due {
		n, err := s.fire(ctx, r)
		if store.CodeOf(err) == store.CodeConflict {
			continue // another node did
		}
		if err != nil {
			return made, fmt.Errorf("fire rule %d: %w", r.ID, err)
		}
		made += n
	}
	return made, nil
}

func (s *Service) fire(ctx context.Context, r store.BroadcastRule) (made int, err error) {
	now, hour := s.Now(), r.Next
	act := store.Act{Actor: "job:rules"}
	for {
		next, err := s.after(r, hour)
		if err != nil {
			return made, err
		}
		alive := now.Before(hour.Add(r.Life - s.UndoFor)) // it could still leave
		if next.IsZero() || next.After(now) {
			n, err := s.instance(ctx, r, hour, next, alive)
			return made + n, err
		}
		if err := s.Rules.Advance(ctx, r.ID, hour, next, false, act); err != nil {
			return made, err
		}
		hour = next
	}
}

// instance makes the broadcast of an hour and moves its rule on, in one transaction.
func (s *Service) instance(ctx context.Context, r store.BroadcastRule, hour, next time.Time, alive bool) (made int, err error) {
	act := store.Act{Actor: "job:rules", Reason: fmt.Sprintf("rule %d, approved by %s", r.ID, r.Approver)}
	var rows []store.Rendering
	var b store.Broadcast
	if alive {
		b, rows, err = s.compile(ctx, r, hour)
		if errors.Is(err, ErrNothing) {
			alive = false
		} else if err != nil {
			return 0, err
		}
	}
	if r.Made++; r.Made >= r.Most && alive {
		next = time.Time{}
	}
	err = s.Writer.Write(ctx, func(ctx context.Context) error {
		made = 0
		if err := s.Rules.Advance(ctx, r.ID, hour, next, alive, act); err != nil || !alive {
			return err
		}
		if err := s.approved(ctx, b, rows, r.Approver, act); err != nil {
			return err
		}
		made = 1
		return nil
	})
	return made, err
}

// approved stores a broadcast that was approved before it was made, with its texts and every move of its life so far.
func (s *Service) approved(ctx context.Context, b store.Broadcast, rows []store.Rendering, approver string, act store.Act) error {
	fresh, err := s.Broadcasts.Create(ctx, b, act)
	if err != nil {
		return err
	}
	if err := s.Broadcasts.SetRenderings(ctx, fresh.ID, rows); err != nil {
		return err
	}
	for _, m := range []store.BroadcastMove{
		{From: store.BroadcastDraft, To: store.BroadcastSubmitted, Act: act},
		{From: store.BroadcastSubmitted, To: store.BroadcastApproved, Approver: approver, UndoUntil: s.Now().Add(s.UndoFor), Act: act},
	} {
		if err := s.Broadcasts.Move(ctx, b.Commune, fresh.ID, m); err != nil {
			return err
		}
	}
	return nil
}

// compile writes an instance's texts.
func (s *Service) compile(ctx context.Context, r store.BroadcastRule, hour time.Time) (store.Broadcast, []store.Rendering, error) {
	b := store.Broadcast{Commune: r.Commune, Sender: r.Sender, Rule: r.ID, Due: hour, Content: r.Content, Audience: r.Audience,
		Author: r.Author, Begins: hour, Expires: hour.Add(r.Life)}
	var c Content
	if err := json.Unmarshal(r.Content, &c); err != nil {
		return b, nil, errors.New("campaign: the content of a rule cannot be read")
	}
	c, err := s.compose(ctx, r.Commune, c)
	if err != nil {
		return b, nil, err
	}
	b.Content = c.encode()
	w, err := s.writer(ctx, b, c)
	if err != nil {
		return b, nil, err
	}
	ways := s.Ways(r.Commune)
	if len(ways) == 0 {
		return b, nil, ErrNoWay
	}
	texts, err := w.texts(ways)
	if err != nil {
		return b, nil, err
	}
	rows, err := s.sealed(texts)
	return b, rows, err
}
