package main

import (
	"context"

	"baro/config"
	"baro/store/sqldb"
)

type configCommand struct {
	Print configPrintCommand `cmd:"" help:"Print every setting that holds, with where it comes from; secrets are left out."`
}

type configPrintCommand struct{}

// Run prints the configuration as a command would understand it.
func (configPrintCommand) Run(p Process, c *commands) error {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	return conf.Print(p.Stdout)
}

// openDatabase opens the configured database for a command, at this version's tables.
func openDatabase(ctx context.Context, p Process, c *commands) (*sqldb.DB, error) {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return nil, err
	}
	if err := ensureFolder(string(conf.Database)); err != nil {
		return nil, err
	}
	db, err := sqldb.Open(ctx, string(conf.Database), sqldb.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}
