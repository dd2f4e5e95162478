package console

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"baro/gateway/access"
	"baro/store"
)

type nowhere struct{}

func (nowhere) Get(context.Context, store.PlaceID) (store.Place, error) { return store.Place{}, nil }

// start puts one room into the frame.
func start(publicURL string, room Room) (*Console, error) {
	return New(Deps{Access: &access.Service{}, Places: nowhere{}, PublicURL: publicURL, Zone: time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler)}, room)
}

func files(page, fr, en string) fstest.MapFS {
	return fstest.MapFS{"pages/page.html": {Data: []byte(page)}, "texts/fr.yaml": {Data: []byte(fr)}, "texts/en.yaml": {Data: []byte(en)}}
}

func TestStartFindsWhatWouldShowLater(t *testing.T) {
	const page = `{{define "title"}}{{t "room.a"}}{{end}}{{define "main"}}{{template "empty" "room.a"}}{{end}}`
	do := func(context.Context, *Request) (Answer, error) { return Done(), nil }
	route := Route{Method: "GET", Path: "/console/x", Where: SignedIn, Do: do}
	good := Room{Name: "room", Files: files(page, "room.a: A", "room.a: A"), Routes: []Route{route}}
	if _, err := start("https://baro.example", good); err != nil {
		t.Fatal(err)
	}
	with := func(change func(*Room)) Room {
		r := good
		r.Routes = []Route{route}
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		room Room
		want string
	}{
		"missing in English": {with(func(r *Room) { r.Files = files(page, "room.a: A\nroom.b: B", "room.a: A") }), "room.b is missing in en"},
		"missing in French":  {with(func(r *Room) { r.Files = files(page, "room.a: A", "room.a: A\nroom.b: B") }), "room.b is in en only"},
		"other placeholders": {with(func(r *Room) { r.Files = files(page, "room.a: A {n}", "room.a: A {m}") }), "other placeholders"},
		"another room's id":  {with(func(r *Room) { r.Files = files(page, "room.a: A\nfrme.b: B", "room.a: A\nfrme.b: B") }), "no id of this room"},
		"no such text": {with(func(r *Room) {
			r.Files = files(strings.Replace(page, `empty" "room.a`, `empty" "room.c`, 1), "room.a: A", "room.a: A")
		}), "no text room.c"},
		"no such part":         {with(func(r *Room) { r.Files = files(strings.Replace(page, "empty", "emty", 1), "room.a: A", "room.a: A") }), "emty"},
		"no title":             {with(func(r *Room) { r.Files = files(`{{define "main"}}{{end}}`, "room.a: A", "room.a: A") }), `"title"`},
		"no such function":     {with(func(r *Room) { r.Files = files(strings.Replace(page, "{{t ", "{{tt ", 1), "room.a: A", "room.a: A") }), "tt"},
		"outside the console":  {with(func(r *Room) { r.Routes[0].Path = "/consoles" }), "/console/"},
		"no permission":        {with(func(r *Room) { r.Routes[0].Where = Platform }), "permission"},
		"unknown permission":   {with(func(r *Room) { r.Routes[0].Where, r.Routes[0].Needs = Platform, "all.do" }), "no role has all.do"},
		"a commune unchecked":  {with(func(r *Room) { r.Routes[0].Path = "/console/c/{commune}/x" }), "signed in"},
		"no commune in a path": {with(func(r *Room) { r.Routes[0].Where, r.Routes[0].Needs = InCommune, access.ReadAudit }), "commune"},
		"two on one path":      {with(func(r *Room) { r.Routes = append(r.Routes, r.Routes[0]) }), "is the same"},
		"a link to nowhere":    {with(func(r *Room) { r.Links = []Link{{Text: "room.a", Path: "/console/y"}} }), "no such page"},
		"a method":             {with(func(r *Room) { r.Routes[0].Method = "PUT" }), "GET or POST"},
		"no handler":           {with(func(r *Room) { r.Routes[0].Do = nil }), "handler"},
	} {
		if _, err := start("https://baro.example", c.room); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := start("nonsense", good); err == nil {
		t.Error("started without an origin")
	}
}

func TestHostsThatAreOurs(t *testing.T) {
	for _, c := range []struct {
		public, host string
		want         bool
	}{
		{"https://baro.example", "baro.example", true}, {"https://baro.example", "BARO.example", true}, {"https://baro.example", "evil.example", false},
		{"https://baro.example", "baro.example.evil.example", false}, {"https://baro.example", "127.0.0.1", false}, {"https://baro.example", "", false},
		{"http://127.0.0.1:8080", "127.0.0.1:43721", true}, {"http://127.0.0.1:8080", "localhost:8080", true}, {"http://127.0.0.1:8080", "[::1]:1", true},
		{"http://127.0.0.1:8080", "evil.example", false}, {"http://127.0.0.1:8080", "127.0.0.1.evil.example", false},
	} {
		console, err := start(c.public, Room{Name: "none"})
		if err != nil {
			t.Fatal(err)
		}
		if got := console.ownHost(c.host); got != c.want {
			t.Errorf("%s at %s: %t", c.host, c.public, got)
		}
	}
}

func TestPathsToGoTo(t *testing.T) {
	do := func(context.Context, *Request) (Answer, error) { return Done(), nil }
	console, err := start("https://baro.example", Room{Name: "none", Routes: []Route{{Method: "GET", Path: "/console/me", Where: SignedIn, Do: do}}})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"/console": true, "/console/me": true, "/phone": true, "/console/drafts": false, "/console/none": false, "": false, "//evil.example": false,
		"https://evil.example": false, "/console/..//evil.example": false, `/\evil.example`: false, "/console/me?x=1": false, "/console/me\r\nX: y": false,
		"javascript:alert(1)": false, "/console@evil.example": false, "/consoleevil": false,
	} {
		if got := console.ownPath(path); got != want {
			t.Errorf("%q: %t", path, got)
		}
	}
}

func TestMaskedTokens(t *testing.T) {
	key := formKey("token")
	one, err := mask(key)
	if err != nil {
		t.Fatal(err)
	}
	two, _ := mask(key)
	if one == two || !unmask(one, key) || !unmask(two, key) {
		t.Error("a mask does not hide, or does not come off")
	}
	for _, bad := range []string{"", "x", one[:len(one)-4], one + "AAAA"} {
		if unmask(bad, key) {
			t.Errorf("%q is taken", bad)
		}
	}
	if unmask(one, formKey("other")) {
		t.Error("another cookie's token is taken")
	}
}

func TestNumbersAndDates(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1 000", -1234567: "-1 234 567", 283370000: "283 370 000"} {
		if got := strings.ReplaceAll(grouped(n), "\u00a0", " "); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := civil("fr", "2026-11-25"); got != "25/11/2026" {
		t.Errorf("a day is %q", got)
	}
	for line, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                            "Firefox, Linux",
		"Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36": "Chrome, Android",
		"": "?, ?",
	} {
		if got := agent(line); got != want {
			t.Errorf("%q is %q", line, got)
		}
	}
}
