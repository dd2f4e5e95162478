package smsgate

import (
	"context"
	"time"
)

// supervise asks for the channel while phones can be reached here, and gives it up when they are gone: the node that has
// the phones is to have the channel.
func (s *Server) supervise() {
	ctx, cancel := context.WithCancel(s.work)
	defer cancel()
	go func() {
		select {
		case <-s.quit:
			cancel()
		case <-ctx.Done():
		}
	}()
	for ctx.Err() == nil {
		if !s.awaitPhones(ctx) {
			return
		}
		held, ok := s.ask(ctx)
		if !ok {
			continue
		}
		s.held.Store(&held)
		s.handlers.Wake()
		s.keep(ctx, held)
		s.held.Store(nil)
		held.Release()
	}
}

// awaitPhones waits until a phone can be reached; false when ctx has ended.
func (s *Server) awaitPhones(ctx context.Context) bool {
	for !s.lines.present(time.Now()) {
		select {
		case <-s.lines.changed:
		case <-ctx.Done():
			return false
		}
	}
	return ctx.Err() == nil
}

// ask waits for the channel, for as long as there are phones.
func (s *Server) ask(ctx context.Context) (Held, bool) {
	if s.handlers.Hold == nil {
		return Held{Lost: make(chan struct{}), Check: func(context.Context) error { return nil }, Release: func() {}}, true
	}
	asking, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		s.whilePresent(asking, nil)
		cancel()
	}()
	held, err := s.handlers.Hold(asking)
	return held, err == nil
}

// keep holds the channel until it is lost, the phones are gone or ctx ends.
func (s *Server) keep(ctx context.Context, held Held) { s.whilePresent(ctx, held.Lost) }

func (s *Server) whilePresent(ctx context.Context, lost <-chan struct{}) {
	tick := time.NewTicker(s.Timing.Look)
	defer tick.Stop()
	seen := time.Now()
	for {
		select {
		case <-lost:
			return
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if s.lines.present(now) {
				seen = now
			} else if now.Sub(seen) > s.Timing.Absence {
				return
			}
		}
	}
}

// watch finds what another node has laid ready for phones that are reached here. The bell of this node's own offers rings
// at once; this is for the others.
func (s *Server) watch() {
	tick := time.NewTicker(s.Timing.Look)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-s.work.Done():
			return
		}
		here := s.lines.reachable()
		if len(here) == 0 {
			continue
		}
		ctx, cancel := context.WithTimeout(s.work, lookTimeout)
		waiting, err := s.Offers.Waiting(ctx, s.Channel)
		cancel()
		if err != nil {
			s.Log.Warn("offers to phones not looked up", "channel", s.Channel, "error", err)
			continue
		}
		for _, phone := range waiting {
			if here[phone] {
				s.lines.ring(phone)
			}
		}
	}
}
