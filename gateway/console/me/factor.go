package me

import (
	"context"
	"errors"

	"baro/gateway/access"
	"baro/gateway/console"
)

type factorPage struct {
	Form   *console.Form
	Has    bool // there is one; it can be taken away, or replaced after that
	Offer  access.Enrolment
	QR     drawing
	Codes  []string // shown once
	Left   int
	Remove *console.Form
}

func (m room) factor(ctx context.Context, r *console.Request) (console.Answer, error) {
	f, err := r.Blank(ctx, "", nil)
	if err != nil {
		return console.Answer{}, err
	}
	page := factorPage{Form: f, Remove: f, Has: access.HasFactor(r.Who.Account)}
	if page.Has {
		page.Left, err = m.access.RecoveryLeft(ctx, r.Who)
		return console.Show("me/factor", page), err
	}
	if page.Offer, err = m.access.Enrol(r.Who); err != nil {
		return console.Answer{}, err
	}
	page.QR, err = draw(page.Offer.URI)
	return console.Show("me/factor", page), err
}

func (m room) setFactor(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	offer, err := m.access.Reopen(r.Who, f.Values.Get("ticket"))
	if errors.Is(err, access.ErrExpired) || access.HasFactor(r.Who.Account) {
		return console.Go("/console/me/factor").Say("me.factor.expired"), nil
	}
	if err != nil {
		return console.Answer{}, err
	}
	codes, err := m.access.Confirm(ctx, r.Who, f.Values.Get("ticket"), f.Get("code"), f.Values.Get("password"), r.Act(""))
	if err := refused(f, err, "", "me.factor.wrong"); err != nil {
		return console.Answer{}, err
	}
	if f.OK() {
		return console.Show("me/codes", factorPage{Codes: codes}), nil
	}
	qr, err := draw(offer.URI)
	return console.Again("me/factor", factorPage{Form: f, Remove: f, Offer: offer, QR: qr}), err
}

func (m room) removeFactor(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	err := m.access.RemoveFactor(ctx, r.Who, f.Values.Get("password"), r.Act(""))
	if err := refused(f, err, "password", "me.password.wrong"); err != nil {
		return console.Answer{}, err
	}
	if !f.OK() {
		left, err := m.access.RecoveryLeft(ctx, r.Who)
		return console.Again("me/factor", factorPage{Form: f, Remove: f, Has: true, Left: left}), err
	}
	return console.Go("/console/me").Say("me.factor.removed"), nil
}
