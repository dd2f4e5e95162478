// Package trail shows who did what and when: the append-only trail, by filters, and as a file.
package trail

import (
	"embed"
	"time"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

//go:embed pages texts
var files embed.FS

type room struct {
	audit    store.AuditReader
	accounts store.AccountReader
	zone     *time.Location
}

// Room is the trail of a commune for those who may read it there, and the whole of it for the platform's administrators.
func Room(audit store.AuditReader, accounts store.AccountReader, zone *time.Location) console.Room {
	t := room{audit, accounts, zone}
	return console.Room{
		Name: "trail", Files: files,
		Routes: []console.Route{
			{Method: "GET", Path: "/console/c/{commune}/audit", Where: console.InCommune, Needs: access.ReadAudit, Do: t.list},
			{Method: "GET", Path: "/console/c/{commune}/audit.csv", Where: console.InCommune, Needs: access.ReadAudit, Do: t.export},
			{Method: "GET", Path: "/console/audit", Where: console.Platform, Needs: access.ReadAudit, Do: t.list},
			{Method: "GET", Path: "/console/audit.csv", Where: console.Platform, Needs: access.ReadAudit, Do: t.export},
		},
		Links: []console.Link{
			{Text: "trail.nav.commune", Path: "/console/c/{commune}/audit", Where: console.InCommune, Needs: access.ReadAudit},
			{Text: "trail.nav.platform", Path: "/console/audit", Where: console.Platform, Needs: access.ReadAudit},
		},
	}
}
