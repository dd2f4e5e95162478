package main

import (
	"context"
	"fmt"

	"baro/config"
	"baro/store/sqldb"
)

type migrateCommand struct{}

// Run brings the tables to this version and tells what was done.
func (m *migrateCommand) Run(ctx context.Context, p Process, c *commands) error {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	if err := ensureFolder(string(conf.Database)); err != nil {
		return err
	}
	db, err := sqldb.Open(ctx, string(conf.Database), sqldb.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	applied, err := db.Migrate(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s database is up to date, %d migrations were applied\n", db.Dialect(), applied)
	return err
}
