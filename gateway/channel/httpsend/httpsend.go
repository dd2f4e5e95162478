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
	transport *http.Transport
	timeout   time.Duration
	limit     int64
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
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &Client{
		timeout: o.Timeout,
		limit:   o.AnswerLimit,
		transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            dialer.DialContext,
			TLSClientConfig:        o.TLS,
			TLSHandshakeTimeout:    5 * time.Second,
			MaxIdleConns:           o.Connections,
			MaxIdleConnsPerHost:    o.Connections,
			MaxConnsPerHost:        o.Connections,
			IdleConnTimeout:        20 * time.Second, // below what providers keep: a call on a connection they close is lost
			MaxResponseHeaderBytes: 32 << 10,
			DisableCompression:     true, // answers are short
		},
	}
}

// Do makes a call and reads the answer. Its error is a *LostError.
func (c *Client) Do(ctx context.Context, req *http.Request) (Answer, error) {
	if end, ok := ctx.Deadline(); !ok || time.Until(end) > c.timeout { // another timer would cost and not be waited for
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// From here on bytes may be on their way; a connection that fails before has carried none.
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	resp, err := c.transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return Answer{}, &LostError{Left: connected.Load(), cause: bare(err)}
	}
	defer resp.Body.Close()
	body, err := c.read(resp)
	if err != nil {
		return Answer{}, &LostError{Left: true, cause: bare(err)}
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// read takes in an answer to its end.
func (c *Client) read(resp *http.Response) ([]byte, error) {
	if n := resp.ContentLength; n >= 0 && n <= c.limit { // its length is known: read at once into what fits
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.limit+1))
	if err == nil && int64(len(body)) > c.limit {
		err = errOversize
	}
	return body, err
}

// Close drops idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

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
