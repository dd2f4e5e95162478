// Package accounts is where administrators open, change and close accounts: those of their commune, or of the platform.
package accounts

import (
	"context"
	"embed"
	"strings"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

//go:embed pages texts
var files embed.FS

// Places tells communes by name and by the number that is dialled.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
	ByNumber(ctx context.Context, number string) (store.Place, error)
}

// Organisations lists those of a commune that an officer can act for.
type Organisations interface {
	List(ctx context.Context, commune store.PlaceID, states ...store.OrganisationState) ([]store.Organisation, error)
}

type room struct {
	access *access.Service
	places Places
	groups Organisations
	link   string // what an invitation's token is put behind
}

// Room is the accounts. publicURL begins the links of invitations.
func Room(a *access.Service, places Places, groups Organisations, publicURL string) console.Room {
	c := room{a, places, groups, strings.TrimSuffix(publicURL, "/") + "/console/invitation/"}
	out := console.Room{Name: "accounts", Files: files, Links: []console.Link{
		{Text: "accounts.nav.commune", Path: "/console/c/{commune}/accounts", Where: console.InCommune, Needs: access.ManageAccounts},
		{Text: "accounts.nav.platform", Path: "/console/accounts", Where: console.Platform, Needs: access.ManageAccounts},
	}}
	for _, in := range []struct {
		base  string
		where console.Where
	}{{"/console/c/{commune}/accounts", console.InCommune}, {"/console/accounts", console.Platform}} {
		base, where := in.base, in.where
		out.Routes = append(out.Routes,
			console.Route{Method: "GET", Path: base, Where: where, Needs: access.ManageAccounts, Do: c.list},
			console.Route{Method: "GET", Path: base + "/new", Where: where, Needs: access.ManageAccounts, Do: c.blank},
			console.Route{Method: "POST", Path: base + "/new", Where: where, Needs: access.ManageAccounts, Do: c.open},
			console.Route{Method: "GET", Path: base + "/{account}", Where: where, Needs: access.ManageAccounts, Do: c.show},
			console.Route{Method: "POST", Path: base + "/{account}", Where: where, Needs: access.ManageAccounts, Do: c.describe},
			console.Route{Method: "POST", Path: base + "/{account}/invite", Where: where, Needs: access.ManageAccounts, Do: c.invite},
			console.Route{Method: "POST", Path: base + "/{account}/factor", Where: where, Needs: access.ManageAccounts, Do: c.dropFactor},
			console.Route{Method: "POST", Path: base + "/{account}/disable", Where: where, Needs: access.ManageAccounts, Do: c.disable},
			console.Route{Method: "POST", Path: base + "/{account}/enable", Where: where, Needs: access.ManageAccounts, Do: c.enable},
		)
	}
	return out
}
