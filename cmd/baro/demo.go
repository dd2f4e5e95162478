package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"baro/config"
	"baro/flows/simulate"
	"baro/gateway/civic"
	"baro/gateway/civic/profile"
	"baro/gateway/exchange/demonstration"
	"baro/gateway/identity"
	"baro/store"
)

type demoCommand struct {
	Data   string `help:"Folder of the demonstration's database and key." default:"data" type:"path"`
	Listen string `help:"Address to listen on, over the configuration (127.0.0.1:8080)."`
	Reset  bool   `help:"Begin with an empty database."`
}

// Run serves the demonstration until it is stopped.
func (d *demoCommand) Run(ctx context.Context, p Process, c *commands) error {
	if d.Reset {
		if err := removeDatabase(d.Data); err != nil {
			return err
		}
	}
	set, log, err := demoSettings(p, c, d.Data, d.Listen)
	if err != nil {
		return err
	}
	n, err := openDemoNode(ctx, set, log, set.now())
	if err != nil {
		return err
	}
	staff, err := n.seedStaff(ctx)
	if err != nil {
		return errors.Join(err, n.close())
	}
	if err := n.start(ctx); err != nil {
		return errors.Join(err, n.close())
	}
	address := "http://" + n.server.Addr().String()
	d.greet(p.Stdout, address)
	greetStaff(p.Stdout, address, staff)
	<-ctx.Done()
	fmt.Fprintln(p.Stdout, "Stopping.")
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	return n.stop(stop)
}

func (d *demoCommand) greet(w io.Writer, address string) {
	fmt.Fprintf(w, `
baro demonstration: the commune of Jèkabara and its neighbours are fictional, and so is every figure.

  Phone in the browser   %s/phone
  Page for everybody     %s/communes/417
  Phone in the terminal  go run ./cmd/baro phone --url %s
  By hand                curl -d 'sessionId=s1&phoneNumber=+22370000001&networkCode=99999&serviceCode=*384*96#&text=' %s/hooks/ussd/ussd

  Dial *384*96#, or straight to the budget: *384*96*1#
  Announce a meeting: dial *384*96*2# from %s, key 4, PIN %s; %s (PIN %s) agrees, the town hall approves from %s (PIN %s)
  Every kind of question: *384*96*2*54#, with a printed card after key 3: %s. "Is it solved?": dial *384*96# from %s
  Data in %s. Ctrl-C stops.
`, address, address, address, address,
		demonstration.WomenLeader, demonstration.WomenLeaderPIN, demonstration.WomenSecond, demonstration.WomenSecondPIN,
		demonstration.Approver, demonstration.ApproverPIN, demonstration.VoteCards()[0], demonstration.Asker, d.Data)
}

// demoSettings are the configuration of a demonstration in a folder, with a key made at the first start. Environment and
// file count here as everywhere.
func demoSettings(p Process, c *commands, folder, listen string) (settings, *slog.Logger, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return settings{}, nil, err
	}
	flags := map[string]string{}
	if listen != "" {
		flags["listen"] = listen
	}
	conf, err := loadConfig(p, c, config.Demo, flags, demoDefaults(folder))
	if err != nil {
		return settings{}, nil, err
	}
	set := resolve(conf, rand.Reader, time.Now)
	set.demo = true
	if len(set.master) == 0 {
		set.master, err = demoKey(filepath.Join(folder, "baro.key"))
	}
	return set, newLog(p.Stderr, conf.Log), err
}

func removeDatabase(folder string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(folder, "baro.db"+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func openDemoNode(ctx context.Context, set settings, log *slog.Logger, now time.Time) (*node, error) {
	n, err := openNode(ctx, set, log)
	if err != nil {
		return nil, err
	}
	if _, err := demonstration.Seed(ctx, n.demonstrationDeps(), now); err != nil {
		return nil, errors.Join(err, n.close())
	}
	if err := n.wire(ctx); err != nil {
		return nil, errors.Join(err, n.close())
	}
	return n, nil
}

func (n *node) demonstrationDeps() demonstration.Deps {
	db := n.db
	return demonstration.Deps{
		Tx: db, Places: db.Places(), Budgets: db.Budgets(), Works: db.Works(), TaxFacts: db.TaxFacts(), Calendar: db.Calendar(), Referrals: db.Referrals(), Services: db.Services(),
		Consultations: db.Consultations(), Ballots: db.Ballots(), Cases: db.Cases(),
		Opportunities: db.Opportunities(), Markets: db.MarketDays(), Projects: db.Projects(), Practices: db.Practices(), Voices: db.Voices(),
		Organisations: db.Organisations(), Mandates: db.Mandates(), Officers: db.Officers(), Members: db.Members(), Venues: db.Venues(),
		Notices: db.Notices(), Attendances: db.Attendances(), People: n.demonstrationPeople(),
		Callbacks: db.Callbacks(), Cards: n.demonstrationCards,
		Seal: func(words string) (store.Sealed, error) {
			sealed, err := n.keys.Seal("case", []byte(words))
			return store.Sealed(sealed), err
		},
	}
}

// demoKey reads the demonstration's key file, and makes one at the first start.
func demoKey(path string) ([]byte, error) {
	key, _, err := identity.ReadKeyFile(path)
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return key, err
	}
	if err := os.WriteFile(path, []byte(rand.Text()+rand.Text()+"\n"), 0o600); err != nil {
		return nil, err
	}
	key, _, err = identity.ReadKeyFile(path)
	return key, err
}

// inProcess is a gateway without a network: the terminal phone talks to it directly. The number already has lang kept,
// unless it is empty.
func inProcess(ctx context.Context, number, lang string) (simulate.Network, func(), error) {
	folder, err := os.MkdirTemp("", "baro-phone-")
	if err != nil {
		return nil, nil, err
	}
	set, log, err := demoSettings(Process{Stderr: io.Discard}, &commands{}, folder, "127.0.0.1:0")
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(folder))
	}
	n, err := openDemoNode(ctx, set, log, set.now())
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(folder))
	}
	done := func() {
		_ = n.close()
		_ = os.RemoveAll(folder)
	}
	if lang != "" {
		if err := n.speak(ctx, number, lang); err != nil {
			done()
			return nil, nil, err
		}
	}
	return nodeNetwork{n}, done, nil
}

// speak keeps a language for a number, as if its owner had said yes to that.
func (n *node) speak(ctx context.Context, number, lang string) error {
	msisdn, err := identity.Parse(number)
	if err != nil {
		return usageError{err}
	}
	if _, ok := n.releases.Current().Catalogue.Lang(lang); !ok {
		return usageError{fmt.Errorf("there are no texts in %q", lang)}
	}
	who := civic.Caller{
		Number: msisdn, Pseudonym: n.keys.Pseudonym(msisdn), Channel: n.ussdName(), Source: "dial", Now: n.set.now(),
	}
	return n.db.Write(ctx, func(ctx context.Context) error {
		return n.subjects.profile.Keep(ctx, who, profile.Choice{Language: lang}, lang)
	})
}
