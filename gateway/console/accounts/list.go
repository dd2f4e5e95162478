package accounts

import (
	"context"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

type row struct {
	store.Account
	Roles  []string // ids of texts
	Path   string
	Factor bool
}

type listPage struct {
	Rows     []row
	New      string
	Platform bool
	Form     *console.Form
}

func (c room) list(ctx context.Context, r *console.Request) (console.Answer, error) {
	page := listPage{New: r.Path("/accounts/new"), Platform: r.Commune.ID == 0, Form: &console.Form{Values: r.Query}}
	if number := page.Form.Get("number"); page.Platform && number != "" {
		p, err := c.places.ByNumber(ctx, number)
		switch {
		case err == nil:
			return console.Go(console.InPath(p.ID, "/accounts")), nil
		case store.CodeOf(err) != store.CodeNotFound:
			return console.Answer{}, err
		}
		page.Form.Fail("number", "accounts.no_commune")
	}
	all, err := c.access.AccountsOf(ctx, r.Who, r.Commune.ID)
	if err != nil {
		return console.Answer{}, err
	}
	for _, a := range all {
		page.Rows = append(page.Rows, row{a, roleTexts(a, r.Commune.ID), r.Path("/accounts/" + number(a.ID)), access.HasFactor(a)})
	}
	return console.Show("accounts/list", page), nil
}

// roleTexts names the roles of an account in one commune; for the platform those of everywhere, each once.
func roleTexts(a store.Account, commune store.PlaceID) (ids []string) {
	for _, role := range access.Roles() {
		for _, g := range a.Grants {
			if g.Role == string(role) && (commune == 0 || g.Commune == commune) {
				ids = append(ids, "frame.role."+g.Role)
				break
			}
		}
	}
	return ids
}
