package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"baro/gateway/civic/poster"
	"baro/store"
)

// Everything a commune tells can leave the phone, in each form, and each ends with what to dial: dialling it leads there.
func TestPosters(t *testing.T) {
	n := openFixed(t, fixedSettings(t, t.TempDir(), newClock()), slog.New(slog.DiscardHandler))
	ctx := t.Context()
	home, _ := n.subjects.place.ByNumber("417")
	numbers := map[poster.Kind]int{poster.Budget: 2026, poster.Practice: 10}
	for number := 10; number < 100; number++ {
		target, err := n.db.DialNumbers().Lookup(ctx, home.ID, number)
		if err != nil {
			continue
		}
		kind := map[store.DialKind]poster.Kind{
			store.DialWork: poster.Work, store.DialConsultation: poster.Consultation, store.DialNotice: poster.Meeting, store.DialOpportunity: poster.Offer,
		}[target.Kind]
		if kind == "" || numbers[kind] != 0 {
			continue
		}
		if _, err := n.posters().Make(ctx, home.ID, kind, number, "fr"); err == nil { // what residents may read already
			numbers[kind] = number
		}
	}
	if err := n.speak(ctx, demoNumber, "fr"); err != nil {
		t.Fatal(err)
	}
	phone := fixedPhone(n, demoNumber)
	dials := regexp.MustCompile(`\*384\*96(\*[0-9]+)+#`)
	for _, kind := range poster.Kinds() {
		if numbers[kind] == 0 {
			t.Errorf("the demonstration has no %s to tell", kind)
			continue
		}
		for _, lang := range []string{"fr", "en"} {
			sheet, err := n.posters().Make(ctx, home.ID, kind, numbers[kind], lang)
			if err != nil {
				t.Fatalf("%s in %s: %v", kind, lang, err)
			}
			if sheet.Title == "" || len(sheet.Facts) == 0 || sheet.Language != lang || strings.Contains(sheet.Text(poster.Wall), "%!") {
				t.Errorf("%s in %s: %+v", kind, lang, sheet)
			}
			wall, radio, crier := sheet.Text(poster.Wall), sheet.Text(poster.Radio), sheet.Text(poster.Crier)
			if !strings.Contains(wall, sheet.Dial) || strings.ContainsAny(radio+crier, "*#") || len(crier) >= len(radio) {
				t.Errorf("%s in %s\n%s\n%s\n%s", kind, lang, wall, radio, crier)
			}
		}
		sheet, err := n.posters().Make(ctx, home.ID, kind, numbers[kind], "fr")
		if err != nil {
			t.Fatal(err)
		}
		dialled := dials.FindString(sheet.Text(poster.Wall))
		reply, err := phone.Dial(ctx, dialled)
		if err != nil || strings.HasPrefix(reply.Text, "Mairie ") {
			t.Errorf("%s: %s leads to %q, %v", kind, dialled, reply.Text, err)
		}
	}
	for kind, number := range map[poster.Kind]int{poster.Budget: 1999, poster.Work: numbers[poster.Consultation], poster.Meeting: 9} {
		if _, err := n.posters().Make(ctx, home.ID, kind, number, "fr"); store.CodeOf(err) != store.CodeNotFound {
			t.Errorf("%s %d: %v", kind, number, err)
		}
	}
}

func TestPosterPageIsSafe(t *testing.T) {
	page, err := poster.NewPage()
	if err != nil {
		t.Fatal(err)
	}
	body, err := page.Render(poster.Sheet{Language: "fr", Commune: "<b>", Title: "<script>alert(1)</script>", Facts: []string{"a & b"}, Dial: "*1#"}, poster.Wall)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(body); strings.Contains(text, "<script") || strings.Contains(text, "<b>") || !strings.Contains(text, "a &amp; b") {
		t.Errorf("the page is %s", text)
	}
}

func TestExportPoster(t *testing.T) {
	folder := t.TempDir()
	set, _, err := demoSettings(Process{Stderr: new(strings.Builder)}, &commands{}, folder, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n, err := openDemoNode(t.Context(), set, slog.New(slog.DiscardHandler), set.now())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.close(); err != nil {
		t.Fatal(err)
	}
	conf := channelConfig(t, folder)
	file := filepath.Join(folder, "affiche.html")
	if r := run(t, "", "export", "poster", "budget", "2026", "--commune", "417", "-o", file, "--config", conf); r.code != exitDone {
		t.Fatalf("%d: %s", r.code, r.errors)
	}
	if page, err := os.ReadFile(file); err != nil || !strings.Contains(string(page), "283 370 000 FCFA") || !strings.Contains(string(page), "<style>") {
		t.Errorf("the page: %v\n%s", err, page)
	}
	if r := run(t, "", "export", "poster", "budget", "2026", "--commune", "417", "--form", "radio", "--lang", "en", "--config", conf); r.code != exitDone || !strings.Contains(r.out, "I repeat: star 3 8 4") {
		t.Errorf("radio: %d, %s%s", r.code, r.out, r.errors)
	}
	if r := run(t, "", "export", "poster", "budget", "1999", "--commune", "417", "--config", conf); r.code != exitFound || !strings.Contains(r.errors, "no budget 1999") {
		t.Errorf("a year without a budget: %d, %s", r.code, r.errors)
	}
	if r := run(t, "", "export", "poster", "weather", "1", "--commune", "417", "--config", conf); r.code != exitUsage {
		t.Errorf("an unknown kind: %d", r.code)
	}
}
