package outbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/locales/charset"
	"baro/store"
)

// claim fills the lanes. A positive rest means that the database did not answer.
func (p *pump) claim(now time.Time, c store.Claim) (rest time.Duration) {
	p.recover()
	s := p.service
	holder := fmt.Sprintf("%s/%s/%d", s.Node, s.run, s.claims.Add(1))
	ctx, cancel := context.WithTimeout(s.hard, storeTimeout)
	defer cancel()
	c.Holder, c.Now, c.Until, c.Begin = holder, now, now.Add(p.Lease), p.straight()
	if c.Begin {
		c.Limit = min(c.Limit, p.ahead-p.flight.count())
	}
	c.Notices, c.Bulk = c.Limit/noticeShare, c.Limit/bulkShare
	rows, err := s.Outbox.Claim(ctx, p.Name, c)
	if err != nil {
		// It may have claimed all the same; under this name nobody will ask for them again, and none was handed over.
		p.abandon(holder)
		p.failures++
		s.Log.Error("outbox not claimed", "channel", p.Name, "error", err)
		return p.trouble.stretch(doubled(firstPause, longestBlind, p.failures))
	}
	p.failures, p.wake = 0, false
	p.more = more(c, rows)
	p.look = now.Add(poll)
	held := p.withheld(ctx, rows, now)
	for i, row := range rows {
		if r, ok := held[i]; ok {
			r.item = &item{row: row, holder: holder}
			p.flight.take(row.Recipient)
			p.done.put(r)
			continue
		}
		it, err := p.open(row, holder)
		if err != nil {
			s.Log.Error("message cannot be read", "channel", p.Name, "message", row.ID, "error", err)
			lost := result{item: it, state: store.OutboundFailed, class: classUnreadable}
			if errors.Is(err, identity.ErrUnknownKey) {
				lost = result{item: it, state: store.OutboundQueued, notBefore: now.Add(keyPause)} // rotated by a node ahead of us
			}
			if errors.Is(err, ErrTooLong) {
				lost.class = classTooLong
			}
			p.flight.take(row.Recipient)
			p.done.put(lost)
			continue
		}
		if until, ok := p.paces.hold(now, it); !ok {
			p.flight.take(row.Recipient)
			p.done.put(result{item: it, state: store.OutboundQueued, notBefore: until})
			continue
		}
		it.begun = c.Begin
		p.lanes.add(it)
		if !c.Begin {
			p.holders[holder]++
		}
	}
	return 0
}

// more reports whether a lane gave as much as was asked of it, so that there may be more.
func more(c store.Claim, rows []store.Outbound) bool {
	var n [laneCount]int
	for _, row := range rows {
		n[row.Priority]++
	}
	taken := 0
	for lane, got := range n {
		if limit := c.Of(store.Priority(lane), taken); limit > 0 && got >= limit {
			return true
		}
		taken += got
	}
	return false
}

// straight reports whether claimed messages go to the senders at once: without a pace to keep, and with nothing waiting.
// Then one statement claims and begins.
func (p *pump) straight() bool {
	return p.paces.unlimited() && p.lanes.len() == 0 && p.flight.count() <= p.ahead/2
}

// keyPause is the wait for a data key that this node has yet to learn of.
const keyPause = 30 * time.Second

// classUnreadable marks messages that were wiped or whose key is gone.
const classUnreadable channel.Class = "unreadable"

// classTooLong marks messages that came from another channel and do not fit this one.
const classTooLong channel.Class = "too_long"

// withheld is what becomes of claimed messages that are not to be sent now, by their place: quiet hours have begun, or the
// person wants nothing of this kind any more.
func (p *pump) withheld(ctx context.Context, rows []store.Outbound, now time.Time) map[int]result {
	held := make(map[int]result)
	s := p.service
	until, quiet := time.Time{}, false
	if s.Quiet != nil {
		until, quiet = s.Quiet(now)
	}
	asked := make(map[store.Purpose]map[store.Pseudonym][]int)
	for i, row := range rows {
		if quiet && row.Quiet && row.Priority != store.PriorityReply {
			held[i] = result{state: store.OutboundQueued, notBefore: until}
			continue
		}
		if row.Purpose == "" {
			continue
		}
		if asked[row.Purpose] == nil {
			asked[row.Purpose] = make(map[store.Pseudonym][]int)
		}
		asked[row.Purpose][row.Recipient] = append(asked[row.Purpose][row.Recipient], i)
	}
	for purpose, people := range asked {
		refusing, err := s.Care.Refusing(ctx, purpose, slices.Collect(maps.Keys(people)))
		if err != nil { // nothing is sent that may not be
			s.Log.Error("consent not asked for", "channel", p.Name, "error", err)
			for _, places := range people {
				for _, i := range places {
					held[i] = result{state: store.OutboundQueued, notBefore: now.Add(keyPause)}
				}
			}
			continue
		}
		for _, who := range refusing {
			for _, i := range people[who] {
				held[i] = result{state: store.OutboundFailed, class: classWithdrawn}
			}
		}
	}
	return held
}

// classWithdrawn marks messages whose reader said STOP before they were sent.
const classWithdrawn channel.Class = "consent_withdrawn"

// open takes a row out of its seals.
func (p *pump) open(row store.Outbound, holder string) (it *item, err error) {
	it = &item{row: row, holder: holder}
	it.mt, err = p.service.Reveal(row)
	return it, err
}

// Reveal takes a message out of its seals, for channels whose peers fetch what lies ready for them.
func (s *Service) Reveal(row store.Outbound) (channel.MT, error) {
	to, err := s.Keys.OpenNumber(identity.Sealed(row.Phone))
	if err != nil {
		return channel.MT{}, err
	}
	body, err := s.Keys.Open(BodyPurpose, identity.Sealed(row.Body))
	if err != nil {
		return channel.MT{}, err
	}
	m := charset.Count(string(body))
	return channel.MT{ID: row.ID, To: to, Text: string(body), Encoding: m.Encoding, Parts: m.Parts, ExpiresAt: row.ExpiresAt}, nil
}

// begin marks messages as about to be handed over, and hands over those that are still this node's.
func (p *pump) begin(batch []*item, now time.Time) {
	byHolder := make(map[string][]int64, 1)
	held := make(map[int64]bool, len(batch))
	for _, it := range batch {
		if it.begun {
			held[it.row.Seq] = true
			continue
		}
		byHolder[it.holder] = append(byHolder[it.holder], it.row.Seq)
		if p.holders[it.holder]--; p.holders[it.holder] <= 0 {
			delete(p.holders, it.holder)
		}
	}
	doubtful := make(map[string]bool)
	for holder, rows := range byHolder {
		ctx, cancel := context.WithTimeout(p.service.hard, storeTimeout)
		begun, err := p.service.Outbox.Begin(ctx, holder, rows, now)
		cancel()
		if err != nil {
			p.service.Log.Error("messages not begun", "channel", p.Name, "error", err)
			doubtful[holder] = true
			continue
		}
		for _, seq := range begun {
			held[seq] = true
		}
	}
	for _, it := range batch {
		switch {
		case held[it.row.Seq]:
			p.hand(it)
		case doubtful[it.holder]:
			p.done.put(result{item: it, state: store.OutboundQueued})
		default:
			p.flight.land(it.row.Recipient)
		}
	}
}

// giveBack returns what is claimed and not begun.
func (p *pump) giveBack() {
	for holder := range p.holders {
		p.returnTo(holder)
	}
	clear(p.holders)
	p.paces.drop()
	for _, it := range p.lanes.begun() {
		p.flight.take(it.row.Recipient)
		p.done.put(result{item: it, state: store.OutboundQueued})
	}
	p.lanes.clear()
}

// abandon gives up a claim of which nothing was handed over. While the database is away it is remembered: the claim may have
// taken effect, and its messages would wait for the end of their lease.
func (p *pump) abandon(holder string) {
	p.lost = append(p.lost, holder)
	p.recover()
}

// recover gives up the claims that were lost, as far as the database is there.
func (p *pump) recover() {
	for len(p.lost) > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.service.hard), storeTimeout)
		_, err := p.service.Care.Abandon(ctx, p.lost[0], p.service.Now())
		cancel()
		if err != nil {
			p.service.Log.Error("leases not returned", "channel", p.Name, "error", err)
			return
		}
		p.lost = p.lost[1:]
	}
}

// returnTo gives up a claim. Should that fail, the lease runs out.
func (p *pump) returnTo(holder string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.service.hard), storeTimeout)
	defer cancel()
	if _, err := p.service.Care.Return(ctx, holder, p.service.Now()); err != nil {
		p.service.Log.Error("leases not returned", "channel", p.Name, "error", err)
	}
}
