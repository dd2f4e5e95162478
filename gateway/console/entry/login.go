package entry

import (
	"context"
	"net/url"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

type page struct {
	Form *console.Form
	Name string // whom an invitation is for
}

func (e room) login(ctx context.Context, r *console.Request) (console.Answer, error) {
	if r.Who != nil {
		return console.Go("/console"), nil
	}
	f, err := r.Blank(ctx, "", url.Values{"next": {r.Next(r.Query.Get("next"))}})
	return console.Show("entry/login", page{Form: f}), err
}

func (e room) signIn(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	next := r.Next(f.Get("next"))
	f.Values.Set("next", next)
	signed, err := e.access.SignIn(ctx, access.Attempt{
		Login: f.Get("login"), Password: f.Values.Get("password"), Address: r.Remote, Agent: r.Agent, RequestID: r.ID,
	})
	if err := refused(f, err, "entry.login.wrong"); err != nil {
		return console.Answer{}, err
	}
	if !f.OK() {
		return console.Again("entry/login", page{Form: f}), nil
	}
	return e.enter(ctx, r, signed, next)
}

// enter ends the session the browser came with, if any, and goes on in the new one.
func (e room) enter(ctx context.Context, r *console.Request, s access.Signed, next string) (console.Answer, error) {
	if r.Who != nil && r.Who.Session.Stage != store.StageCode {
		if err := e.access.SignOut(ctx, r.Who); err != nil {
			return console.Answer{}, err
		}
	}
	if s.Stage == store.StageCode {
		next = "/console/login/code?" + url.Values{"next": {next}}.Encode()
	}
	return console.Go(next).SignIn(s), nil
}

func (e room) signOut(ctx context.Context, r *console.Request) (console.Answer, error) {
	if r.Who != nil {
		if err := e.access.SignOut(ctx, r.Who); err != nil {
			return console.Answer{}, err
		}
	}
	return console.Go("/console/login").SignOut().Say("entry.logout.done"), nil
}
