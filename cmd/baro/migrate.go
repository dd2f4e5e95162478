package main

import (
	"context"
	"fmt"
)

type migrateCommand struct{}

// Run brings the tables to this version and tells what was done.
func (m *migrateCommand) Run(ctx context.Context, p Process, c *commands) error {
	conf, err := loadConfig(p, c, true)
	if err != nil {
		return err
	}
	db, err := openUnmigrated(ctx, conf)
	if err != nil {
		return err
	}
	defer db.Close()
	version, err := db.Migrate(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s database at version %v\n", db.Dialect(), version)
	return err
}
