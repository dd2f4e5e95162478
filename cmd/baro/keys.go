package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"baro/config"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/sqldb"
)

type keysCommand struct {
	Rotate keysRotateCommand `cmd:"" help:"Make a new data key. Running nodes seal with it within seconds; what older keys sealed still opens."`
	Rewrap keysRewrapCommand `cmd:"" help:"Wrap all data keys under another key file, which nodes then have to be started with."`
}

type keysRotateCommand struct{}

// Run makes a data key.
func (keysRotateCommand) Run(ctx context.Context, p Process, c *commands) error {
	return withKeys(ctx, p, c, func(db *sqldb.DB, ring *identity.Keyring) error {
		former, now := ring.ActiveKey(), time.Now()
		err := ring.Rotate(now, func(next identity.WrappedKey) error {
			return db.Write(ctx, func(ctx context.Context) error {
				if err := db.DataKeys().Rotate(ctx, former, unwrapped([]identity.WrappedKey{next}, now)[0]); err != nil {
					return err
				}
				return auditKeys(ctx, db, "keys.rotate", "key:"+next.ID, now)
			})
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Stdout, "%s seals from now on, %s only opens.\n", ring.ActiveKey(), former)
		return err
	})
}

type keysRewrapCommand struct {
	NewKeyFile string `help:"The key file to come." required:"" type:"existingfile"`
}

// Run changes the master key.
func (r keysRewrapCommand) Run(ctx context.Context, p Process, c *commands) error {
	master, warnings, err := identity.ReadKeyFile(r.NewKeyFile)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		fmt.Fprintln(p.Stderr, "warning:", w)
	}
	return withKeys(ctx, p, c, func(db *sqldb.DB, ring *identity.Keyring) error {
		count := 0
		err := ring.Rewrap(master, func(all []identity.WrappedKey) error {
			count = len(all)
			return db.Write(ctx, func(ctx context.Context) error {
				if err := db.DataKeys().Rewrap(ctx, unwrapped(all, time.Now())); err != nil {
					return err
				}
				return auditKeys(ctx, db, "keys.rewrap", "keys", time.Now())
			})
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Stdout, "%d keys are wrapped under %s. Set secrets.key_file to it; running nodes go on until they are started again.\n", count, r.NewKeyFile)
		return err
	})
}

// withKeys opens the database and its keys with the configured key file.
func withKeys(ctx context.Context, p Process, c *commands, do func(*sqldb.DB, *identity.Keyring) error) error {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	if conf.Key == "" {
		return errors.New("secrets.key_file is not set: without the key file no key opens")
	}
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	ring, err := openKeys(ctx, db.DataKeys(), []byte(conf.Key), rand.Reader, time.Now())
	if err != nil {
		return err
	}
	return do(db, ring)
}

func auditKeys(ctx context.Context, db *sqldb.DB, action, object string, at time.Time) error {
	_, err := db.Audit().Append(ctx, store.AuditRow{At: at, Actor: "command line", Action: action, Object: object})
	return err
}
