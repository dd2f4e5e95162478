package smpp

import (
	"bytes"
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"baro/gateway/channel/smpp/pdu"
)

// maxSets bounds unfinished long messages; the message centre keeps parts of further ones.
const maxSets = 4096

// gap stands where a part of a message never came.
const gap = " [...] "

// A joiner puts the parts of long messages together, in whatever order and however often they come. A part is answered
// when its whole message is stored. A message centre that sends the next part only after the answer to the last would wait
// for ever, so after a while a part is answered while it is held in memory only.
type joiner struct {
	client *Client
	seed   maphash.Seed

	mu   sync.Mutex
	sets map[setKey]*set
	done map[setKey]finished // so that late repeats of a part do not begin a message
}

type setKey struct {
	from, to string
	part     part // without n
}

// A set is one unfinished message.
type set struct {
	parts   []piece
	missing int
	waiting []delivery // unanswered
	hold    *time.Timer
	life    *time.Timer
}

type piece struct {
	octets   []byte // nil: not there
	coding   byte
	answered bool
}

// finished is a stored message: the sums of its parts.
type finished struct {
	sums  []uint64
	until time.Time
}

func newJoiner(c *Client) *joiner {
	return &joiner{client: c, seed: maphash.MakeSeed(), sets: make(map[setKey]*set), done: make(map[setKey]finished)}
}

// add takes one part. It answers the delivery now or later.
func (j *joiner) add(ctx context.Context, d delivery, p part, octets []byte) {
	n := int(p.n) - 1
	p.n = 0
	key := setKey{d.Source.Addr, d.Dest.Addr, p}
	j.mu.Lock()
	if f, ok := j.done[key]; ok && time.Now().Before(f.until) && f.sums[n] == j.sum(octets) {
		j.mu.Unlock()
		d.respond(pdu.OK)
		return
	}
	s := j.sets[key]
	if s != nil && s.parts[n].octets != nil && !bytes.Equal(s.parts[n].octets, octets) {
		// The phone has come round to the same reference: what there is of the former message is all there will be.
		j.remove(key, s)
		j.mu.Unlock()
		j.store(ctx, key, s)
		j.mu.Lock()
		s = j.sets[key]
	}
	if s == nil {
		if len(j.sets) >= maxSets {
			j.mu.Unlock()
			d.respond(pdu.TemporaryAppError)
			return
		}
		s = &set{parts: make([]piece, p.total), missing: int(p.total)}
		j.sets[key] = s
		s.life = time.AfterFunc(j.client.Timing.PartLife, func() { j.expire(key, s) })
	}
	if s.parts[n].octets == nil {
		s.parts[n] = piece{octets: append(make([]byte, 0, len(octets)), octets...), coding: d.Coding}
		s.missing--
	}
	if s.parts[n].answered {
		j.mu.Unlock()
		d.respond(pdu.OK)
		return
	}
	s.waiting = append(s.waiting, d)
	if s.missing == 0 {
		j.remove(key, s)
		j.mu.Unlock()
		j.store(ctx, key, s)
		return
	}
	if s.hold == nil {
		s.hold = time.AfterFunc(j.client.Timing.PartHold, func() { j.release(key, s) })
	}
	j.mu.Unlock()
}

// remove makes the caller the owner of a set.
func (j *joiner) remove(key setKey, s *set) {
	delete(j.sets, key)
	s.life.Stop()
	if s.hold != nil {
		s.hold.Stop()
		s.hold = nil
	}
}

// release answers the parts that have waited long enough.
func (j *joiner) release(key setKey, s *set) {
	j.mu.Lock()
	if j.sets[key] != s {
		j.mu.Unlock()
		return
	}
	waiting := s.waiting
	s.waiting, s.hold = nil, nil
	for i := range s.parts {
		s.parts[i].answered = s.parts[i].octets != nil
	}
	j.mu.Unlock()
	for _, d := range waiting {
		d.respond(pdu.OK)
	}
}

// expire hands an unfinished message on as it is.
func (j *joiner) expire(key setKey, s *set) {
	j.mu.Lock()
	if j.sets[key] != s {
		j.mu.Unlock()
		return
	}
	j.remove(key, s)
	j.mu.Unlock()
	ctx, cancel := context.WithTimeout(j.client.work, j.client.Timing.Handle)
	defer cancel()
	j.store(ctx, key, s)
}

// flush hands on all unfinished messages.
func (j *joiner) flush(ctx context.Context) error {
	j.mu.Lock()
	all := make(map[setKey]*set, len(j.sets))
	for key, s := range j.sets {
		all[key] = s
		j.remove(key, s)
	}
	j.mu.Unlock()
	var first error
	for key, s := range all {
		if err := j.store(ctx, key, s); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// store hands a message on that nobody else holds, and answers its parts. When that fails, the parts that were answered
// are kept, for they will not come again; the others will.
func (j *joiner) store(ctx context.Context, key setKey, s *set) error {
	err := j.client.accept(ctx, key.from, key.to, j.text(s))
	status := pdu.OK
	j.mu.Lock()
	if err == nil {
		j.finish(key, s)
	} else {
		status = pdu.TemporaryAppError
		j.keep(key, s)
	}
	waiting := s.waiting
	s.waiting = nil
	j.mu.Unlock()
	for _, d := range waiting {
		d.respond(status)
	}
	return err
}

func (j *joiner) finish(key setKey, s *set) {
	now := time.Now()
	if len(j.done) >= maxSets {
		for old, f := range j.done {
			if now.After(f.until) {
				delete(j.done, old)
			}
		}
	}
	if len(j.done) >= maxSets {
		return // a repeat of a part would be handed on once more, which is better than losing one
	}
	sums := make([]uint64, len(s.parts))
	for i, p := range s.parts {
		sums[i] = j.sum(p.octets)
	}
	j.done[key] = finished{sums, now.Add(j.client.Timing.Repeat)}
}

// retry is how long an unfinished message rests that could not be handed on.
const retry = 30 * time.Second

// waitingAside is added to the method of a message that waits while another has its place.
const waitingAside = 16

func (j *joiner) keep(key setKey, s *set) {
	s.missing = 0
	kept := 0
	for i := range s.parts {
		if !s.parts[i].answered {
			s.parts[i] = piece{}
			s.missing++
		} else {
			kept++
		}
	}
	if kept == 0 || j.client.work.Err() != nil {
		return
	}
	for j.sets[key] != nil {
		key.part.method += waitingAside // the phone has begun another message under the same reference
	}
	j.sets[key] = s
	s.life = time.AfterFunc(retry, func() { j.expire(key, s) })
}

// text joins the octets first, because phones cut letters in two.
func (j *joiner) text(s *set) string {
	var out strings.Builder
	var run []byte
	coding := s.parts[0].coding
	flush := func() {
		out.WriteString(j.client.decode(coding, run))
		run = run[:0]
	}
	for _, p := range s.parts {
		if p.octets == nil || p.coding != coding {
			flush()
			coding = p.coding
		}
		if p.octets == nil {
			out.WriteString(gap)
		}
		run = append(run, p.octets...)
	}
	flush()
	return out.String()
}

// sum is never 0 for a part that is there.
func (j *joiner) sum(octets []byte) uint64 {
	if octets == nil {
		return 0
	}
	return maphash.Bytes(j.seed, octets) | 1
}
