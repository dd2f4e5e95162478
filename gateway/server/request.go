package server

import (
	"bytes"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"baro/gateway/channel"
)

// copyRequest copies what adapters may see. The body is the one that came over the wire: fiber's own Body undoes
// compression without any limit, and signatures cover the bytes as sent.
func (s *Server) copyRequest(c *fiber.Ctx) *channel.Request {
	return &channel.Request{
		Method:     strings.Clone(c.Method()),
		URI:        string(c.Request().RequestURI()),
		Path:       strings.Clone(c.Path()),
		Query:      query(c),
		Header:     copyHeader(c),
		Body:       bytes.Clone(c.Request().Body()),
		RemoteAddr: s.remote(c),
	}
}

// query reads the query string; what of it cannot be read is left out.
func query(c *fiber.Ctx) url.Values {
	raw := c.Request().URI().QueryString()
	if len(raw) == 0 {
		return url.Values{}
	}
	values, _ := url.ParseQuery(string(raw))
	return values
}

// copyHeader copies all headers into one string and finds them in it.
func copyHeader(c *fiber.Ctx) func(name string) string {
	type span struct{ name, value, end int }
	var buf []byte
	spans := make([]span, 0, 16)
	c.Request().Header.VisitAll(func(name, value []byte) {
		at := len(buf)
		buf = append(append(buf, name...), value...)
		spans = append(spans, span{at, at + len(name), len(buf)})
	})
	all := string(buf)
	return func(name string) string {
		name = http.CanonicalHeaderKey(name)
		for _, sp := range spans {
			if all[sp.name:sp.value] == name {
				return all[sp.value:sp.end]
			}
		}
		return ""
	}
}

// remote is the address of the peer, or behind trusted proxies the last address in X-Forwarded-For that is none of
// theirs: what stands before it was written by whoever sent the request.
func (s *Server) remote(c *fiber.Ctx) netip.Addr {
	tcp, ok := c.Context().RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	addr := tcp.AddrPort().Addr().Unmap()
	if len(s.TrustedProxies) == 0 || !contains(s.TrustedProxies, addr) {
		return addr
	}
	var hops []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(line), ",")...)
	}
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if addr = next.Unmap(); !contains(s.TrustedProxies, addr) {
			break
		}
	}
	return addr
}

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}
