package smsgate

import (
	"context"
	"errors"
	"time"

	"baro/gateway/channel"
	"baro/store"
)

// Waits within a send.
const (
	remind   = 10 * time.Second // between signs to a phone that has fetched a message and not spoken of it
	lastWord = 3 * time.Second  // for word of what was fetched, once the node stops
)

// spentError says that no SIM may send now.
type spentError struct{ free time.Duration }

func (spentError) Error() string { return "smsgate: every SIM has sent what it may for now" }

var (
	errNobody = errors.New("smsgate: no phone is there")
	errIdle   = errors.New("smsgate: another node has the phones")
)

// Send lays a message ready for a phone and waits until the phone has spoken of it. What no phone fetched is taken back
// and may be sent again; what was fetched without a word is in doubt, and stays ready for that phone alone.
func (s *Server) Send(ctx context.Context, m channel.MT) channel.Result {
	if m.Text == "" {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: errNothing}
	}
	word, leave := s.waiters.await(m.ID)
	defer leave()
	phone, err := s.offer(ctx, m)
	var spent spentError
	switch {
	case errors.As(err, &spent):
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassRateLimited, After: spent.free, Err: spent}
	case err != nil:
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, After: time.Second, Err: err}
	}
	s.lines.ring(phone)
	return s.follow(ctx, m.ID, phone, word)
}

// offer chooses a phone and a SIM and writes the offer down, all while the right to the channel stands. A message that
// lies ready already, because taking it back failed, stays where it is.
func (s *Server) offer(ctx context.Context, m channel.MT) (phone string, err error) {
	held := s.held.Load()
	if held == nil {
		return "", errIdle
	}
	err = s.Writer.Write(ctx, func(ctx context.Context) error {
		if err := held.Check(ctx); err != nil {
			return err
		}
		if o, err := s.Offers.Get(ctx, s.Channel, m.ID); err == nil {
			phone = o.Phone
			return nil
		} else if store.CodeOf(err) != store.CodeNotFound {
			return err
		}
		o, err := s.choose(ctx, max(m.Parts, 1))
		if err != nil {
			return err
		}
		o.Message, phone = m.ID, o.Phone
		return s.Offers.Offer(ctx, o)
	})
	return phone, err
}

// choose finds the SIM that has sent least in the last hour among those that may send.
func (s *Server) choose(ctx context.Context, parts int) (store.PhoneOffer, error) {
	now := s.Now()
	phones, err := s.Phones.List(ctx, s.Channel)
	if err != nil {
		return store.PhoneOffer{}, err
	}
	best, least, free := store.PhoneOffer{}, int64(-1), time.Duration(0)
	for _, p := range phones {
		if !p.DisabledAt.IsZero() || now.Sub(p.LastSeen) > presence {
			continue
		}
		for _, sim := range s.SIMs {
			wait, err := s.spent(ctx, p.ID, sim, parts, now)
			if err != nil {
				return store.PhoneOffer{}, err
			}
			if wait > 0 {
				if free == 0 || wait < free {
					free = wait
				}
				continue
			}
			sent, _, err := s.Offers.Spent(ctx, p.ID, sim, now.Add(-time.Hour))
			if err != nil {
				return store.PhoneOffer{}, err
			}
			if least < 0 || sent < least {
				best, least = store.PhoneOffer{Channel: s.Channel, Phone: p.ID, SIM: sim, Parts: parts, Offered: now}, sent
			}
		}
	}
	switch {
	case least >= 0:
		return best, nil
	case free > 0:
		return best, spentError{free}
	}
	return best, errNobody
}

// spent tells how long a SIM has to rest before it may send so many parts, 0 when it may now. A message of more parts than
// a limit goes when nothing else was sent.
func (s *Server) spent(ctx context.Context, phone string, sim, parts int, now time.Time) (rest time.Duration, err error) {
	for _, limit := range []struct {
		parts int
		per   time.Duration
	}{{s.Limits.PerMinute, time.Minute}, {s.Limits.PerHour, time.Hour}, {s.Limits.PerDay, 24 * time.Hour}} {
		if limit.parts == 0 {
			continue
		}
		sent, earliest, err := s.Offers.Spent(ctx, phone, sim, now.Add(-limit.per))
		if err != nil {
			return 0, err
		}
		if sent > 0 && sent+int64(parts) > int64(limit.parts) {
			rest = max(rest, earliest.Add(limit.per).Sub(now), time.Second)
		}
	}
	return rest, nil
}

// follow waits for the phone's first word. It comes to this node at once, or is found in the database when another node
// took it.
func (s *Server) follow(ctx context.Context, id, phone string, word <-chan struct{}) channel.Result {
	tick := time.NewTicker(s.Timing.Look)
	defer tick.Stop()
	begun, reminded := time.Now(), time.Now()
	var fetched time.Time
	quit := s.quit
	end := begun.Add(24 * time.Hour) // of a node that stops; before that the other limits count
	for {
		select {
		case <-word:
			return channel.Result{Outcome: channel.Accepted, ProviderID: id}
		case <-ctx.Done():
			return s.takeBack(id)
		case <-quit:
			quit, end = nil, time.Now().Add(lastWord)
		case <-tick.C:
		}
		now := time.Now()
		o, err := s.Offers.Get(ctx, s.Channel, id)
		switch {
		case err == nil && !o.Answered.IsZero():
			return channel.Result{Outcome: channel.Accepted, ProviderID: id}
		case err == nil && !o.Fetched.IsZero() && fetched.IsZero():
			fetched = now
		}
		switch {
		case fetched.IsZero() && (quit == nil || now.Sub(begun) > s.Timing.Fetch),
			!fetched.IsZero() && now.Sub(fetched) > s.Timing.Answer, now.After(end):
			return s.takeBack(id)
		case now.Sub(reminded) > remind:
			reminded = now
			s.lines.ring(phone)
		}
	}
}

// takeBack ends the wait: a message that was never handed out may be sent again, any other is in doubt.
func (s *Server) takeBack(id string) channel.Result {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.work), lookTimeout)
	defer cancel()
	if back, err := s.Offers.Withdraw(ctx, s.Channel, id); err == nil && back {
		return channel.Result{Outcome: channel.RetryAfter, Class: channel.ClassProviderDown, After: time.Second, Err: errNobody}
	}
	return channel.Result{Outcome: channel.Unknown, Class: channel.ClassProviderDown, Err: errors.New("smsgate: the phone says nothing")}
}
