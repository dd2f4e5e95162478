// Package me is what people see to themselves: name and language, password, second factor, the browsers they are signed in
// with, and tokens for programs.
package me

import (
	"context"
	"embed"
	"errors"
	"net/url"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

//go:embed pages texts
var files embed.FS

// Places tells communes by name.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

type room struct {
	access *access.Service
	places Places
}

// Room is everybody's own.
func Room(a *access.Service, places Places) console.Room {
	m := room{a, places}
	return console.Room{Name: "me", Files: files, Routes: []console.Route{
		{Method: "GET", Path: "/console/me", Where: console.SignedIn, Do: m.show},
		{Method: "POST", Path: "/console/me", Where: console.SignedIn, Do: m.change},
		{Method: "GET", Path: "/console/me/password", Where: console.MustChange, Do: m.password},
		{Method: "POST", Path: "/console/me/password", Where: console.MustChange, Do: m.changePassword},
		{Method: "GET", Path: "/console/me/factor", Where: console.SignedIn, Do: m.factor},
		{Method: "POST", Path: "/console/me/factor", Where: console.SignedIn, Do: m.setFactor},
		{Method: "POST", Path: "/console/me/factor/remove", Where: console.SignedIn, Do: m.removeFactor},
		{Method: "GET", Path: "/console/me/sessions", Where: console.SignedIn, Do: m.sessions},
		{Method: "POST", Path: "/console/me/sessions/{session}/end", Where: console.SignedIn, Do: m.endSession},
		{Method: "GET", Path: "/console/me/tokens", Where: console.SignedIn, Do: m.tokens},
		{Method: "POST", Path: "/console/me/tokens", Where: console.SignedIn, Do: m.newToken},
		{Method: "POST", Path: "/console/me/tokens/{token}/revoke", Where: console.SignedIn, Do: m.revokeToken},
	}}
}

type overview struct {
	Form      *console.Form
	Login     string
	HasFactor bool
	Codes     int // recovery codes that are left
}

func (m room) show(ctx context.Context, r *console.Request) (console.Answer, error) {
	a := r.Who.Account
	f, err := r.Blank(ctx, "", url.Values{"name": {a.Name}, "locale": {a.Locale}})
	if err != nil {
		return console.Answer{}, err
	}
	page, err := m.overview(ctx, r, f)
	return console.Show("me/overview", page), err
}

func (m room) overview(ctx context.Context, r *console.Request, f *console.Form) (overview, error) {
	page := overview{Form: f, Login: r.Who.Account.Login, HasFactor: access.HasFactor(r.Who.Account)}
	var err error
	if page.HasFactor {
		page.Codes, err = m.access.RecoveryLeft(ctx, r.Who)
	}
	return page, err
}

func (m room) change(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	name, locale := f.Text("name", 1, 80), f.Choice("locale", "fr", "en")
	if !f.OK() {
		page, err := m.overview(ctx, r, f)
		return console.Again("me/overview", page), err
	}
	if err := m.access.SetOwn(ctx, r.Who, name, locale, r.Act("")); err != nil {
		return console.Answer{}, err
	}
	return console.Go("/console/me").Say("me.saved"), nil
}

// refused notes in a form what a person can mend; any other error is given back.
func refused(f *console.Form, err error, field, wrong string) error {
	var slow access.Throttled
	var weak access.WeakPassword
	switch {
	case errors.Is(err, access.ErrWrong):
		f.Fail(field, wrong)
	case errors.As(err, &weak):
		f.Fail("new_password", "me.weak."+weak.Reason, "least", access.MinPassword, "most", access.MaxPassword)
	case errors.As(err, &slow):
		f.Fail("", "me.slow", "minutes", int(slow.RetryAfter.Minutes())+1)
	default:
		return err
	}
	return nil
}
