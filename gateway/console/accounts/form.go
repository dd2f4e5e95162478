package accounts

import (
	"context"
	"net/url"
	"strconv"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

// roleOptions are the roles that can be given here.
func roleOptions(r *console.Request) (out []console.Option) {
	for _, role := range access.Roles() {
		if r.Commune.ID != 0 || role.Platform() {
			out = append(out, console.Option{Value: string(role), Label: r.T("accounts.role." + string(role))})
		}
	}
	return out
}

// groupOptions are the organisations of the commune; none for the platform.
func (c room) groupOptions(ctx context.Context, r *console.Request) ([]console.Option, error) {
	if r.Commune.ID == 0 {
		return nil, nil
	}
	all, err := c.groups.List(ctx, r.Commune.ID, store.OrganisationActive)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	out := []console.Option{{Value: "", Label: r.T("accounts.no_group")}}
	for _, o := range all {
		out = append(out, console.Option{Value: number(o.ID), Label: o.ShortName})
	}
	return out, nil
}

// grants reads the roles of a form. Roles that the account has elsewhere stay.
func grants(r *console.Request, f *console.Form, groups []console.Option, standing []store.Grant) (out []store.Grant) {
	for _, g := range standing {
		if g.Commune != r.Commune.ID {
			out = append(out, g)
		}
	}
	group, _ := strconv.ParseInt(f.Get("group"), 10, 64)
	for _, word := range f.Values["roles"] {
		g := store.Grant{Role: word, Commune: r.Commune.ID}
		if access.Role(word) == access.Officer {
			g.Organisation = group
			if len(groups) > 0 && !offered(groups, f.Get("group")) {
				f.Fail("group", "accounts.which_group")
			}
		}
		out = append(out, g)
	}
	return out
}

func offered(options []console.Option, value string) bool {
	for _, o := range options {
		if o.Value == value && value != "" {
			return true
		}
	}
	return false
}

// standing is a form that shows an account as it is.
func standing(a store.Account, commune store.PlaceID) url.Values {
	v := url.Values{"name": {a.Name}, "locale": {a.Locale}}
	for _, g := range a.Grants {
		if g.Commune == commune {
			v.Add("roles", g.Role)
			if g.Organisation != 0 {
				v.Set("group", number(g.Organisation))
			}
		}
	}
	return v
}

func number(id int64) string { return strconv.FormatInt(id, 10) }
