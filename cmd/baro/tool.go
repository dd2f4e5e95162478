package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"baro/config"
)

// openTool opens a node that serves nobody, for commands that work with what the gateway works with. The caller closes it.
func openTool(ctx context.Context, conf config.Config) (*node, error) {
	if conf.Key == "" {
		return nil, errors.New("secrets.key_file is not set: numbers and texts of the database do not open without it")
	}
	n, err := openNode(ctx, resolve(conf, rand.Reader, time.Now), slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if err := n.wire(ctx); err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}
