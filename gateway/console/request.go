package console

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"baro/gateway/access"
	"baro/store"
)

// Request is what a handler gets: who asks, for which commune, and what was typed.
type Request struct {
	ID      string            // tells this request from all others, also in the trail
	Who     *access.Principal // nil when nobody is signed in
	Commune store.Place       // of a route in a commune
	Locale  string            // fr or en
	Query   url.Values
	Form    url.Values // what was sent, without the frame's own fields
	Remote  netip.Addr
	Agent   string // browser and system, "Firefox, Linux"

	c      *Console
	in     *Incoming
	route  *Route
	params map[string]string
	files  map[string]Upload
	draft  string // name of the form that was sent, as its drafts go by
	drop   bool   // the draft is to be forgotten, nothing else
	proof  string // that the form is one of ours
	token  string // of the cookie: a session's or a visitor's
	fresh  bool   // the token was drawn for this request
	said   *said  // what the page before left to say
}

// Upload is a file that was sent with a form.
type Upload struct {
	Name    string // as its owner calls it; not to be used as a path
	Content []byte
}

// File gives an uploaded file; false when none was chosen.
func (r *Request) File(name string) (Upload, bool) {
	f, ok := r.files[name]
	return f, ok
}

// Param is a named segment of the path.
func (r *Request) Param(name string) string { return r.params[name] }

// Key is a named segment that is the number of a record; CodeNotFound for anything else.
func (r *Request) Key(name string) (int64, error) {
	n, err := strconv.ParseInt(r.params[name], 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != r.params[name] {
		return 0, store.NewError(store.CodeNotFound, "read path", "no number of a record")
	}
	return n, nil
}

// Path is the address of something beside this page: in its commune, or of the platform.
func (r *Request) Path(rest string) string { return InPath(r.Commune.ID, rest) }

// Act is who changes something and why, for the trail.
func (r *Request) Act(reason string) store.Act {
	return store.Act{Actor: r.Who.Actor(), Reason: strings.TrimSpace(reason), RequestID: r.ID}
}

// T gives a text in the reader's language.
func (r *Request) T(id string, args ...any) string { return r.c.texts.text(r.Locale, id, args...) }

// Next is where a sign-in leads: the page somebody came from when it is one of ours, else home.
func (r *Request) Next(path string) string {
	if r.c.ownPath(path) {
		return path
	}
	return "/console"
}

// pattern is the route for logs, which hold no addresses.
func (r *Request) pattern() string {
	if r.route == nil {
		return "/console/…"
	}
	return r.route.Path
}
