package me

import (
	"context"

	"baro/gateway/console"
	"baro/store"
)

type passwordPage struct {
	Form *console.Form
	Must bool // it was given by somebody else
}

func (m room) password(ctx context.Context, r *console.Request) (console.Answer, error) {
	f, err := r.Blank(ctx, "", nil)
	return console.Show("me/password", passwordPage{f, must(r)}), err
}

func (m room) changePassword(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	next := f.Values.Get("new_password")
	if next != f.Values.Get("new_password_again") {
		f.Fail("new_password_again", "me.weak.differs")
		return console.Again("me/password", passwordPage{f, must(r)}), nil
	}
	signed, err := m.access.ChangePassword(ctx, r.Who, f.Values.Get("password"), next, r.Act(""))
	if err := refused(f, err, "password", "me.password.wrong"); err != nil {
		return console.Answer{}, err
	}
	if !f.OK() {
		return console.Again("me/password", passwordPage{f, must(r)}), nil
	}
	return console.Go("/console").SignIn(signed).Say("me.password.done"), nil
}

func must(r *console.Request) bool { return r.Who.Session.Stage == store.StagePassword }
