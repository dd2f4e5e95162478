package accounts

import (
	"context"
	"net/url"

	"baro/gateway/console"
	"baro/store"
)

type openPage struct {
	Form           *console.Form
	Roles, Groups  []console.Option
	Action, Cancel string
}

func (c room) openPage(ctx context.Context, r *console.Request, f *console.Form) (openPage, error) {
	groups, err := c.groupOptions(ctx, r)
	return openPage{Form: f, Roles: roleOptions(r), Groups: groups, Action: r.Path("/accounts/new"), Cancel: r.Path("/accounts")}, err
}

func (c room) blank(ctx context.Context, r *console.Request) (console.Answer, error) {
	f, err := r.Blank(ctx, "account:new:"+number(int64(r.Commune.ID)), url.Values{"locale": {"fr"}})
	if err != nil {
		return console.Answer{}, err
	}
	page, err := c.openPage(ctx, r, f)
	return console.Show("accounts/open", page), err
}

// open makes an account and leads to it, where its invitation is made.
func (c room) open(ctx context.Context, r *console.Request) (console.Answer, error) {
	f := r.Sent()
	page, err := c.openPage(ctx, r, f)
	if err != nil {
		return console.Answer{}, err
	}
	a := store.Account{Login: f.Text("login", 2, 80), Name: f.Text("name", 1, 80), Locale: f.Choice("locale", "fr", "en")}
	a.Grants = grants(r, f, page.Groups, nil)
	if len(a.Grants) == 0 {
		f.Fail("roles", "accounts.no_role")
	}
	if !f.OK() {
		return console.Again("accounts/open", page), nil
	}
	a, err = c.access.Open(ctx, r.Who, a, r.Act(""))
	switch store.CodeOf(err) {
	case "":
		return console.Go(r.Path("/accounts/"+number(a.ID))).Say("accounts.opened", "name", a.Name), nil
	case store.CodeConflict:
		f.Fail("login", "accounts.taken")
	case store.CodeInvalid:
		f.Fail("login", "accounts.bad_login")
	default:
		return console.Answer{}, err
	}
	return console.Again("accounts/open", page), nil
}
