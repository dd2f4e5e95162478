package baro_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "baro"

// edges is the house: for each part the parts that its code may import. A part is a folder with everything below it, and
// the longest name that fits a package is its part. Any import that is not listed here is a mistake, and so is a package
// in no part; tests may import what they need.
var edges = map[string][]string{
	"cmd": {"config", "gateway/identity", "gateway/channel", "gateway/outbox", "gateway/schedule", "gateway/publish", "gateway/civic",
		"gateway/campaign", "gateway/exchange", "gateway/access", "gateway/console", "gateway/api", "gateway/inbound", "gateway/server",
		"flows", "locales", "store"},
	"config": {},

	"locales": {},
	"flows":   {"locales"},
	"store":   {},

	// Inside the gateway: server → {console, api, inbound} → {civic, campaign, exchange, access} → {outbox, schedule} →
	// channel → identity. Campaign and exchange share the services of civic with the console.
	"gateway/identity":  {},
	"gateway/channel":   {"gateway/identity", "flows", "locales", "store"},
	"gateway/outbox":    {"gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/schedule":  {"gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/publish":   {"flows", "store"},
	"gateway/civic":     {"gateway/outbox", "gateway/schedule", "gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/civictest": {"gateway/civic", "gateway/identity", "flows", "store"}, // imported by tests alone
	"gateway/access":    {"gateway/outbox", "gateway/schedule", "gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/campaign":  {"gateway/civic", "gateway/outbox", "gateway/schedule", "gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/exchange":  {"gateway/civic", "gateway/outbox", "gateway/schedule", "gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/inbound": {"gateway/civic", "gateway/campaign", "gateway/exchange", "gateway/access", "gateway/outbox", "gateway/schedule",
		"gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/api": {"gateway/civic", "gateway/campaign", "gateway/exchange", "gateway/access", "gateway/outbox", "gateway/schedule",
		"gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/console": {"gateway/civic", "gateway/campaign", "gateway/exchange", "gateway/access", "gateway/outbox", "gateway/schedule",
		"gateway/channel", "gateway/identity", "flows", "locales", "store"},
	"gateway/server": {"gateway/console", "gateway/api", "gateway/inbound", "gateway/civic", "gateway/campaign", "gateway/exchange",
		"gateway/access", "gateway/outbox", "gateway/schedule", "gateway/channel", "gateway/identity", "flows", "locales", "store"},
}

// domain lists the packages that know what baro is about and nothing of how it is served or stored. A name that ends in
// "/..." stands for everything below it as well.
var domain = []string{
	"flows/...", "locales/...", "store", "store/session",
	"gateway/identity", "gateway/civic/...", "gateway/campaign/...", "gateway/exchange/...", "gateway/outbox/...", "gateway/schedule/...", "gateway/publish/...",
	"gateway/access/...",
}

// plumbing is what domain packages must not reach, not even through somebody else's module.
var plumbing = []string{
	"github.com/gofiber/", "github.com/valyala/fasthttp", "github.com/redis/", "github.com/jackc/pgx", "modernc.org/sqlite",
	"github.com/pressly/goose", "github.com/twilio/",
}

// databaseSQL is asked for direct imports only: well-behaved modules implement its small interfaces.
const databaseSQL = "database/sql"

type goPackage struct {
	ImportPath    string
	Imports, Deps []string
}

func TestImportsRunOneWay(t *testing.T) {
	for _, p := range ownPackages(t) {
		from, ok := part(p.ImportPath)
		if !ok {
			t.Errorf("%s lies in no part of the house", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if !strings.HasPrefix(imported, module+"/") {
				continue
			}
			if to, _ := part(imported); to != from && !slices.Contains(edges[from], to) {
				t.Errorf("%s imports %s: %s may import %v", p.ImportPath, imported, from, edges[from])
			}
		}
	}
}

func TestDomainKnowsNoPlumbing(t *testing.T) {
	for _, p := range ownPackages(t) {
		if !isDomain(p.ImportPath) {
			continue
		}
		for _, dep := range p.Deps {
			if slices.ContainsFunc(plumbing, func(prefix string) bool { return strings.HasPrefix(dep, prefix) }) {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
		for _, imported := range p.Imports {
			if imported == databaseSQL || strings.HasPrefix(imported, databaseSQL+"/") {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

// The table itself allows no way round in a circle and no way from flows to store or back.
func TestEdgesRunOneWay(t *testing.T) {
	var reach func(from string, path []string)
	reach = func(from string, path []string) {
		if slices.Contains(path, from) {
			t.Fatalf("the table goes in a circle: %v", append(path, from))
		}
		for _, to := range edges[from] {
			if _, known := edges[to]; !known {
				t.Errorf("%s may import %s, which is no part", from, to)
			}
			reach(to, append(slices.Clone(path), from))
		}
	}
	for from := range edges {
		reach(from, nil)
	}
	if slices.Contains(edges["flows"], "store") || slices.Contains(edges["store"], "flows") {
		t.Error("flows and store must not meet")
	}
}

func ownPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		t.Fatalf("go list: %v\n%s", err, failed.Stderr)
	}
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		if p.ImportPath != module {
			packages = append(packages, p)
		}
	}
	if len(packages) == 0 {
		t.Fatal("go list names no package of ours")
	}
	return packages
}

// part returns the longest entry of edges that holds the package.
func part(importPath string) (name string, ok bool) {
	for dir := strings.TrimPrefix(importPath, module+"/"); dir != ""; {
		if _, ok := edges[dir]; ok {
			return dir, true
		}
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			break
		}
		dir = dir[:i]
	}
	return "", false
}

func isDomain(importPath string) bool {
	dir := strings.TrimPrefix(importPath, module+"/")
	return slices.ContainsFunc(domain, func(d string) bool {
		if root, below := strings.CutSuffix(d, "/..."); below {
			return dir == root || strings.HasPrefix(dir, root+"/")
		}
		return dir == d
	})
}
