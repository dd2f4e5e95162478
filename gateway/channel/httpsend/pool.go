package httpsend

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	dialTimeout = 5 * time.Second  // of connecting, and as much again of the TLS handshake
	idleTimeout = 20 * time.Second // below what providers keep: a call on a connection they close is lost
)

// pool keeps the connections to one address. A call has its connection to itself from the first byte to the last and
// runs in its caller's goroutine: http.Transport has two goroutines for each connection, and handing every call from one
// to the next and back costs as much as the call.
type pool struct {
	address string
	host    string      // for the certificate
	tls     *tls.Config // nil: without TLS
	dialer  *net.Dialer
	room    chan struct{} // one for each connection that is in use

	mu    sync.Mutex
	idle  []*conn // the one used last at the end
	sweep *time.Timer
}

// newPool makes a pool for the scheme and host of a URL.
func newPool(u *url.URL, o Options) *pool {
	p := &pool{
		host: u.Hostname(), room: make(chan struct{}, o.Connections), dialer: &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second},
	}
	port := u.Port()
	if u.Scheme == "https" {
		p.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		if o.TLS != nil {
			p.tls = o.TLS.Clone()
		}
		if p.tls.ServerName == "" {
			p.tls.ServerName = p.host
		}
		p.tls.NextProtos = []string{"http/1.1"}
	}
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[p.tls != nil]
	}
	p.address = net.JoinHostPort(p.host, port)
	return p
}

// get waits for its turn and gives a connection that stands. Until it has returned nothing was sent.
func (p *pool) get(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case p.room <- struct{}{}:
	default:
		select {
		case p.room <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	for c := p.last(); c != nil; c = p.last() {
		if time.Since(c.used) < idleTimeout && c.quiet() {
			return c, nil
		}
		c.Close()
	}
	c, err := p.dial(ctx)
	if err != nil {
		<-p.room
	}
	return c, err
}

// put takes a connection back; again: its call ended as it should, so that the next may use it.
func (p *pool) put(c *conn, again bool) {
	if again {
		c.used = time.Now()
		p.mu.Lock()
		p.idle = append(p.idle, c)
		if p.sweep == nil {
			p.sweep = time.AfterFunc(idleTimeout, p.tidy)
		}
		p.mu.Unlock()
	} else {
		c.Close()
	}
	<-p.room
}

// last takes the connection that was used last, nil for none.
func (p *pool) last() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	c := p.idle[n-1]
	p.idle[n-1] = nil
	p.idle = p.idle[:n-1]
	return c
}

// dial opens a connection.
func (p *pool) dial(ctx context.Context) (*conn, error) {
	raw, err := p.dialer.DialContext(ctx, "tcp", p.address)
	if err != nil {
		return nil, err
	}
	if p.tls == nil {
		return newConn(raw, raw), nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	secured := tls.Client(raw, p.tls)
	if err := secured.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return newConn(secured, raw), nil
}

// tidy closes what nobody has used for long, and comes back while something is left.
func (p *pool) tidy() {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for n < len(p.idle) && time.Since(p.idle[n].used) >= idleTimeout {
		p.idle[n].Close()
		n++
	}
	p.idle = append([]*conn(nil), p.idle[n:]...)
	p.sweep = nil
	if len(p.idle) > 0 {
		p.sweep = time.AfterFunc(idleTimeout-time.Since(p.idle[0].used), p.tidy)
	}
}

// close drops what is idle.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.idle {
		c.Close()
	}
	p.idle = nil
	if p.sweep != nil {
		p.sweep.Stop()
		p.sweep = nil
	}
}

// errScheme: only HTTP is spoken here.
var errScheme = errors.New("neither http nor https")

// way is how calls to a URL go: over a pool of its own, or over a transport where a proxy stands between.
func (c *Client) way(u *url.URL) (*pool, error) {
	key := target{u.Scheme, u.Host}
	if p, ok := c.pools.Load(key); ok {
		return p.(*pool), nil
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errScheme
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err != nil {
		return nil, err
	}
	var p *pool
	if proxy == nil {
		p = newPool(u, c.options)
	}
	kept, _ := c.pools.LoadOrStore(key, p)
	return kept.(*pool), nil
}

// target is what connections are shared by.
type target struct{ scheme, host string }
