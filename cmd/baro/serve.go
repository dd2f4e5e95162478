package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baro/config"
	"baro/store/session/redis"
)

type serveCommand struct {
	Listen string `help:"Address to listen on, over the configuration."`
}

// Run serves until it is stopped: first no new requests, then those in work finish, messages go back to the outbox, and
// the stores close.
func (s *serveCommand) Run(ctx context.Context, p Process, c *commands) error {
	flags := map[string]string{}
	if s.Listen != "" {
		flags["listen"] = s.Listen
	}
	conf, err := loadConfig(p, c, config.Serve, flags, nil)
	if err != nil {
		return err
	}
	if err := ensureFolder(string(conf.Database)); err != nil {
		return err
	}
	log := newLog(p.Stderr, conf.Log)
	redis.LogTo(log)
	n, err := openNode(ctx, resolve(conf, rand.Reader, time.Now), log)
	if err != nil {
		return err
	}
	if err := n.wire(ctx); err != nil {
		return errors.Join(err, n.close())
	}
	return n.serve(ctx, log)
}

// serve runs a built node until its context ends.
func (n *node) serve(ctx context.Context, log *slog.Logger) error {
	if err := n.start(ctx); err != nil {
		return errors.Join(err, n.close())
	}
	log.Info("serving", "address", n.server.Addr().String(), "public", n.set.publicURL)
	<-ctx.Done()
	log.Info("stopping")
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	return n.stop(stop)
}

// stopWithin is the time a stopping node gives its last requests.
const stopWithin = 15 * time.Second

// ensureFolder makes the folder of a SQLite database, readable by nobody else.
func ensureFolder(database string) error {
	path, ok := strings.CutPrefix(database, "sqlite:")
	if !ok {
		return nil
	}
	return os.MkdirAll(filepath.Dir(path), 0o700)
}
