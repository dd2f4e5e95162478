package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"strconv"

	"baro/gateway/access"
	"baro/store"
)

// Answer is what a handler gives: a page, a file, or another page to go to.
type Answer struct {
	page    string // "room/name"
	data    any
	status  int
	refresh int

	to   string
	said *said
	sign *string // a session's token to keep; "" forgets it

	file, kind string
	body       []byte
}

// Show draws a page of a room.
func Show(page string, data any) Answer { return Answer{page: page, data: data, status: 200} }

// Again draws a form that cannot be taken as it is, with what was typed and what is wrong with it.
func Again(page string, data any) Answer { return Answer{page: page, data: data, status: 422} }

// Go leads to another page of ours, after something was done.
func Go(path string) Answer { return Answer{to: path, status: 303} }

// Download gives a file that is saved, not shown.
func Download(name, contentType string, body []byte) Answer {
	return Answer{file: name, kind: contentType, body: body, status: 200}
}

// Done is an answer to a script: nothing is shown.
func Done() Answer { return Answer{status: 204} }

// Say leaves a text for the next page: what was done.
func (a Answer) Say(id string, args ...any) Answer {
	a.said = &said{ID: id, Args: words(args)}
	return a
}

// Every asks the browser to draw the page again after so many seconds, for work that takes long.
func (a Answer) Every(seconds int) Answer {
	a.refresh = seconds
	return a
}

// SignIn lets the browser keep a session.
func (a Answer) SignIn(s access.Signed) Answer {
	a.sign = &s.Token
	return a
}

// SignOut lets the browser forget it.
func (a Answer) SignOut() Answer {
	none := ""
	a.sign = &none
	return a
}

// write turns an answer into what goes over the wire.
func (c *Console) write(ctx context.Context, r *Request, a Answer) (*Outgoing, error) {
	// Without a referrer browsers hide the origin of a form as well, which meant asks for. It goes to nobody else.
	out := &Outgoing{Status: a.status, Header: map[string]string{"Referrer-Policy": "same-origin"}}
	if err := c.keep(r, a, out); err != nil {
		return nil, err
	}
	switch {
	case a.to != "":
		out.Header["Location"] = a.to
	case a.file != "":
		out.Header["Content-Type"] = a.kind
		out.Header["Content-Disposition"] = mime.FormatMediaType("attachment", map[string]string{"filename": a.file})
		out.Body = a.body
	case a.page != "":
		var b bytes.Buffer
		if err := c.draw(ctx, &b, r, a); err != nil {
			return nil, fmt.Errorf("draw %s: %w", a.page, err)
		}
		out.Header["Content-Type"] = "text/html; charset=utf-8"
		out.Body = b.Bytes()
		if a.refresh > 0 {
			out.Header["Refresh"] = strconv.Itoa(a.refresh)
		}
	}
	return out, nil
}

// keep sets the cookie when it changes: somebody signed in or out, a visitor came, or the next page has something to say.
func (c *Console) keep(r *Request, a Answer, out *Outgoing) error {
	changed := r.fresh
	if a.sign != nil {
		r.token, changed = *a.sign, true
		if r.token == "" {
			token, err := newVisitor()
			if err != nil {
				return err
			}
			r.token = token
		}
	}
	next := a.said
	if next == nil && a.page == "" {
		next = r.said // not shown yet
	}
	if next == r.said && !changed {
		return nil
	}
	value, err := c.pack(r.token, next)
	out.Cookie = &Cookie{Name: c.cookieName(), Value: value, Secure: c.encrypt}
	return err
}

// failed is the page of an error. What is ours to mend is logged, with the number that the page shows.
func (c *Console) failed(r *Request, err error) Answer {
	status, id := 500, "frame.error.internal"
	var slow access.Throttled
	switch code := store.CodeOf(err); {
	case errors.Is(err, errHost):
		status, id = 421, "frame.error.host"
	case errors.Is(err, errMethod):
		status, id = 405, "frame.error.method"
	case errors.Is(err, errForged):
		status, id = 403, "frame.error.forged"
	case errors.Is(err, errForm):
		status, id = 400, "frame.error.form"
	case errors.As(err, &slow):
		status, id = 429, "frame.error.slow"
	case code == store.CodeNotFound:
		status, id = 404, "frame.error.not_found"
	case code == store.CodeDenied:
		status, id = 403, "frame.error.denied"
	case code == store.CodeConflict:
		status, id = 409, "frame.error.conflict"
	case code == store.CodeInvalid:
		status, id = 422, "frame.error.invalid"
	case code == store.CodeUnavailable:
		status, id = 503, "frame.error.unavailable"
	}
	if status >= 500 {
		c.Log.Error("console", "request", r.ID, "route", r.pattern(), "error", err)
	}
	return Answer{page: "frame/error", status: status, data: struct{ Text, ID string }{id, r.ID}}
}
