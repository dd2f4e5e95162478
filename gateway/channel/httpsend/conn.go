package httpsend

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// headerLimit bounds the header of an answer in bytes.
const headerLimit = 32 << 10

// conn is one connection, used by one call at a time.
type conn struct {
	net.Conn
	raw  net.Conn // beneath TLS
	in   *bufio.Reader
	out  *bufio.Writer
	left int64 // bytes that may still be read for this answer
	used time.Time
}

func newConn(c, raw net.Conn) *conn {
	k := &conn{Conn: c, raw: raw}
	k.in, k.out = bufio.NewReader(k), bufio.NewWriter(c)
	return k
}

// Read reads what an answer may still hold.
func (c *conn) Read(b []byte) (int, error) {
	if c.left <= 0 {
		return 0, errOversize
	}
	n, err := c.Conn.Read(b[:min(int64(len(b)), c.left)])
	c.left -= int64(n)
	return n, err
}

// quiet reports whether a connection that nobody used stands and nothing has come over it: what comes unasked is the
// end of the connection, or an answer to nothing.
func (c *conn) quiet() bool {
	if c.in.Buffered() > 0 {
		return false
	}
	s, ok := c.raw.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	return nothingToRead(raw)
}

// call sends a request and reads the answer. again: the connection may be used for another. Whatever ctx ends, the
// connection's deadline ends as well.
func (c *conn) call(ctx context.Context, req *http.Request, limit int64) (a Answer, again bool, err error) {
	end, _ := ctx.Deadline()
	if err := c.SetDeadline(end); err != nil {
		return Answer{}, false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Unix(1, 0)) })
	a, again, err = c.exchange(req, limit)
	if !stop() { // it has been run or will be: the deadline is no longer ours to set
		again = false
	}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return a, again, err
}

func (c *conn) exchange(req *http.Request, limit int64) (Answer, bool, error) {
	if err := req.Write(c.out); err != nil {
		return Answer{}, false, err
	}
	if err := c.out.Flush(); err != nil {
		return Answer{}, false, err
	}
	c.left = headerLimit
	resp, err := http.ReadResponse(c.in, req)
	for err == nil && resp.StatusCode >= 100 && resp.StatusCode < 200 && resp.StatusCode != http.StatusSwitchingProtocols {
		resp, err = http.ReadResponse(c.in, req) // RFC 9110 §15.2: others than the last say nothing
	}
	if err != nil {
		return Answer{}, false, err
	}
	c.left = 2*limit + headerLimit // the chunks' own lines and a trailer come on top
	body, err := read(resp, limit)
	if err != nil {
		return Answer{}, false, err
	}
	again := !resp.Close && !req.Close && resp.ProtoAtLeast(1, 1) && resp.StatusCode != http.StatusSwitchingProtocols && c.in.Buffered() == 0
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, again, nil
}

// read takes in an answer to its end.
func read(resp *http.Response, limit int64) ([]byte, error) {
	if n := resp.ContentLength; n >= 0 && n <= limit { // its length is known: read at once into what fits
		body := make([]byte, n)
		_, err := io.ReadFull(resp.Body, body)
		return body, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = errOversize
	}
	return body, err
}
