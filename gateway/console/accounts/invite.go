package accounts

import (
	"context"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/gateway/identity"
	"baro/store"
)

// invite makes a link to be handed over, shown once; or sends a code to the number that was typed, which is not kept.
func (c room) invite(ctx context.Context, r *console.Request) (console.Answer, error) {
	a, err := c.account(ctx, r)
	if err != nil {
		return console.Answer{}, err
	}
	page, err := c.showPage(ctx, r, a, &console.Form{Values: standing(a, r.Commune.ID)})
	if err != nil {
		return console.Answer{}, err
	}
	f := r.Sent()
	page.Invite = f
	if f.Get("phone") == "" {
		token, err := c.access.Invite(ctx, r.Who, a.ID, r.Act(""))
		page.Link = c.link + token
		return console.Show("accounts/show", page), err
	}
	to, err := identity.Parse(f.Get("phone"))
	if err != nil {
		f.Fail("phone", "accounts.bad_phone")
		return console.Again("accounts/show", page), nil
	}
	err = c.access.InviteBySMS(ctx, r.Who, a.ID, to, r.Act("SMS"))
	if store.CodeOf(err) == store.CodeUnavailable {
		f.Fail("phone", "accounts.no_sms")
		return console.Again("accounts/show", page), nil
	}
	return console.Go(page.Self).Say("accounts.sent"), err
}

// dropFactor helps somebody who lost their phone.
func (c room) dropFactor(ctx context.Context, r *console.Request) (console.Answer, error) {
	return c.act(ctx, r, c.access.DropFactor, "accounts.factor_dropped")
}

func (c room) disable(ctx context.Context, r *console.Request) (console.Answer, error) {
	return c.act(ctx, r, c.access.Disable, "accounts.disabled")
}

func (c room) enable(ctx context.Context, r *console.Request) (console.Answer, error) {
	return c.act(ctx, r, c.access.Enable, "accounts.enabled")
}

// act does one thing with an account.
func (c room) act(ctx context.Context, r *console.Request, do func(context.Context, *access.Principal, int64, store.Act) error, said string) (console.Answer, error) {
	id, err := r.Key("account")
	if err != nil {
		return console.Answer{}, err
	}
	return console.Go(r.Path("/accounts/" + number(id))).Say(said), do(ctx, r.Who, id, r.Act(""))
}
