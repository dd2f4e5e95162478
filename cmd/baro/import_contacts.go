package main

import (
	"context"
	"crypto/rand"
	"time"

	"baro/config"
	"baro/gateway/exchange"
	"baro/store/sqldb"
)

// withContacts gives an import what it needs to keep numbers. Without a key file the import says so.
func withContacts(ctx context.Context, p Process, c *commands, db *sqldb.DB, deps *exchange.Deps) error {
	deps.Contacts, deps.Consents, deps.Audit = db.Contacts(), db.Consents(), db.Audit()
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil || conf.Key == "" {
		return err
	}
	ring, err := openKeys(ctx, db.DataKeys(), []byte(conf.Key), rand.Reader, time.Now())
	if err == nil {
		deps.Keys = ring
	}
	return err
}
