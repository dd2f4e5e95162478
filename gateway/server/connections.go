package server

import (
	"net"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// idleGrace is how long a kept-alive connection may still bring a request once the server stops.
const idleGrace = 250 * time.Millisecond

// connections knows the open connections. Without it a stop would wait for each kept-alive connection to time out:
// fasthttp closes the listener and then only watches.
type connections struct {
	mu   sync.Mutex
	idle map[net.Conn]bool
}

func newConnections() *connections { return &connections{idle: make(map[net.Conn]bool)} }

// track is fasthttp's ConnState hook.
func (c *connections) track(conn net.Conn, state fasthttp.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case fasthttp.StateClosed, fasthttp.StateHijacked:
		delete(c.idle, conn)
	default:
		c.idle[conn] = state == fasthttp.StateIdle
	}
}

// hurryIdle shortens the wait of idle connections. A request that has begun sets its own time-out again, so nothing under
// way is cut.
func (c *connections) hurryIdle(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn, idle := range c.idle {
		if idle {
			_ = conn.SetReadDeadline(now.Add(idleGrace)) // fails only on a closed connection
		}
	}
}

func (c *connections) closeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.idle {
		_ = conn.Close()
	}
}
