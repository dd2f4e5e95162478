package accounts

import (
	"context"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

type showPage struct {
	Account       store.Account
	Form, Invite  *console.Form
	Roles, Groups []console.Option
	Self          string // address of this page
	Back          string
	Own, Factor   bool
	Disabled      bool
	Link          string // of an invitation just made, shown once
	Elsewhere     []elsewhere
}

// elsewhere is a role in another commune than the page's.
type elsewhere struct{ Role, Place, Path string }

func (c room) show(ctx context.Context, r *console.Request) (console.Answer, error) {
	a, err := c.account(ctx, r)
	if err != nil {
		return console.Answer{}, err
	}
	f, err := r.Blank(ctx, "", standing(a, r.Commune.ID))
	if err != nil {
		return console.Answer{}, err
	}
	page, err := c.showPage(ctx, r, a, f)
	return console.Show("accounts/show", page), err
}

// account is the one of the path, if it is the reader's to change.
func (c room) account(ctx context.Context, r *console.Request) (store.Account, error) {
	id, err := r.Key("account")
	if err != nil {
		return store.Account{}, err
	}
	return c.access.Managed(ctx, r.Who, id)
}

func (c room) showPage(ctx context.Context, r *console.Request, a store.Account, f *console.Form) (showPage, error) {
	groups, err := c.groupOptions(ctx, r)
	page := showPage{Account: a, Form: f, Invite: &console.Form{}, Roles: roleOptions(r), Groups: groups, Self: r.Path("/accounts/" + number(a.ID)),
		Back: r.Path("/accounts"), Own: a.ID == r.Who.Account.ID, Factor: access.HasFactor(a), Disabled: a.State == store.AccountDisabled}
	for _, g := range a.Grants {
		if g.Commune == r.Commune.ID || err != nil {
			continue
		}
		place := store.Place{}
		if g.Commune != 0 {
			place, err = c.places.Get(ctx, g.Commune)
		}
		page.Elsewhere = append(page.Elsewhere, elsewhere{"frame.role." + g.Role, place.Name, console.InPath(g.Commune, "/accounts/"+number(a.ID))})
	}
	return page, err
}

// describe changes name, language and the roles that the account has here; a change of roles needs a reason.
func (c room) describe(ctx context.Context, r *console.Request) (console.Answer, error) {
	a, err := c.account(ctx, r)
	if err != nil {
		return console.Answer{}, err
	}
	f := r.Sent()
	page, err := c.showPage(ctx, r, a, f)
	if err != nil {
		return console.Answer{}, err
	}
	next := a
	next.Name, next.Locale = f.Text("name", 1, 80), f.Choice("locale", "fr", "en")
	next.Grants = grants(r, f, page.Groups, a.Grants)
	reason := f.Text("reason", 3, 200)
	if !f.OK() {
		return console.Again("accounts/show", page), nil
	}
	err = c.access.Describe(ctx, r.Who, next, r.Act(reason))
	if store.CodeOf(err) == store.CodeInvalid {
		f.Fail("roles", "frame.fault.choice")
		return console.Again("accounts/show", page), nil
	}
	if err != nil {
		return console.Answer{}, err
	}
	return console.Go(page.Self).Say("accounts.saved"), nil
}
