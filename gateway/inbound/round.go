package inbound

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"baro/store"
	"baro/store/session"
)

const (
	claimFor   = 30 * time.Second // one handling of a message, after which another node may take it
	claimBatch = 256
	handlers   = 16
	maxTries   = 5
	sweepEvery = 5 * time.Second
	restFor    = 500 * time.Millisecond // after a round in which a store of ours was away
)

// A round is how one look at the inbox went.
type round struct {
	found bool // there were messages
	away  bool // a store did not answer: trying again at once would help nobody
}

// work claims and handles until nothing is left, then waits for a wake-up or the sweep.
func (s *SMS) work(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		switch r := s.round(ctx); {
		case r.away:
			s.rest(ctx)
		case !r.found:
			select {
			case <-s.wake:
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	}
}

// rest lets a store that was away come back.
func (s *SMS) rest(ctx context.Context) {
	timer := time.NewTimer(restFor)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// round handles one batch of claims; of each sender only the oldest message, so that a person's messages keep their
// order on all nodes.
func (s *SMS) round(ctx context.Context) round {
	now := s.Now()
	claimed, err := s.Inbox.Claim(ctx, store.Claim{Holder: s.Holder, Now: now, Until: now.Add(claimFor), Limit: claimBatch})
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("claim messages", "error", err)
		}
		return round{away: true}
	}
	ctx = context.WithoutCancel(ctx)
	drafts := make([]*outcome, len(claimed))
	each(len(claimed), func(i int) { drafts[i] = s.draft(ctx, claimed[i]) })
	var together []*outcome
	var alone []store.Inbound
	for i, d := range drafts {
		if d == nil {
			alone = append(alone, claimed[i])
		} else {
			together = append(together, d)
		}
	}
	if len(together) > 0 {
		if err := s.finish(ctx, together); err != nil {
			// One of them stood in the way of the others: each is tried by itself.
			for _, d := range together {
				alone = append(alone, d.m.rec)
			}
		}
	}
	waiting := make([]error, len(alone))
	each(len(alone), func(i int) { waiting[i] = s.handle(ctx, alone[i]) })
	if err := errors.Join(waiting...); err != nil {
		s.Log.Error("messages wait for a store", "error", firstOf(waiting))
		return round{found: true, away: true}
	}
	return round{found: len(claimed) > 0}
}

func firstOf(faults []error) error {
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	return nil
}

// draft takes a message's step without writing anything. It gives nil where that does not work: the step wants to write,
// or something failed and is better told by handle.
func (s *SMS) draft(ctx context.Context, rec store.Inbound) *outcome {
	ctx, cancel := context.WithTimeout(ctx, claimFor/2)
	defer cancel()
	o := &outcome{}
	err := guarded(func() error {
		m, t, err := s.read(ctx, rec, false)
		if err != nil {
			return err
		}
		o.m, o.t = m, t
		return m.process(ctx, o)
	})
	if err != nil {
		return nil
	}
	return o
}

// finish writes what several messages came to in one transaction, and then remembers where their dialogues stand.
func (s *SMS) finish(ctx context.Context, outcomes []*outcome) error {
	ctx, cancel := context.WithTimeout(ctx, claimFor/2)
	defer cancel()
	if err := s.Writer.Write(ctx, func(ctx context.Context) error { return s.record(ctx, outcomes) }); err != nil {
		return err
	}
	s.committed(outcomes)
	each(len(outcomes), func(i int) { s.remember(ctx, outcomes[i]) })
	return nil
}

// record writes proofs, replies and the messages' own states.
func (s *SMS) record(ctx context.Context, outcomes []*outcome) error {
	var steps []store.Step
	var replies []Reply
	var gets []Forwarded
	ids := make([]int64, len(outcomes))
	for i, o := range outcomes {
		ids[i] = o.m.rec.ID
		if o.step != nil {
			steps = append(steps, *o.step)
		}
		if o.reply != nil {
			replies = append(replies, *o.reply)
		}
		if o.gets != nil {
			gets = append(gets, *o.gets)
		}
	}
	if len(gets) > 0 {
		if err := s.Relay.Forward(ctx, gets...); err != nil {
			return err
		}
	}
	if len(steps) > 0 {
		if err := s.Steps.InsertAll(ctx, steps); err != nil {
			return err
		}
	}
	if len(replies) > 0 {
		if err := s.Replies.Reply(ctx, replies...); err != nil {
			return err
		}
	}
	return s.Inbox.FinishAll(ctx, ids, s.Holder, s.Now())
}

// committed lets the replies go out.
func (s *SMS) committed(outcomes []*outcome) {
	told := make(map[string]bool, 1)
	for _, o := range outcomes {
		if o.gets != nil {
			s.Relay.Told()
		}
		if o.reply != nil && !told[o.reply.Channel] {
			told[o.reply.Channel] = true
			s.Replies.Committed(o.reply.Channel)
		}
	}
}

// handle takes one message to its end in a transaction of its own. A failure of ours gives it back; after maxTries it is
// set aside and shows in the figures. The error is that of a store that was away: this is no fault of the message, which
// then waits for as long as it takes.
func (s *SMS) handle(ctx context.Context, rec store.Inbound) error {
	ctx, cancel := context.WithTimeout(ctx, claimFor/2)
	defer cancel()
	var o *outcome
	err := guarded(func() error {
		m, t, err := s.read(ctx, rec, true)
		if err != nil {
			return err
		}
		return s.Writer.Write(ctx, func(ctx context.Context) error {
			o = &outcome{m: m, t: t}
			if err := m.process(ctx, o); err != nil {
				return err
			}
			return s.record(ctx, []*outcome{o})
		})
	})
	switch {
	case err == nil:
		s.committed([]*outcome{o})
		s.remember(ctx, o)
		return nil
	case store.CodeOf(err) == store.CodeConflict:
		return nil
	case away(err):
		s.giveBack(ctx, rec, false)
		return err
	}
	s.Log.Error("handle a message", "channel", rec.Channel, "message", rec.ID, "try", rec.Attempts, "error", err)
	s.giveBack(ctx, rec, rec.Attempts >= maxTries)
	return nil
}

// giveBack ends a claim without an outcome.
func (s *SMS) giveBack(ctx context.Context, rec store.Inbound, aside bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimFor/2)
	defer cancel()
	var err error
	if aside {
		err = s.Inbox.Finish(ctx, rec.ID, s.Holder, store.InboundFailed, false, s.Now())
	} else {
		err = s.Inbox.Return(ctx, rec.ID, s.Holder)
	}
	if err != nil {
		s.Log.Error("give a message back", "channel", rec.Channel, "message", rec.ID, "error", err)
	}
}

// away tells that a store of ours did not answer.
func away(err error) bool {
	return errors.Is(err, session.ErrUnavailable) || store.CodeOf(err) == store.CodeUnavailable ||
		errors.Is(err, context.DeadlineExceeded)
}

func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return do()
}

// each runs do for 0…n-1, some at a time.
func each(n int, do func(i int)) {
	if n == 1 {
		do(0)
		return
	}
	var group sync.WaitGroup
	slots := make(chan struct{}, handlers)
	for i := range n {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	group.Wait()
}
