package entry

import (
	"context"
	"errors"

	"baro/gateway/access"
	"baro/gateway/console"
)

// byLink shows the account that an invitation is for and asks for a password.
func (e room) byLink(ctx context.Context, r *console.Request) (console.Answer, error) {
	a, err := e.access.Invited(ctx, r.Param("token"))
	if errors.Is(err, access.ErrExpired) {
		return console.Show("entry/expired", nil), nil
	}
	if err != nil {
		return console.Answer{}, err
	}
	f, err := r.Blank(ctx, "", nil)
	f.Values.Set("login", a.Login)
	return console.Show("entry/accept", page{Form: f, Name: a.Name}), err
}

func (e room) acceptLink(ctx context.Context, r *console.Request) (console.Answer, error) {
	a, err := e.access.Invited(ctx, r.Param("token"))
	if errors.Is(err, access.ErrExpired) {
		return console.Show("entry/expired", nil), nil
	}
	if err != nil {
		return console.Answer{}, err
	}
	f := r.Sent()
	f.Values.Set("login", a.Login)
	if twice(f) {
		_, err = e.access.Accept(ctx, r.Param("token"), f.Values.Get("password"), r.ID)
	}
	return accepted(f, err, "entry/accept", a.Name)
}

// byCode asks for the code of an invitation that came by SMS.
func (e room) byCode(ctx context.Context, r *console.Request) (console.Answer, error) {
	f, err := r.Blank(ctx, "", nil)
	return console.Show("entry/accept_code", page{Form: f}), err
}

func (e room) acceptCode(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	var err error
	if twice(f) {
		_, err = e.access.AcceptCode(ctx, f.Get("login"), f.Get("code"), f.Values.Get("password"), r.Remote, r.ID)
	}
	return accepted(f, err, "entry/accept_code", "")
}

// twice tells whether both entries of a new password agree.
func twice(f *console.Form) bool {
	if f.Values.Get("password") != f.Values.Get("password_again") {
		f.Fail("password_again", "entry.weak.differs")
	}
	return f.OK()
}

func accepted(f *console.Form, err error, again, name string) (console.Answer, error) {
	if errors.Is(err, access.ErrExpired) {
		return console.Show("entry/expired", nil), nil
	}
	if err := refused(f, err, "entry.accept.wrong"); err != nil {
		return console.Answer{}, err
	}
	if !f.OK() {
		return console.Again(again, page{Form: f, Name: name}), nil
	}
	return console.Go("/console/login").Say("entry.accept.done"), nil
}
