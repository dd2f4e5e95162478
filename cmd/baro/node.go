package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"baro/flows"
	"baro/flows/library"
	"baro/gateway/channel"
	"baro/gateway/channel/africastalking"
	"baro/gateway/channel/simulator"
	"baro/gateway/identity"
	"baro/gateway/inbound"
	"baro/gateway/schedule"
	"baro/gateway/server"
	"baro/gateway/server/phone"
	"baro/locales"
	"baro/locales/charset"
	"baro/store/session"
	"baro/store/session/memory"
	"baro/store/sqldb"
)

// A node is one running gateway.
type node struct {
	set       settings
	log       *slog.Logger
	db        *sqldb.DB
	keys      *identity.Keyring
	sessions  session.Store
	limiter   session.Limiter
	sweep     func(time.Time) int
	subjects  *subjects
	releases  *inbound.Releases
	ussd      *inbound.USSD
	inbox     *simulator.Inbox
	server    *server.Server
	scheduler *schedule.Scheduler
	closers   []func() error
}

// openNode builds everything and starts nothing: database, keys, sessions, flows, subjects, channels, server, jobs. What
// was opened is closed again when a later part fails.
func openNode(ctx context.Context, set settings, log *slog.Logger) (_ *node, err error) {
	set = set.withSources()
	n := &node{set: set, log: log, inbox: simulator.NewInbox(set.now)}
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
	if err := n.openSessions(ctx); err != nil {
		return nil, err
	}
	program, err := n.compile()
	if err != nil {
		return nil, err
	}
	n.releases = inbound.NewReleases(program, strictProfile())
	if n.subjects, err = newSubjects(n, program); err != nil {
		return nil, err
	}
	return n, nil
}

// wire builds what depends on places: channels bound to communes, the server and the jobs. The demonstration is seeded
// before it.
func (n *node) wire(ctx context.Context) error {
	if err := n.subjects.place.Reload(ctx); err != nil {
		return err
	}
	hooks, known, err := n.channels(ctx)
	if err != nil {
		return err
	}
	n.ussd = inbound.NewUSSD(inbound.Deps{
		Releases: n.releases, Sessions: n.sessions, Limiter: n.limiter, PerPhone: n.set.perPhone, PerChan: n.set.perChan,
		Writer: n.db, Steps: n.db.Steps(), Book: n.subjects.book, Known: n.subjects.profile, Keys: n.keys,
		Channels: known, Now: n.set.now, Rand: n.set.random, Log: n.log,
	})
	if n.server, err = server.New(n.serverOptions(hooks)); err != nil {
		return err
	}
	n.scheduler, err = schedule.New(schedule.Deps{
		Leases: n.db.Leases(), Runs: n.db.JobRuns(), Holder: rand.Text(), Zone: n.set.zone, Now: n.set.now, Log: n.log,
	}, n.jobs()...)
	return err
}

func (n *node) start(ctx context.Context) error {
	if err := n.server.Start(ctx); err != nil {
		return err
	}
	n.scheduler.Start(ctx)
	return nil
}

// stop ends in order: no new requests, those in work finish, jobs end, stores close.
func (n *node) stop(ctx context.Context) error {
	err := n.server.Stop(ctx)
	n.scheduler.Stop()
	return errors.Join(err, n.close())
}

func (n *node) close() error {
	var faults []error
	for i := len(n.closers) - 1; i >= 0; i-- {
		faults = append(faults, n.closers[i]())
	}
	n.closers = nil
	return errors.Join(faults...)
}

// compile proves the shipped flows and texts against the profiles in use. A program with an error does not start.
func (n *node) compile() (*flows.Program, error) {
	result := compileAll(library.Files(), locales.Messages(), n.set.texts(), n.set.profiles())
	for _, p := range result.Problems {
		if p.Warning {
			n.log.Debug("flows and texts", "problem", p.String())
		}
	}
	if result.Problems.Errors() > 0 {
		return nil, fmt.Errorf("flows and texts have %d errors, the first: %s (baro check lists them)", result.Problems.Errors(), firstError(result))
	}
	return result.Program, nil
}

func firstError(c checked) string {
	for _, p := range c.Problems {
		if !p.Warning {
			return p.String()
		}
	}
	return ""
}

func (s settings) texts() locales.Options {
	return locales.Options{Languages: s.languages, Default: s.fallback, Drafts: s.drafts}
}

// profiles are those of the configured channels, or the strictest when there is none.
func (s settings) profiles() (out []charset.Profile) {
	seen := map[string]bool{}
	for _, ch := range s.channels {
		if ch.kind == "ussd" && !seen[ch.profile.Name] {
			seen[ch.profile.Name] = true
			out = append(out, ch.profile)
		}
	}
	if len(out) == 0 {
		out = append(out, strictProfile())
	}
	return out
}

func (n *node) openSessions(ctx context.Context) error {
	store := memory.NewStore(maxSessions, n.set.now)
	n.sessions, n.limiter, n.sweep = store, memory.NewLimiter(maxSessions), store.Sweep
	return nil
}

// maxSessions bounds the dialogues one process keeps in memory.
const maxSessions = 200_000

// channels makes the configured channels' adapters and what inbound knows of them.
func (n *node) channels(ctx context.Context) ([]server.Channel, map[string]inbound.Channel, error) {
	var hooks []server.Channel
	known := map[string]inbound.Channel{}
	for _, ch := range n.set.channels {
		var provider channel.USSDProvider
		switch ch.provider {
		case "simulator":
			provider = simulator.New(ch.name, ch.profile, n.inbox)
		case "africastalking":
			provider = africastalking.New(ch.name, ch.profile)
		default:
			return nil, nil, fmt.Errorf("channel %s: there is no provider %q", ch.name, ch.provider)
		}
		commune, err := n.subjects.bound(ctx, ch.commune)
		if err != nil {
			return nil, nil, fmt.Errorf("channel %s: %w", ch.name, err)
		}
		hooks = append(hooks, server.Channel{Name: ch.name, USSD: provider, Secret: ch.secret, Allow: ch.allow})
		known[ch.name] = inbound.Channel{Name: ch.name, Profile: ch.profile, Commune: int64(commune)}
	}
	return hooks, known, nil
}

func (n *node) serverOptions(hooks []server.Channel) server.Options {
	o := server.Options{
		Listen: n.set.listen, PublicURL: n.set.publicURL, Channels: hooks, Dialogues: n.ussd, Fault: n.fault,
		Checks: []server.Check{{Name: "database", Critical: true, Probe: func(ctx context.Context) server.Health {
			if n.db.Ping(ctx) != nil {
				return server.Down
			}
			return server.OK
		}}},
		TrustedProxies: n.set.proxies, Metrics: prometheus.NewRegistry(), Log: n.log, Now: n.set.now,
	}
	if n.set.demo {
		ch := n.set.channels[0]
		o.Phone = &server.Phone{Options: phone.Options{
			Hook: "/hooks/" + ch.name + "/ussd", End: "/hooks/" + ch.name + "/ussd-end", SMS: "/phone/sms",
			Code: ch.code, Number: demoNumber, GSM7: ch.profile.GSM7, UCS2: ch.profile.UCS2,
		}, Inbox: n.inbox}
	}
	return o
}

func (n *node) fault(f server.Fault) flows.Screen {
	if f == server.FaultRequest {
		return n.ussd.Fault(inbound.FaultRequest)
	}
	return n.ussd.Fault(inbound.FaultLater)
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
