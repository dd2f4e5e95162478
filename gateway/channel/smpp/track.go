package smpp

import (
	"strings"
	"sync"
	"time"

	"baro/gateway/channel"
)

// Bounds of what is remembered of sent messages. A receipt that comes later, or to another node, is matched by the store,
// which knows the id of the answer and no other reading of it.
const (
	trackedLife = 7 * 24 * time.Hour
	maxTracked  = 100_000
	parkedLife  = 10 * time.Minute
	maxParked   = 10_000
)

// A tracker knows which receipts belong to which message, folds those of a message's parts, and keeps for a while the
// receipts that came before the answer they belong to.
type tracker struct {
	format idFormat
	policy string

	mu          sync.Mutex
	parts       map[string]*trackedPart
	order       []*tracked // oldest first
	parked      map[string][]early
	parkedOrder []parkedKey
}

// tracked is one message on its way.
type tracked struct {
	id        string // our own
	phone     string // its last digits
	total     int
	delivered []bool // by part
	failed    bool
	keys      []string
	at        time.Time
}

// trackedPart is one answered part. Several messages may have got the same id from a message centre that began anew.
type trackedPart struct {
	message *tracked
	n       int
	next    *trackedPart
}

// early is a receipt nobody knows yet.
type early struct {
	report report
	at     time.Time
}

type parkedKey struct {
	key string
	at  time.Time
}

func newTracker(format, policy string) *tracker {
	return &tracker{format: idFormat(format), policy: policy, parts: make(map[string]*trackedPart), parked: make(map[string][]early)}
}

// message begins to follow a message of some parts. One without an id of ours cannot be followed.
func (t *tracker) message(id, phone string, total int) *tracked {
	return &tracked{id: id, phone: tail(phone), total: total, delivered: make([]bool, total)}
}

// register notes the id that part n was accepted under, and gives receipts for it that came too early.
func (t *tracker) register(m *tracked, n int, id string, now time.Time) []channel.Receipt {
	key := t.format.submitted(id)
	if m.id == "" || key == "" {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(now)
	if len(m.keys) == 0 {
		m.at = now
		t.order = append(t.order, m)
	}
	key = strings.Clone(key)
	m.keys = append(m.keys, key)
	t.parts[key] = &trackedPart{m, n, t.parts[key]}

	var out []channel.Receipt
	for _, reading := range t.format.readings(key) {
		var kept []early
		for _, e := range t.parked[reading] {
			if now.Sub(e.at) > parkedLife || !e.report.about(m.phone) {
				kept = append(kept, e)
			} else if reading != key || m.total > 1 {
				out = append(out, t.fold(m, n, e.report)) // the store finds the others by itself
			}
		}
		if len(kept) == 0 {
			delete(t.parked, reading)
		} else {
			t.parked[reading] = kept
		}
	}
	return out
}

// match makes a receipt of what was reported. What nobody knows goes to the store under the message centre's id; what may
// belong to two messages is kept for the record under an id that is nobody's.
func (t *tracker) match(r report, now time.Time) channel.Receipt {
	key := t.format.receipted(r.id)
	t.mu.Lock()
	defer t.mu.Unlock()
	var hit *trackedPart
	hits, strangers := 0, 0
	for _, reading := range t.format.readings(key) {
		for p := t.parts[reading]; p != nil; p = p.next {
			switch {
			case !r.about(p.message.phone):
				strangers++
			case hit == nil:
				hit, hits = p, 1
			case hit.message != p.message || hit.n != p.n:
				hits++
			}
		}
	}
	switch {
	case hits == 1:
		return t.fold(hit.message, hit.n, r)
	case hits > 1, strangers > 0:
		key = "?" + key
	case key != "":
		t.park(key, r, now)
	}
	out := r.receipt()
	out.ProviderID = key
	return out
}

// fold says what a report about one part means for its message: the worst of its parts, and delivered when all are.
func (t *tracker) fold(m *tracked, n int, r report) channel.Receipt {
	out := r.receipt()
	out.ProviderID, out.OurID = t.format.receipted(r.id), m.id
	switch {
	case m.total == 1:
	case t.policy == ReceiptsFirst && n != 0, t.policy == ReceiptsLast && n != m.total-1:
		out.State, out.Class = channel.ReceiptPending, channel.ClassNone
	case t.policy == ReceiptsEvery && r.state == channel.ReceiptDelivered:
		m.delivered[n] = true
		for _, d := range m.delivered {
			if !d {
				out.State = channel.ReceiptPending
			}
		}
	case t.policy == ReceiptsEvery && (r.state == channel.ReceiptFailed || r.state == channel.ReceiptExpired):
		if m.failed {
			out.State, out.Class = channel.ReceiptPending, channel.ClassNone
		}
		m.failed = true
	}
	if out.State == channel.ReceiptDelivered {
		t.drop(m)
	}
	return out
}

// providerID is what the store keeps for a message: the id its receipt will come under. Of a long message all parts
// decide, so that no single one may: their ids stand together, for people to look up.
func (t *tracker) providerID(ids []string) string {
	const longest = 190
	kept := make([]string, len(ids))
	for i, id := range ids {
		kept[i] = t.format.submitted(id)
	}
	switch {
	case len(kept) == 1, t.policy == ReceiptsFirst:
		return kept[0]
	case t.policy == ReceiptsLast:
		return kept[len(kept)-1]
	}
	for n := len(kept); n > 1; n-- {
		if all := strings.Join(kept[:n], ","); len(all) <= longest {
			return all
		}
	}
	return kept[0] + ","
}

// drop forgets a message.
func (t *tracker) drop(m *tracked) {
	for _, key := range m.keys {
		var rest *trackedPart
		for p := t.parts[key]; p != nil; p = p.next {
			if p.message != m {
				rest = &trackedPart{p.message, p.n, rest}
			}
		}
		if rest == nil {
			delete(t.parts, key)
		} else {
			t.parts[key] = rest
		}
	}
	m.keys = m.keys[:0:0]
	m.at = time.Time{} // its place in the order is free
}

// forget drops the oldest messages when there are too many or they are too old.
func (t *tracker) forget(now time.Time) {
	for len(t.order) > 0 && (t.order[0].at.IsZero() || len(t.order) > maxTracked || now.Sub(t.order[0].at) > trackedLife) {
		if !t.order[0].at.IsZero() {
			t.drop(t.order[0])
		}
		t.order[0] = nil
		t.order = t.order[1:]
	}
}

func (t *tracker) park(key string, r report, now time.Time) {
	for len(t.parkedOrder) > 0 && (len(t.parkedOrder) >= maxParked || now.Sub(t.parkedOrder[0].at) > parkedLife) {
		oldest := t.parkedOrder[0]
		t.parkedOrder = t.parkedOrder[1:]
		if all := t.parked[oldest.key]; len(all) > 0 && !all[0].at.After(oldest.at) {
			if t.parked[oldest.key] = all[1:]; len(all) == 1 {
				delete(t.parked, oldest.key)
			}
		}
	}
	key = strings.Clone(key)
	t.parked[key] = append(t.parked[key], early{r, now})
	t.parkedOrder = append(t.parkedOrder, parkedKey{key, now})
}

// tail is the end of a number, by which the forms one number is written in are the same.
func tail(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	return digits[max(len(digits)-tailDigits, 0):]
}

const tailDigits = 8 // of a number in Mali
