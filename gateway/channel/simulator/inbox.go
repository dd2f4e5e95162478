package simulator

import (
	"sync"
	"time"

	"baro/gateway/identity"
)

// Bounds of an inbox: what one phone shows, and how many phones are remembered. Beyond them the oldest goes first.
const (
	perPhone  = 50
	maxPhones = 1000
)

// An SMS is one message as it arrived on a simulated phone.
type SMS struct {
	ID   uint64    // rises with each message of an inbox
	From string    // sender name or short code
	Text string    // after transliteration, all parts joined
	At   time.Time // UTC
}

// An Inbox holds the messages of all simulated phones. It may be used from several goroutines.
type Inbox struct {
	now func() time.Time

	mu     sync.Mutex
	last   uint64
	phones map[identity.MSISDN][]SMS
	order  []identity.MSISDN // by first message, oldest first
}

// NewInbox returns an empty inbox that takes the time from now.
func NewInbox(now func() time.Time) *Inbox {
	return &Inbox{now: now, phones: make(map[identity.MSISDN][]SMS)}
}

// Add delivers a message and returns its id.
func (b *Inbox) Add(to identity.MSISDN, from, text string) uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	messages, known := b.phones[to]
	if !known {
		if len(b.order) == maxPhones {
			delete(b.phones, b.order[0])
			b.order = b.order[1:]
		}
		b.order = append(b.order, to)
	}
	if len(messages) == perPhone {
		messages = append(make([]SMS, 0, perPhone), messages[1:]...)
	}
	b.last++
	b.phones[to] = append(messages, SMS{ID: b.last, From: from, Text: text, At: b.now().UTC()})
	return b.last
}

// Messages returns what one phone received, oldest first.
func (b *Inbox) Messages(of identity.MSISDN) []SMS {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]SMS(nil), b.phones[of]...)
}
