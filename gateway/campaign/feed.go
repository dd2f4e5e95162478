package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"baro/gateway/outbox"
	"baro/store"
)

const (
	feedPart    = 500  // recipients of one transaction
	collectPart = 2000 // outcomes of one transaction
	firstAhead  = 256
	leastAhead  = 64

	// A broadcast pauses by itself when so many of its latest messages met a fault that is not the number's own.
	faultsSeen  = 20  // at least
	faultShare  = 5   // one in so many
	faultWindow = 200 // outcomes that are remembered
)

// feed is what the feeder remembers of one running broadcast. All of it can be lost: the rows know.
type feed struct {
	since    time.Time // the broadcast's last move: what is remembered ends with it
	texts    renderings
	query    store.AudienceQuery
	after    store.Pseudonym // whoever comes before has had a turn
	skipped  bool            // but those who were called back may wait there again
	queued   int64
	ahead    int64 // how many may be queued: about two seconds of what is sent
	drained  int64 // since second
	second   time.Time
	outcomes int64 // latest, and the faults among them
	faults   int64
}

// feedOf gives what is remembered, or begins anew.
func (f *Feeder) feedOf(ctx context.Context, b *store.Broadcast) (*feed, error) {
	if k := f.at[b.ID]; k != nil && k.since.Equal(b.Updated) {
		return k, nil
	}
	texts, err := f.kept(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	a, err := audienceOf(*b)
	if err != nil {
		return nil, err
	}
	k := &feed{since: b.Updated, texts: texts, query: f.query(*b, a, f.Now()), ahead: min(firstAhead, int64(f.Ahead)), second: f.Now()}
	if !b.FrozenAt.IsZero() {
		counts, err := f.Recipients.Counts(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		k.queued = counts[store.RecipientQueued]
	}
	f.at[b.ID] = k
	return k, nil
}

// feed gives a running or paused broadcast its turn.
func (f *Feeder) feed(ctx context.Context, b *store.Broadcast, k *feed) (busy bool, err error) {
	moved, err := f.collect(ctx, b, k)
	if err != nil || b.State == store.BroadcastPaused {
		return moved, err
	}
	if k.troubled() {
		act := store.Act{Actor: "job:broadcasts", Reason: reasonErrors}
		return true, f.move(ctx, b.Commune, b.ID, store.BroadcastRunning, store.BroadcastPaused, reasonErrors, act)
	}
	closed, err := f.closed(ctx, b)
	if err != nil {
		return false, err
	}
	if closed {
		if k.queued == 0 {
			return moved, nil
		}
		n, err := f.Care.Recall(ctx, b.ID)
		k.queued, k.skipped = k.queued-n, true
		return true, err
	}
	end := false
	for k.queued < k.ahead && !end && err == nil {
		end, err = f.fill(ctx, b, k)
		moved = true
	}
	switch {
	case errors.Is(err, errNoText):
		act := store.Act{Actor: "job:broadcasts", Reason: reasonNoRoutes}
		return true, f.move(ctx, b.Commune, b.ID, store.BroadcastRunning, store.BroadcastPaused, reasonNoRoutes, act)
	case store.CodeOf(err) == store.CodeConflict: // paused, cancelled or another node's meanwhile
		delete(f.at, b.ID)
		return true, nil
	case err != nil:
		return false, err
	case end && k.queued == 0:
		act := store.Act{Actor: "job:broadcasts", Reason: "everybody has had a turn"}
		return true, f.move(ctx, b.Commune, b.ID, store.BroadcastRunning, store.BroadcastDone, "", act)
	}
	return true, nil
}

// closed tells whether the hour or the day forbids sending now.
func (f *Feeder) closed(ctx context.Context, b *store.Broadcast) (bool, error) {
	now := f.Now()
	if now.Before(b.UndoUntil) || now.Before(b.Begins) {
		return true, nil
	}
	if b.Urgent == "" && f.Quiet.Holds(now) {
		return true, nil
	}
	if f.Blocked == nil {
		return false, nil
	}
	return f.Blocked(ctx, b.Commune, store.Date(now.In(f.zone()).Format(time.DateOnly)))
}

// collect brings outcomes back and learns from them how fast the channel is.
func (f *Feeder) collect(ctx context.Context, b *store.Broadcast, k *feed) (moved bool, err error) {
	for k.queued > 0 {
		got, err := f.Recipients.Collect(ctx, b.ID, collectPart)
		if err != nil {
			return moved, fmt.Errorf("collect outcomes: %w", err)
		}
		n := int64(0)
		for _, of := range got.States {
			n += of
		}
		k.queued -= n
		k.drained += n
		k.note(n, got.Faults)
		moved = moved || n > 0
		if n < collectPart {
			break
		}
	}
	if elapsed := f.Now().Sub(k.second); elapsed >= time.Second {
		if rate := int64(float64(k.drained) / elapsed.Seconds()); k.drained > 0 {
			k.ahead = min(max(2*rate, leastAhead), int64(f.Ahead))
		}
		k.drained, k.second = 0, f.Now()
	} else if k.queued == 0 && moved {
		k.ahead = min(2*k.ahead, int64(f.Ahead)) // the senders had to wait for us
	}
	return moved, nil
}

// note remembers outcomes; older ones weigh half.
func (k *feed) note(n, faults int64) {
	k.outcomes += n
	k.faults += faults
	for k.outcomes > faultWindow {
		k.outcomes, k.faults = k.outcomes/2, k.faults/2
	}
}

// troubled tells whether too much of the latest went wrong.
func (k *feed) troubled() bool { return k.faults >= faultsSeen && k.faults*faultShare >= k.outcomes }

// fill hands the next recipients to the outbox, all or none of a part. It tells true when nobody is left to take.
func (f *Feeder) fill(ctx context.Context, b *store.Broadcast, k *feed) (end bool, err error) {
	limit := int(min(feedPart, k.ahead-k.queued))
	var last store.Pseudonym
	var taken, queued int
	channels := make(map[string]bool)
	err = f.Writer.Write(ctx, func(ctx context.Context) error {
		now := f.Now()
		if err := f.Leases.Check(ctx, f.lease, now); err != nil {
			return err
		}
		if err := f.Recipients.Lock(ctx, b.ID); err != nil {
			return err
		}
		q := k.query
		q.Month = f.month(now)
		people, err := f.Recipients.Take(ctx, b.ID, k.after, q, limit)
		if err != nil {
			return err
		}
		taken = len(people)
		if taken == 0 {
			queued = 0
			return nil
		}
		last = people[taken-1].Pseudonym
		out, put, err := f.parcel(ctx, b, k, people)
		if err != nil {
			return err
		}
		for _, m := range out {
			channels[m.Channel] = true
		}
		if queued = len(out); queued > 0 {
			if _, err := f.Outbox.Enqueue(ctx, out); err != nil {
				return err
			}
		}
		put.Broadcast, put.Sender, put.Month, put.At = b.ID, q.Sender, q.Month, now
		if q.Cap > 0 {
			put.Charge = 1
		}
		return f.Recipients.Queue(ctx, put)
	})
	if err != nil {
		return false, fmt.Errorf("feed outbox: %w", err)
	}
	for name := range channels {
		f.Ring(name)
	}
	k.queued += int64(queued)
	if taken > 0 {
		k.after = last
	}
	if taken == limit {
		return false, nil
	}
	if k.skipped { // who was called back may wait before
		k.after, k.skipped = store.Pseudonym{}, false
		return false, nil
	}
	return true, nil
}

// parcel makes messages of recipients, and tells who gets none and why.
func (f *Feeder) parcel(ctx context.Context, b *store.Broadcast, k *feed, people []store.Recipient) ([]store.Outbound, store.Queueing, error) {
	put := store.Queueing{Skipped: make(map[store.Pseudonym]store.Reason)}
	out := make([]store.Outbound, 0, len(people))
	for _, r := range people {
		if r.Reason != store.ReasonNone {
			put.Skipped[r.Pseudonym] = r.Reason
			continue
		}
		way, text, err := f.choose(ctx, b.Commune, k.texts, r)
		if errors.Is(err, ErrNoWay) {
			put.Skipped[r.Pseudonym] = store.ReasonNoRoute
			continue
		}
		if err != nil {
			return nil, put, err
		}
		m, err := f.message(*b, text.Text, k.texts.width)
		if err != nil {
			return nil, put, err
		}
		m.Purpose = k.query.Purpose // asked for once more when it is claimed
		m.ID, m.Channel, m.Recipient, m.Phone = f.messageID(b.ID, r.Pseudonym), way.Channel, r.Pseudonym, r.Phone
		out = append(out, m)
		put.People = append(put.People, r.Pseudonym)
	}
	return out, put, nil
}

// message is a text on its way to somebody. Its box is at least as long as width: of one broadcast all are alike.
func (s *Service) message(b store.Broadcast, text string, width int) (store.Outbound, error) {
	body, err := s.Keys.SealPadded(outbox.BodyPurpose, []byte(text), width)
	if err != nil {
		return store.Outbound{}, err
	}
	now := s.Now()
	return store.Outbound{Commune: b.Commune, Origin: fmt.Sprintf("%s%d", originPrefix, b.ID), Body: store.Sealed(body), Scrub: true, Quiet: b.Urgent == "",
		Priority: store.PriorityBulk, NotBefore: now, ExpiresAt: b.Expires, Created: now}, nil
}

// messageID is the same whenever a recipient's message is made: a repeat is recognised. It tells the provider nothing.
func (s *Service) messageID(broadcast int64, p store.Pseudonym) string {
	mac := s.Keys.MAC("broadcast", []byte(fmt.Sprint(broadcast)), p[:])
	mac[6], mac[8] = mac[6]&0x0f|0x80, mac[8]&0x3f|0x80 // RFC 9562: version 8, our own
	return uuid.UUID(mac).String()
}
