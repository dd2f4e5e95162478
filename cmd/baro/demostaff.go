package main

import (
	"context"
	"fmt"
	"io"

	"baro/gateway/access"
	"baro/store"
)

// demoAccount is one of those who work in the demonstration's town hall, who are as fictional as the town.
type demoAccount struct {
	login, name string
	roles       []access.Role
	platform    bool
	password    string // of this start
}

func demoStaff() []demoAccount {
	return []demoAccount{
		{login: "clerk", name: "Clerk (fictional)", roles: []access.Role{access.Editor}},
		{login: "approver", name: "Approver (fictional)", roles: []access.Role{access.Approver}},
		{login: "officer", name: "Officer (fictional)", roles: []access.Role{access.Officer}},
		{login: "moderator", name: "Moderator (fictional)", roles: []access.Role{access.Moderator}},
		{login: "observer", name: "Observer (fictional)", roles: []access.Role{access.Observer}, platform: true},
		{login: "admin", name: "Administrator (fictional)", roles: []access.Role{access.Administrator}, platform: true},
	}
}

// seedStaff gives the demonstration's accounts new passwords at each start, so that none is worth keeping.
func (n *node) seedStaff(ctx context.Context) ([]demoAccount, error) {
	ch, _ := n.set.ussd()
	commune, err := n.subjects.bound(ctx, ch.Commune)
	if err != nil {
		return nil, err
	}
	groups, err := n.db.Organisations().List(ctx, commune, store.OrganisationActive)
	if err != nil {
		return nil, err
	}
	var group int64
	for _, o := range groups {
		if o.Kind == store.OrganisationWomen {
			group = o.ID
		}
	}
	staff, act := demoStaff(), store.Act{Actor: "command", Reason: "demonstration"}
	for i, d := range staff {
		if staff[i].password, err = n.access.NewPassword(); err != nil {
			return nil, err
		}
		err := n.access.Reset(ctx, d.login, staff[i].password, false, act)
		if store.CodeOf(err) == store.CodeNotFound {
			_, err = n.access.Add(ctx, store.Account{Login: d.login, Name: d.name, Locale: "fr", Grants: d.grants(commune, group)}, staff[i].password, act)
		}
		if err != nil {
			return nil, err
		}
	}
	return staff, nil
}

func (d demoAccount) grants(commune store.PlaceID, group int64) (out []store.Grant) {
	if d.platform {
		commune = 0
	}
	for _, r := range d.roles {
		if commune != 0 || r.Platform() {
			g := store.Grant{Role: string(r), Commune: commune}
			if r == access.Officer {
				g.Organisation = group
			}
			out = append(out, g)
		}
	}
	return out
}

func greetStaff(w io.Writer, address string, staff []demoAccount) {
	fmt.Fprintf(w, "\n  Console                %s/console\n", address)
	for _, d := range staff {
		fmt.Fprintf(w, "    %-20s %s\n", d.login, d.password)
	}
	fmt.Fprintln(w)
}
