package console

import (
	"net/netip"
	"net/url"
	"strings"
)

// Incoming is a request as the server hands it over: copied, so that it may be kept.
type Incoming struct {
	Method string
	Host   string
	Path   string
	Query  url.Values
	Header func(name string) string // "" when there is none
	Body   []byte
	Remote netip.Addr
}

// Outgoing is what the server writes.
type Outgoing struct {
	Status  int
	Header  map[string]string
	Cookie  *Cookie // nil: the browser keeps what it has
	Body    []byte
	Pattern string // of the route, for metrics and logs
}

// Cookie is the only one there is: a session's token, or a visitor's, and beside it what the next page says. It lives
// until the browser is closed.
type Cookie struct {
	Name   string
	Value  string
	Secure bool // with the prefix __Host-: no other host or path can plant it
}

// Bounds of a cookie that is ours.
const maxCookie = 2048

// cookieName: browsers hold names with __Host- to https, the whole host and path /.
func (c *Console) cookieName() string {
	if c.encrypt {
		return "__Host-baro"
	}
	return "baro"
}

// cookie reads the request's own cookie; a second one of the same name makes both worthless.
func (c *Console) cookie(in *Incoming) string {
	var value string
	found := 0
	for part := range strings.SplitSeq(in.Header("Cookie"), ";") {
		if name, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok && name == c.cookieName() {
			value, found = v, found+1
		}
	}
	if found != 1 || len(value) > maxCookie {
		return ""
	}
	return value
}

// agent is a browser and a system as their owner recognises them, never the whole line.
func agent(line string) string {
	pick := func(names [][2]string, other string) string {
		for _, n := range names {
			if strings.Contains(line, n[0]) {
				return n[1]
			}
		}
		return other
	}
	browser := pick([][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Opera Mini", "Opera Mini"}, {"Firefox/", "Firefox"}, {"Chrom", "Chrome"}, {"Safari/", "Safari"}}, "?")
	system := pick([][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"Linux", "Linux"}}, "?")
	return browser + ", " + system
}
