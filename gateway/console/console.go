// Package console is the web pages of those who work with baro. The frame is here: it recognises people, checks what every
// request must pass, finds the route, and draws what a room answered. Rooms are folders below; each brings its routes, its
// pages and its texts, and none sees HTTP, a cookie or another room. docs/console.md tells how to add one.
package console

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"baro/gateway/access"
	"baro/store"
)

//go:embed frame
var frameFiles embed.FS

// Places tells which commune a path means.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

// Deps are what the frame works with.
type Deps struct {
	Access    *access.Service
	Places    Places
	PublicURL string         // origin that people reach
	Zone      *time.Location // of the times people read
	Now       func() time.Time
	Log       *slog.Logger
}

// Console answers requests below /console.
type Console struct {
	Deps
	origin  *url.URL
	routes  []Route
	rooms   []Room
	texts   texts
	pages   pages
	encrypt bool // people come by https
}

// Room is one part of the console.
type Room struct {
	Name    string  // of its folder; its texts and pages begin with it
	Routes  []Route // what is served, with the permission beside each
	Links   []Link  // into the navigation
	Files   fs.FS   // pages/*.html, texts/fr.yaml, texts/en.yaml
	Waiting Waiter  // what waits for somebody here; nil: nothing ever does
}

// New puts the rooms into the frame. It fails on what would otherwise show only when somebody comes to the page: a text
// that is missing in a language, a page that calls for what is not there, two routes on one path, a route that nobody may
// use.
func New(d Deps, rooms ...Room) (*Console, error) {
	if d.Access == nil || d.Places == nil || d.Zone == nil || d.Now == nil || d.Log == nil {
		return nil, errors.New("new console: every part is needed")
	}
	origin, err := url.Parse(d.PublicURL)
	if err != nil || origin.Host == "" {
		return nil, errors.New("new console: the public URL is no origin")
	}
	c := &Console{Deps: d, origin: origin, encrypt: origin.Scheme == "https"}
	files, err := fs.Sub(frameFiles, "frame")
	if err != nil {
		return nil, fmt.Errorf("new console: %w", err)
	}
	c.rooms = append([]Room{{Name: "frame", Routes: c.ownRoutes(), Files: files}}, rooms...)
	if c.texts, err = loadTexts(c.rooms); err != nil {
		return nil, fmt.Errorf("new console: %w", err)
	}
	if c.pages, err = c.parsePages(files); err != nil {
		return nil, fmt.Errorf("new console: %w", err)
	}
	for _, room := range c.rooms {
		for _, r := range room.Routes {
			if err := c.add(r); err != nil {
				return nil, fmt.Errorf("new console: room %s: %w", room.Name, err)
			}
		}
		if err := c.checkLinks(room); err != nil {
			return nil, fmt.Errorf("new console: room %s: %w", room.Name, err)
		}
	}
	return c, nil
}

// ownRoutes are the frame's.
func (c *Console) ownRoutes() []Route {
	return []Route{
		{Method: "GET", Path: "/console", Where: SignedIn, Do: c.home},
		{Method: "POST", Path: "/console/drafts", Where: SignedIn, Do: c.saveDraft},
	}
}

// Routes lists everything that is served, in the order of the rooms.
func (c *Console) Routes() []Route { return c.routes }

// Style is the style sheet of the console; the one that all pages share comes first.
func Style() ([]byte, error) { return frameFiles.ReadFile("frame/console.css") }

// Script is the little that pages do by themselves. Everything works without it.
func Script() ([]byte, error) { return frameFiles.ReadFile("frame/console.js") }

// Serve answers one request. It always has an answer.
func (c *Console) Serve(ctx context.Context, in *Incoming) *Outgoing {
	r := &Request{ID: strings.ToLower(rand.Text()[:12]), in: in, c: c, Query: in.Query, Remote: in.Remote, Agent: agent(in.Header("User-Agent"))}
	r.Locale = c.guessLocale(in)
	answer, err := c.dispatch(ctx, r)
	if err != nil {
		answer = c.failed(r, err)
	}
	out, err := c.write(ctx, r, answer)
	if err != nil {
		c.Log.Error("console", "request", r.ID, "route", r.pattern(), "error", err)
		out = &Outgoing{Status: 500, Header: map[string]string{"Content-Type": "text/plain; charset=utf-8"}, Body: []byte("Internal Server Error\n")}
	}
	out.Pattern = r.pattern()
	return out
}

// dispatch lets a request through to its handler: the host is ours, the sender known as far as the route asks, and what
// changes something was meant to.
func (c *Console) dispatch(ctx context.Context, r *Request) (Answer, error) {
	if !c.ownHost(r.in.Host) {
		return Answer{}, errHost
	}
	if err := c.recognise(ctx, r); err != nil {
		return Answer{}, err
	}
	route, params, ok := c.find(r.in.Method, r.in.Path)
	if !ok {
		return Answer{}, c.noRoute(r.in.Path)
	}
	r.route, r.params = &route, params
	if r.in.Method == "POST" {
		if err := c.readForm(r); err != nil {
			return Answer{}, err
		}
	}
	if answer, err := c.admit(ctx, r); err != nil || answer != nil {
		return pick(answer), err
	}
	if answer, err := c.dropDraft(ctx, r); err != nil || answer != nil {
		return pick(answer), err
	}
	answer, err := route.Do(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	return answer, c.settleDraft(ctx, r, answer)
}

func pick(a *Answer) Answer {
	if a == nil {
		return Answer{}
	}
	return *a
}
