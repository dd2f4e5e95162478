package main

import (
	"baro/store/sqldb"
	"context"
	"errors"
)

type loadedConfig struct{ settings }
type configCommand struct{}
type serveCommand struct{}

func (*configCommand) Run() error { return errors.New("x") }
func (*serveCommand) Run() error  { return errors.New("x") }
func loadConfig(p Process, c *commands, b bool) (settings, error) {
	return demoSettings("data", nil), nil
}
func openDatabase(ctx context.Context, s settings) (*sqldb.DB, error) {
	db, err := sqldb.Open(ctx, s.database, sqldb.Options{})
	if err == nil {
		_, err = db.Migrate(ctx)
	}
	return db, err
}
func openUnmigrated(ctx context.Context, s settings) (*sqldb.DB, error) {
	return sqldb.Open(ctx, s.database, sqldb.Options{})
}
