//go:build unix

package kanneltest

import (
	"errors"
	"net"
	"sync"
	"time"

	"baro/gateway/channel/smpp/pdu"
)

// A link is one bound connection.
type link struct {
	conn   net.Conn
	system string

	writing sync.Mutex
	mu      sync.Mutex
	last    uint32
	closed  bool
	waiting map[uint32]chan pdu.Status
}

var errLinkGone = errors.New("the link is gone")

func (l *link) write(b []byte) {
	l.writing.Lock()
	defer l.writing.Unlock()
	_, _ = l.conn.Write(b) // a broken link shows itself to the reader
}

// post sends a deliver_sm whose answer nobody waits for.
func (l *link) post(m *pdu.Message) {
	sequence, _ := l.expect()
	l.write(pdu.AppendMessage(nil, pdu.DeliverSM, sequence, m))
}

// deliver sends a deliver_sm and waits for its answer.
func (l *link) deliver(m *pdu.Message) (pdu.Status, error) {
	sequence, answer := l.expect()
	if answer == nil {
		return 0, errLinkGone
	}
	l.write(pdu.AppendMessage(nil, pdu.DeliverSM, sequence, m))
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case status, ok := <-answer:
		if !ok {
			return 0, errLinkGone
		}
		return status, nil
	case <-late.C:
		return 0, errors.New("deliver_sm was not answered")
	}
}

func (l *link) expect() (uint32, chan pdu.Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	if l.closed {
		return l.last, nil
	}
	answer := make(chan pdu.Status, 1)
	l.waiting[l.last] = answer
	return l.last, answer
}

func (l *link) answered(sequence uint32, status pdu.Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if answer := l.waiting[sequence]; answer != nil {
		answer <- status
		delete(l.waiting, sequence)
	}
}

func (l *link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for sequence, answer := range l.waiting {
		close(answer)
		delete(l.waiting, sequence)
	}
}
