package outbox

import (
	"context"
	"time"

	"baro/gateway/channel"
	"baro/store"
)

const (
	// groupSize bounds the results that share a transaction.
	groupSize = 512
	// linger is how long a result may wait for company.
	linger = 20 * time.Millisecond
)

// recorder writes results down, many in one transaction, and keeps those that nobody is sure about until a receipt has
// had its time.
type recorder struct {
	pump    *pump
	waiting []doubt // oldest first
}

// doubt is a message that its provider may or may not have.
type doubt struct {
	result result
	until  time.Time
}

func (r *recorder) run() {
	for {
		var due <-chan time.Time
		var timer *time.Timer
		if len(r.waiting) > 0 {
			timer = time.NewTimer(max(r.waiting[0].until.Sub(r.pump.service.Now()), time.Millisecond))
			due = timer.C
		}
		select {
		case <-r.pump.done.first:
			r.linger()
			r.group(r.pump.done.take())
		case <-r.pump.done.closed:
			r.group(r.pump.done.take())
			r.settle(true)
			return
		case <-due:
			r.settle(false)
		}
		if timer != nil {
			timer.Stop()
		}
	}
}

// linger waits a moment for what is still under way: a transaction costs the same for one result and for hundreds. A lone
// message is not held up.
func (r *recorder) linger() {
	if r.pump.done.want(min(groupSize, r.pump.flight.count())) {
		return
	}
	timer := time.NewTimer(linger)
	defer timer.Stop()
	select {
	case <-r.pump.done.enough:
	case <-r.pump.done.closed:
	case <-timer.C:
	}
}

// group records results.
func (r *recorder) group(results []result) {
	if len(results) == 0 {
		return
	}
	known := results[:0:len(results)]
	for _, k := range results {
		if k.state == "" {
			// Its lease keeps it from being claimed; its receipt may move it meanwhile.
			r.waiting = append(r.waiting, doubt{result: k, until: r.pump.service.Now().Add(r.pump.UnconfirmedAfter)})
			r.pump.flight.land(k.item.row.Recipient)
			continue
		}
		known = append(known, k)
	}
	r.record(known)
	for _, k := range known {
		r.pump.flight.land(k.item.row.Recipient)
	}
	signal(r.pump.moved)
}

// settle gives up waiting for receipts whose time has passed, or for all.
func (r *recorder) settle(all bool) {
	now := r.pump.service.Now()
	var over []result
	for len(r.waiting) > 0 && (all || !now.Before(r.waiting[0].until)) {
		k := r.waiting[0].result
		k.state = store.OutboundUnconfirmed
		over = append(over, k)
		r.waiting = r.waiting[1:]
	}
	r.record(over)
}

// record writes until it has succeeded or the service gives up: then leases run out, and what was begun is unconfirmed.
func (r *recorder) record(results []result) {
	byHolder := make(map[string][]result, 2)
	for _, k := range results {
		byHolder[k.item.holder] = append(byHolder[k.item.holder], k)
	}
	s := r.pump.service
	for holder, group := range byHolder {
		for failures := 1; ; failures++ {
			err := r.write(holder, group)
			if err == nil {
				break
			}
			s.Log.Error("outcomes not recorded", "channel", r.pump.Name, "messages", len(group), "error", err)
			pause := time.NewTimer(r.pump.trouble.stretch(doubled(firstPause, longestBlind, failures)))
			select {
			case <-pause.C:
				continue
			case <-s.hard.Done():
				pause.Stop()
			}
			break
		}
	}
}

// write records the outcomes of one claim and the opt-outs among them.
func (r *recorder) write(holder string, results []result) error {
	s := r.pump.service
	outcomes := make([]store.Outcome, len(results))
	var stopped []store.Pseudonym
	for i, k := range results {
		outcomes[i] = store.Outcome{
			Seq: k.item.row.Seq, State: k.state, ProviderID: k.providerID, Parts: k.parts, FailureClass: string(k.class), NotBefore: k.notBefore,
		}
		if k.class == channel.ClassOptedOut && k.state == store.OutboundFailed {
			stopped = append(stopped, k.item.row.Recipient)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.hard), storeTimeout)
	defer cancel()
	now := s.Now()
	if len(stopped) == 0 {
		_, err := s.Outbox.Finish(ctx, r.pump.Name, holder, outcomes, now)
		return err
	}
	return s.Writer.Write(ctx, func(ctx context.Context) error {
		if _, err := s.Outbox.Finish(ctx, r.pump.Name, holder, outcomes, now); err != nil {
			return err
		}
		for _, who := range stopped {
			if err := s.Consents.Withdraw(ctx, who, store.PurposeAll, now); err != nil {
				return err
			}
		}
		return nil
	})
}
