package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"baro/gateway/channel"
	"baro/gateway/identity"
)

// A journey is the histories of one call.
type journey struct {
	name    string
	history []string
}

func journeys() []journey {
	return []journey{
		{"menus", []string{"", "4", "4*5", "4*5*9", "4*5*9*0", "4*5*9*0*0"}},                 // three levels of menus, down and up
		{"budget", []string{"", "4", "4*1", "4*1*1", "4*1*1*5", "4*1*1*5*0", "4*1*1*5*0*0"}}, // figures on every screen
	}
}

// BenchmarkHook compares the USSD hook of one node, its dialogues in the process and its records in SQLite, with a bare
// fiber handler that reads the same form and keeps a map. Both are asked over the loopback by the same client, in turn.
func BenchmarkHook(b *testing.B) {
	records := newSeed(b)
	const callers = 16
	for _, j := range journeys() {
		b.Run(j.name, func(b *testing.B) {
			folder := b.TempDir()
			records.copyTo(b, folder)
			n := openFixed(b, fixedSettings(b, folder, newClock()), slog.New(slog.DiscardHandler))
			if err := n.server.Start(b.Context()); err != nil {
				b.Fatal(err)
			}
			defer func() {
				ctx, cancel := contextFor(stopWithin)
				defer cancel()
				if err := n.server.Stop(ctx); err != nil {
					b.Error(err)
				}
			}()
			ours := &fasthttp.HostClient{Addr: n.server.Addr().String(), MaxConns: callers}
			bare := &fasthttp.HostClient{Addr: bareHandler(b), MaxConns: callers}
			var our, their time.Duration
			rounds := 0
			for b.Loop() {
				our += calls(b, ours, j.history, callers, rounds)
				their += calls(b, bare, j.history, callers, rounds)
				rounds++
			}
			requests := float64(rounds * callers * len(j.history))
			b.ReportMetric(requests/our.Seconds(), "hook-req/s")
			b.ReportMetric(requests/their.Seconds(), "bare-req/s")
			b.ReportMetric(float64(their)/float64(our), "ratio")
			b.ReportMetric(0, "ns/op") // of both together: says nothing
		})
	}
}

// calls lets every caller make the journey once, all at a time, each with a number of its own.
func calls(b *testing.B, client *fasthttp.HostClient, history []string, callers, round int) time.Duration {
	start := time.Now()
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(resp)
			number := fmt.Sprintf("+2237%07d", (round*callers+i)%10_000_000)
			for _, text := range history {
				req.Reset()
				req.SetRequestURI("http://" + client.Addr + "/hooks/ussd/ussd")
				req.Header.SetMethod(fasthttp.MethodPost)
				req.Header.SetContentType("application/x-www-form-urlencoded")
				req.SetBodyString(form(fmt.Sprintf("%d-%d", round, i), number, text))
				if err := client.Do(req, resp); err != nil || !bytes.HasPrefix(resp.Body(), []byte("CON ")) {
					b.Errorf("%q: %d %.60q, %v", text, resp.StatusCode(), resp.Body(), err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(start)
}

// bareHandler serves what can hardly be done with less: read the form, look a dialogue up, store it, answer.
func bareHandler(b *testing.B) (address string) {
	var mu sync.Mutex
	dialogues := map[string]string{}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Post("/hooks/ussd/ussd", func(c *fiber.Ctx) error {
		key, text := strings.Clone(c.FormValue("sessionId")+c.FormValue("phoneNumber")), strings.Clone(c.FormValue("text"))
		mu.Lock()
		last := dialogues[key]
		dialogues[key] = text
		mu.Unlock()
		return c.SendString("CON Budget 2026: 283 M FCFA.\n1 Mon village\n2 Ma taxe\n3 Prevu, depense\n0 Retour " + last)
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()
	b.Cleanup(func() {
		_ = app.Shutdown()
		<-served
	})
	return ln.Addr().String()
}

// BenchmarkDialogue is a request without its HTTP: session, step, reads from SQLite, both renderings.
func BenchmarkDialogue(b *testing.B) {
	folder := b.TempDir()
	newSeed(b).copyTo(b, folder)
	n := openFixed(b, fixedSettings(b, folder, newClock()), slog.New(slog.DiscardHandler))
	number, err := identity.Parse(demoNumber)
	if err != nil {
		b.Fatal(err)
	}
	round := 0
	for _, j := range journeys() {
		b.Run(j.name, func(b *testing.B) {
			b.ReportAllocs()
			at := len(j.history)
			for b.Loop() {
				if at == len(j.history) {
					round, at = round+1, 0
				}
				text := j.history[at]
				at++
				screen := n.ussd.Handle(b.Context(), channel.USSD{
					Channel: "ussd", Session: fmt.Sprint(round), Number: number, ServiceCode: "*384*96#", Text: text, Begin: text == "",
				})
				if screen.End() {
					b.Fatalf("%q: %s", text, screen.String())
				}
			}
		})
	}
}

// BenchmarkColdStart is the time from nothing to the first answered request, with the map of a whole country: 815 communes
// and twelve villages in each.
func BenchmarkColdStart(b *testing.B) {
	folder := b.TempDir()
	newSeed(b).copyTo(b, folder)
	country(b, folder, 815)
	quiet := slog.New(slog.DiscardHandler)
	for b.Loop() {
		n := openFixed(b, fixedSettings(b, folder, newClock()), quiet)
		if err := n.start(b.Context()); err != nil {
			b.Fatal(err)
		}
		client := &fasthttp.HostClient{Addr: n.server.Addr().String()}
		calls(b, client, journeys()[0].history, 1, 0)
		b.StopTimer()
		client.CloseIdleConnections()
		ctx, cancel := contextFor(stopWithin)
		if err := n.stop(ctx); err != nil {
			b.Error(err)
		}
		cancel()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/start")
}

// country imports communes with villages into the database of a folder, by the command that people use.
func country(t testing.TB, folder string, communes int) {
	t.Helper()
	var list strings.Builder
	list.WriteString("edition,pcode,level,name,parent,short_name,number,lat,lon,population,languages,aliases\n")
	list.WriteString("synth,ML,pays,Pays,,,,,,,,\nsynth,ML98,région,Région,ML,,,13.5,-6.7,,,\nsynth,ML9801,cercle,Cercle,ML98,Cercle,,13.5,-6.7,,,\n")
	for i := range communes {
		lat, lon := 12+float64(i/30)*0.1, -8+float64(i%30)*0.1
		fmt.Fprintf(&list, "synth,ML9801%04d,commune,Commune %s,ML9801,%s,,%.4f,%.4f,%d,bm|fr,\n", i, spelled(i), spelled(i), lat, lon, 5000+i)
		for v := range 12 {
			fmt.Fprintf(&list, "synth,ML9801%04d%03d,village,Village %s,ML9801%04d,,,%.4f,%.4f,400,,\n", i, v, spelled(i*12+v), i, lat+float64(v)*0.003, lon)
		}
	}
	file := filepath.Join(folder, "country.csv")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code := Run(t.Context(), Process{
		Args: []string{"import", "places", file, "--edition", "synth", "--use", "--commit"},
		Env:  []string{"BARO_DATABASE=sqlite:" + filepath.Join(folder, "baro.db")}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
	})
	if code != exitDone {
		t.Fatalf("import: exit %d\n%.2000s", code, out.String())
	}
}

// spelled makes a pronounceable name of a number, different for each.
func spelled(n int) string {
	syllables := []string{"ba", "ko", "si", "du", "nye", "la", "fa", "to", "ga", "wo", "ma", "ji"}
	name := ""
	for range 4 {
		name += syllables[n%len(syllables)]
		n /= len(syllables)
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
