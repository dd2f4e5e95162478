package console

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"baro/gateway/access"
	"baro/store"
)

// Handler answers a request that was let through. An error of the store becomes its page: not found, denied, conflict,
// unavailable; any other is a failure of ours.
type Handler func(ctx context.Context, r *Request) (Answer, error)

// Where tells whom a route is for.
type Where uint8

const (
	Anyone     Where = iota // signed in or not
	SecondStep              // who has shown a password and not yet the second factor
	MustChange              // who is signed in, also when the password has to be changed first
	SignedIn                // who is signed in
	Anywhere                // who has the permission in some commune, or everywhere
	Platform                // who has the permission for the whole platform
	InCommune               // who has the permission in the commune of the path
)

func (w Where) String() string {
	return [...]string{"anyone", "second step", "must change", "signed in", "anywhere", "platform", "commune"}[w]
}

// needs tells whether such a route names a permission.
func (w Where) needs() bool { return w >= Anywhere }

// Route is one line of what is served. A segment {name} of the path stands for any; {commune} is the id of a commune, and
// every route in a commune has it.
type Route struct {
	Method string // GET or POST
	Path   string
	Where  Where
	Needs  access.Permission // "" for routes that need none
	Do     Handler
}

// communePath begins every route in a commune.
const communePath = "/console/c/{commune}"

// InPath is the address of something in a commune: InPath(12, "/budgets") is /console/c/12/budgets; commune 0 is the
// platform.
func InPath(commune store.PlaceID, rest string) string {
	if commune == 0 {
		return "/console" + rest
	}
	return fmt.Sprintf("/console/c/%d%s", commune, rest)
}

// add checks a route and takes it.
func (c *Console) add(r Route) error {
	inCommune := strings.HasPrefix(r.Path, communePath+"/") || r.Path == communePath
	switch {
	case r.Method != "GET" && r.Method != "POST":
		return fmt.Errorf("route %s %s: GET or POST", r.Method, r.Path)
	case r.Path != "/console" && !strings.HasPrefix(r.Path, "/console/") || strings.HasSuffix(r.Path, "/"):
		return fmt.Errorf("route %s: begins with /console/ and ends without a stroke", r.Path)
	case r.Do == nil:
		return fmt.Errorf("route %s: has no handler", r.Path)
	case r.Where.needs() != (r.Needs != ""):
		return fmt.Errorf("route %s: %s, permission %q", r.Path, r.Where, r.Needs)
	case r.Needs != "" && !slices.Contains(access.Permissions(), r.Needs):
		return fmt.Errorf("route %s: no role has %s", r.Path, r.Needs)
	case inCommune != (r.Where == InCommune):
		return fmt.Errorf("route %s: %s", r.Path, r.Where)
	}
	for _, other := range c.routes {
		if other.Method == r.Method && overlap(other.Path, r.Path) {
			return fmt.Errorf("route %s %s: %s is the same", r.Method, r.Path, other.Path)
		}
	}
	c.routes = append(c.routes, r)
	return nil
}

// overlap: two patterns are the same when no segment tells them apart. A fixed segment goes before a named one.
func overlap(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		named := strings.HasPrefix(x[i], "{") && strings.HasPrefix(y[i], "{")
		if x[i] != y[i] && !named {
			return false
		}
	}
	return true
}

// find gives the route of a path, fixed segments before named ones.
func (c *Console) find(method, path string) (best Route, params map[string]string, ok bool) {
	segments := strings.Split(path, "/")
	for _, r := range c.routes {
		if r.Method != method {
			continue
		}
		if p, match := matchPath(r.Path, segments); match && (!ok || len(p) < len(params)) {
			best, params, ok = r, p, true
		}
	}
	return best, params, ok
}

func matchPath(pattern string, segments []string) (map[string]string, bool) {
	parts := strings.Split(pattern, "/")
	if len(parts) != len(segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, part := range parts {
		switch {
		case strings.HasPrefix(part, "{") && segments[i] != "":
			params[strings.Trim(part, "{}")] = segments[i]
		case part != segments[i]:
			return nil, false
		}
	}
	return params, true
}

// noRoute tells a wrong method from a wrong path.
func (c *Console) noRoute(path string) error {
	for _, method := range []string{"GET", "POST"} {
		if _, _, ok := c.find(method, path); ok {
			return errMethod
		}
	}
	return store.NewError(store.CodeNotFound, "find page", "no such path")
}
