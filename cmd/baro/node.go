package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"baro/flows"
	"baro/gateway/access"
	"baro/gateway/campaign"
	"baro/gateway/channel/rapidpro"
	"baro/gateway/channel/simulator"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/smsgate"
	"baro/gateway/channel/watch"
	"baro/gateway/civic"
	"baro/gateway/civic/dial"
	"baro/gateway/civic/letter"
	"baro/gateway/identity"
	"baro/gateway/inbound"
	"baro/gateway/outbox"
	"baro/gateway/publish"
	"baro/gateway/schedule"
	"baro/gateway/server"
	"baro/locales"
	"baro/store/session"
	"baro/store/sqldb"
)

// A node is one running gateway.
type node struct {
	set       settings
	id        string // tells this run of the program from all others
	log       *slog.Logger
	db        *sqldb.DB
	keys      *identity.Keyring
	learner   *learner
	sessions  session.Store
	limiter   session.Limiter
	sweep     func(time.Time) int // of sessions held in this process
	redis     interface{ Ping(context.Context) error }
	subjects  *subjects
	access    *access.Service
	desk      *letter.Desk
	dials     *dial.Book
	releases  *inbound.Releases
	publish   *publish.Service
	ussd      *inbound.USSD
	sms       *inbound.SMS // nil without an SMS channel
	outbox    *outbox.Service
	campaign  *campaign.Service
	announcer *campaign.Announcer
	feeder    *campaign.Feeder // nil without an SMS channel
	binds     []*smpp.Client
	phones    []*smsgate.Server
	apps      []*smsgate.Client
	external  []*rapidpro.SMS
	relays    []*relayed
	watch     *watch.Watch
	probes    map[string]func(context.Context) server.Health // what channels know of their own connections
	inbox     *simulator.Inbox
	bound     []*binding
	server    *server.Server
	scheduler *schedule.Scheduler
	closers   []func() error
}

// openNode builds what everything else stands on: database, keys, sessions, flows and subjects. What was opened is closed
// again when a later part fails.
func openNode(ctx context.Context, set settings, log *slog.Logger) (_ *node, err error) {
	n := &node{set: set, id: rand.Text(), log: log, inbox: simulator.NewInbox(set.now), watch: watch.New(set.now),
		probes: map[string]func(context.Context) server.Health{}}
	defer func() {
		if err != nil {
			_ = n.close()
		}
	}()
	if n.db, err = sqldb.Open(ctx, set.database, sqldb.Options{Now: set.now, Rand: set.random}); err != nil {
		return nil, err
	}
	n.closers = append(n.closers, n.db.Close)
	if _, err := n.db.Migrate(ctx); err != nil {
		return nil, err
	}
	if n.keys, err = openKeys(ctx, n.db.DataKeys(), set.master, set.random, set.now()); err != nil {
		return nil, err
	}
	n.learner = newLearner(n.keys, n.db.DataKeys())
	if err := n.openSessions(); err != nil {
		return nil, err
	}
	if n.access, err = n.openAccess(); err != nil {
		return nil, err
	}
	shipped, program, err := n.shipped()
	if err != nil {
		return nil, err
	}
	n.releases = inbound.NewReleases(program, strictProfile())
	n.desk, n.dials = n.newDesk(), n.newDials()
	if n.subjects, err = newSubjects(n, program); err != nil {
		return nil, err
	}
	if err := n.checkBindings(program); err != nil {
		return nil, err
	}
	n.publish = publish.New(publish.Deps{
		Releases: n.db.Releases(), Rollouts: n.db.Rollouts(), Programs: n.releases, Compile: n.prove,
		Node: n.id, Now: set.now, Log: log,
	})
	return n, n.publish.Start(ctx, shipped, program)
}

// wire builds what depends on places: channels bound to communes, messages, the server and the jobs. The demonstration is
// seeded before it.
func (n *node) wire(ctx context.Context) error {
	if err := n.subjects.place.Reload(ctx); err != nil {
		return err
	}
	if err := n.subjects.question.ReadPrompted(ctx); err != nil {
		return err
	}
	ways, err := n.channels(ctx)
	if err != nil {
		return err
	}
	n.ussd = inbound.NewUSSD(inbound.Deps{
		Releases: n.releases, Sessions: n.sessions, Limiter: n.limiter,
		PerPhone: n.set.limits.ussdPhone, PerChan: n.set.limits.ussdChannel,
		Writer: n.db, Steps: n.db.Steps(), Book: n.subjects.book, Known: n.subjects.profile, Keys: n.keys, LearnKeys: n.learner.learn,
		Channels: ways.ussd, Life: n.set.keep.Dialogue, Now: n.set.now, Rand: n.set.random, Log: n.log,
	})
	if len(ways.sms) > 0 {
		if err := n.messages(ways); err != nil {
			return err
		}
	}
	n.openCampaign()
	options, err := n.serverOptions(ways.hooks)
	if err != nil {
		return err
	}
	if n.server, err = server.New(options); err != nil {
		return err
	}
	n.scheduler, err = schedule.New(schedule.Deps{
		Leases: n.db.Leases(), Runs: n.db.JobRuns(), Holder: n.id, Zone: n.set.zone, Now: n.set.now, Log: n.log,
	}, n.jobs()...)
	return err
}

func (n *node) start(ctx context.Context) error {
	if n.outbox != nil {
		n.outbox.Start()
		n.sms.Start(context.WithoutCancel(ctx))
		n.feeder.Start(context.WithoutCancel(ctx))
	}
	if err := n.server.Start(ctx); err != nil {
		return err
	}
	n.startBinds()
	n.startPhones()
	n.startExternal(context.WithoutCancel(ctx))
	n.scheduler.Start(context.WithoutCancel(ctx))
	return nil
}

// stop ends in order: no new requests, those in work finish, messages in work finish and the others go back, jobs end,
// binds are given up, stores close.
func (n *node) stop(ctx context.Context) error {
	faults := []error{n.server.Stop(ctx), n.drainBinds(ctx)}
	n.scheduler.Stop()
	n.stopRelays()
	n.drainPhones()
	if n.outbox != nil {
		n.feeder.Stop()
		n.sms.Stop()
		faults = append(faults, n.outbox.Stop(ctx))
	}
	faults = append(faults, n.stopBinds(ctx))
	n.stopPhones()
	return errors.Join(append(faults, n.close())...)
}

func (n *node) close() error {
	var faults []error
	for i := len(n.closers) - 1; i >= 0; i-- {
		faults = append(faults, n.closers[i]())
	}
	n.closers = nil
	return errors.Join(faults...)
}

// openKeys loads the data keys, and makes the first ones on a new database. Of two nodes that start together on one
// database both end with the keys of the one that was first.
func openKeys(ctx context.Context, keys dataKeys, master []byte, random io.Reader, now time.Time) (*identity.Keyring, error) {
	stored, err := keys.All(ctx)
	if err != nil {
		return nil, err
	}
	ring, fresh, err := identity.NewKeyring(master, wrapped(stored), random)
	if err != nil {
		return nil, err
	}
	if len(fresh) == 0 {
		return ring, nil
	}
	stored, err = keys.Init(ctx, unwrapped(fresh, now))
	if err != nil {
		return nil, err
	}
	ring, _, err = identity.NewKeyring(master, wrapped(stored), random)
	return ring, err
}

// shipped packs and compiles the flows and texts this program came with. With an error among them it does not start. The
// subjects are built with the program, so that they are held against it afterwards.
func (n *node) shipped() (publish.Bundle, *flows.Program, error) {
	b, err := shippedBundle()
	if err != nil {
		return publish.Bundle{}, nil, err
	}
	p, err := n.compileBundle(b)
	return b, p, err
}

// prove compiles a bundle and holds it against what this node can read and do.
func (n *node) prove(b publish.Bundle) (*flows.Program, error) {
	p, err := n.compileBundle(b)
	if err != nil {
		return nil, err
	}
	return p, n.checkBindings(p)
}

// checkBindings tells whether everything that a program names is bound here.
func (n *node) checkBindings(p *flows.Program) error {
	_, err := civic.NewBook(p.Manifest, n.subjects.bindings()...)
	return err
}

// compileBundle proves a bundle against this node's languages and channels.
func (n *node) compileBundle(b publish.Bundle) (*flows.Program, error) {
	result, err := compileBundle(b, n.set.texts(), n.set.profiles())
	if err != nil {
		return nil, err
	}
	for _, p := range result.Problems {
		if !p.Warning {
			return nil, fmt.Errorf("flows and texts have %d errors, the first: %s (baro check lists them)", result.Problems.Errors(), p)
		}
		n.log.Debug("flows and texts", "problem", p.String())
	}
	return result.Program, nil
}

// offered are the languages people can choose: those whose main menu exists and can be written on every channel in use.
func (n *node) offered() (out []locales.Language) {
	p := n.releases.Current()
	root := &p.Flows[p.Root]
	for i, tag := range p.Catalogue.Tags() {
		lang, shown := locales.Lang(i), true
		for _, profile := range n.set.profiles() {
			shown = shown && root.Shown(lang, profile.Letters) == lang
		}
		if known, ok := locales.FindLanguage(tag); ok && shown {
			out = append(out, known)
		}
	}
	return out
}
