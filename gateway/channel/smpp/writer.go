package smpp

import (
	"errors"
	"net"
	"sync"
	"time"
)

// maxBuffered is how many octets may wait for the socket; whoever has more to say waits.
const maxBuffered = 1 << 20

var errClosed = errors.New("smpp: the connection is closed")

// A writer gathers units while the socket is busy and writes them in one go: that, not the codec, is what makes it fast.
type writer struct {
	mu       sync.Mutex
	changed  *sync.Cond
	buf      []byte
	spare    []byte
	requests []*request // in buf
	busy     bool       // octets are with the socket
	closed   bool
}

func newWriter() *writer {
	w := &writer{}
	w.changed = sync.NewCond(&w.mu)
	return w
}

// put queues a unit. A request that it carries counts as sent from the moment its octets are handed to the socket.
func (w *writer) put(unit []byte, r *request) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.buf) > maxBuffered && !w.closed {
		w.changed.Wait()
	}
	if w.closed {
		return errClosed
	}
	w.buf = append(w.buf, unit...)
	if r != nil {
		w.requests = append(w.requests, r)
	}
	w.changed.Broadcast()
	return nil
}

// run writes until the connection is closed or the socket fails; timeout bounds each write.
func (w *writer) run(nc net.Conn, timeout time.Duration) error {
	for {
		w.mu.Lock()
		w.busy = false
		w.changed.Broadcast()
		for len(w.buf) == 0 && !w.closed {
			w.changed.Wait()
		}
		if w.closed {
			w.mu.Unlock()
			return errClosed
		}
		out := w.buf
		w.buf, w.spare = w.spare[:0], nil
		for i, r := range w.requests {
			r.left.Store(true)
			w.requests[i] = nil
		}
		w.requests = w.requests[:0]
		w.busy = true
		w.mu.Unlock()
		if err := nc.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
			return err
		}
		if _, err := nc.Write(out); err != nil {
			return err
		}
		w.mu.Lock()
		w.spare = out[:0]
		w.mu.Unlock()
	}
}

// flush waits until everything is with the socket or the connection is closed.
func (w *writer) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for (len(w.buf) > 0 || w.busy) && !w.closed {
		w.changed.Wait()
	}
}

// close lets nothing more out. Afterwards the requests that did not leave never will.
func (w *writer) close() {
	w.mu.Lock()
	w.closed = true
	w.changed.Broadcast()
	w.mu.Unlock()
}
