// Package httpsend makes the calls by which HTTP providers are handed messages. What matters about a failed call is
// whether the provider may have read it: only a call that certainly never left may be made again.
package httpsend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options tune a client. The zero value is usable.
type Options struct {
	Timeout     time.Duration // of a whole call; 15 s by default
	Connections int           // to the provider at most; 32 by default
	AnswerLimit int64         // bytes of an answer that are read at most; 64 KiB by default
	TLS         *tls.Config   // nil: the system's roots
}

// Client calls one provider. It never follows a redirect and never calls twice.
type Client struct {
	options Options
	pools   sync.Map        // by target; nil: a proxy stands between
	proxied *http.Transport // for those
}

// An Answer is what the provider said, read to its end.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// A LostError is a call without a usable answer. Its text holds no address, header or body: providers put secrets and
// numbers into their URLs.
type LostError struct {
	Left  bool // the request may have reached the provider
	cause error
}

// errOversize: an answer longer than the limit is not what the provider's interface promises.
var errOversize = errors.New("the answer is too long")

// New returns a client with its own pool of connections.
func New(o Options) *Client {
	if o.Timeout <= 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Connections <= 0 {
		o.Connections = 32
	}
	if o.AnswerLimit <= 0 {
		o.AnswerLimit = 64 << 10
	}
	return &Client{
		options: o,
		proxied: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:        o.TLS,
			TLSHandshakeTimeout:    dialTimeout,
			MaxIdleConns:           o.Connections,
			MaxIdleConnsPerHost:    o.Connections,
			MaxConnsPerHost:        o.Connections,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: headerLimit,
			DisableCompression:     true, // answers are short
		},
	}
}

// Do makes a call and reads the answer. Its error is a *LostError.
func (c *Client) Do(ctx context.Context, req *http.Request) (Answer, error) {
	if end, ok := ctx.Deadline(); !ok || time.Until(end) > c.options.Timeout { // another timer would cost and not be waited for
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.options.Timeout)
		defer cancel()
	}
	p, err := c.way(req.URL)
	if err != nil {
		return Answer{}, &LostError{cause: bare(err)}
	}
	if p == nil {
		return c.viaProxy(ctx, req)
	}
	k, err := p.get(ctx)
	if err != nil {
		return Answer{}, &LostError{cause: bare(err)}
	}
	// From here on bytes may be on their way; a connection that fails before has carried none.
	answer, again, err := k.call(ctx, req, c.options.AnswerLimit)
	p.put(k, again)
	if err != nil {
		return Answer{}, &LostError{Left: true, cause: bare(err)}
	}
	return answer, nil
}

// viaProxy is Do where the environment names a proxy.
func (c *Client) viaProxy(ctx context.Context, req *http.Request) (Answer, error) {
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	req = req.WithContext(ctx)
	if req.Method == http.MethodGet && (req.Body == nil || req.Body == http.NoBody) {
		// net/http makes a GET again by itself when a kept connection breaks, and the message would go out twice. A request
		// with a body of its own, even an empty one, is made once.
		req.Body, req.GetBody = io.NopCloser(strings.NewReader("")), nil
	}
	resp, err := c.proxied.RoundTrip(req)
	if err != nil {
		return Answer{}, &LostError{Left: connected.Load(), cause: bare(err)}
	}
	defer resp.Body.Close()
	body, err := read(resp, c.options.AnswerLimit)
	if err != nil {
		return Answer{}, &LostError{Left: true, cause: bare(err)}
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// Close drops idle connections.
func (c *Client) Close() {
	c.proxied.CloseIdleConnections()
	c.pools.Range(func(_, p any) bool {
		if p := p.(*pool); p != nil {
			p.close()
		}
		return true
	})
}

func (e *LostError) Error() string {
	if e.Left {
		return fmt.Sprintf("no answer: %v", e.cause)
	}
	return fmt.Sprintf("not reached: %v", e.cause)
}

// Unwrap gives the cause.
func (e *LostError) Unwrap() error { return e.cause }

// bare takes the URL out of an error.
func bare(err error) error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		return withURL.Err
	}
	return err
}
