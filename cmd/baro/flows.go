package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"baro/config"
	"baro/flows/library"
	"baro/gateway/publish"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
	"baro/store/sqldb"
)

type flowsCommand struct {
	List     flowsListCommand     `cmd:"" help:"Stored sets of flows and texts, newest first."`
	Publish  flowsPublishCommand  `cmd:"" help:"Check a set of flows and texts, store it and let running nodes go over to it."`
	Rollback flowsRollbackCommand `cmd:"" help:"Let running nodes go back to an earlier set."`
}

type flowsListCommand struct{}

// Run lists.
func (flowsListCommand) Run(ctx context.Context, p Process, c *commands) error {
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := db.Rollouts().List(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		fmt.Fprintf(p.Stdout, "%s  %s  %6d bytes%s\n", hex.EncodeToString(r.Hash[:6]), r.Created.UTC().Format(time.DateTime), r.Size, marks(r))
	}
	return nil
}

func marks(r store.ReleaseInfo) (out string) {
	for _, m := range []struct {
		on   bool
		word string
	}{{r.Active, "active"}, {r.Proposed, "proposed"}, {r.Previous, "previous"}} {
		if m.on {
			out += "  " + m.word
		}
	}
	return out
}

type flowsPublishCommand struct {
	Flows string `help:"Folder of flows and manifest; those that ship when absent." type:"existingdir"`
	Texts string `help:"Folder of message files; those that ship when absent." type:"existingdir"`
}

// Run checks, stores and proposes. Nodes load it within seconds; it becomes active when every live node has.
func (f *flowsPublishCommand) Run(ctx context.Context, p Process, c *commands) error {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	b, err := publish.Pack(publish.Published, folder(f.Flows, library.Files()), folder(f.Texts, locales.Messages()), locales.Review())
	if err != nil {
		return err
	}
	set := resolve(conf, nil, time.Now)
	result, err := compileBundle(b, set.texts(), set.profiles())
	if err != nil {
		return err
	}
	if result.Problems.Errors() > 0 {
		printCheck(p.Stdout, result)
		return errFound
	}
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	err = db.Releases().Put(ctx, store.Release{Hash: b.Hash, Kind: store.ReleaseFlows, Data: b.Data, Created: time.Now()})
	if err != nil {
		return err
	}
	return propose(ctx, p, db, b.Hash, "publish")
}

type flowsRollbackCommand struct {
	Release string `arg:"" optional:"" help:"Beginning of the release's name; the previous one when absent."`
}

// Run proposes an earlier set.
func (f *flowsRollbackCommand) Run(ctx context.Context, p Process, c *commands) error {
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	list, err := db.Rollouts().List(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		if f.Release == "" && r.Previous || f.Release != "" && strings.HasPrefix(hex.EncodeToString(r.Hash[:]), strings.ToLower(f.Release)) {
			return propose(ctx, p, db, r.Hash, "rollback")
		}
	}
	return fmt.Errorf("there is no such release; baro flows list shows them")
}

func propose(ctx context.Context, p Process, db *sqldb.DB, hash [32]byte, reason string) error {
	err := db.Rollouts().Propose(ctx, hash, time.Now(), store.Act{Actor: "command line", Reason: reason})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%x proposed: active once every running node has loaded it.\n", hash[:6])
	return err
}

func folder(path string, otherwise fs.FS) fs.FS {
	if path == "" {
		return otherwise
	}
	return os.DirFS(path)
}

// shippedBundle is the set this program came with.
func shippedBundle() (publish.Bundle, error) {
	return publish.Pack(publish.Shipped, library.Files(), locales.Messages(), locales.Review())
}

// compileBundle proves a bundle against languages and profiles.
func compileBundle(b publish.Bundle, opts locales.Options, profiles []charset.Profile) (checked, error) {
	review, err := b.Review()
	if err != nil {
		return checked{}, err
	}
	return compileAll(b.Flows(), b.Messages(), review, opts, profiles), nil
}
