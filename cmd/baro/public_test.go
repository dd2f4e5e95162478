package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// A commune's page says what the phone says, needs nobody signed in, and can be kept for a moment by anyone on the way.
func TestPublicPage(t *testing.T) {
	s := serve(t, newSeed(t).changed(t, `UPDATE places SET name = 'Nord <script>alert(1)</script>' WHERE number = '418'`))
	get := func(path, tag string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("If-None-Match", tag)
		return s.fetch(t, req)
	}
	for _, c := range []struct {
		path  string
		code  int
		wants []string
	}{
		{"/communes/417", http.StatusOK, []string{
			`<html lang="fr">`, "Mairie de Jèkabara", "*384*96#", "Budget 2026 (prévu) : 283 370 000 FCFA", "161 100 000 FCFA", "Pour : 16. Contre : 1.",
			"École de Nyètaba", "Calendrier du budget 2026", "*384*96*1*7#", "Débat public", "Comptes 2025 : 83,9 % dépensé",
		}},
		{"/communes/417?lang=en", http.StatusOK, []string{`<html lang="en">`, "Where the money goes", "283 370 000 FCFA", "Public debate"}},
		{"/communes/417?lang=%3Cscript%3E", http.StatusOK, []string{`<html lang="fr">`}},
		{"/communes/418", http.StatusOK, []string{"Nord &lt;script&gt;"}},
		{"/communes/999", http.StatusNotFound, []string{"Aucune commune n’a ce numéro."}},
		{"/communes/%3Cscript%3E", http.StatusNotFound, []string{"Aucune commune"}},
	} {
		r, body := get(c.path, "")
		if r.StatusCode != c.code {
			t.Errorf("%s: %d", c.path, r.StatusCode)
		}
		for _, want := range c.wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q", c.path, want)
			}
		}
		if regexp.MustCompile(`<script|style="|javascript:|\son\w+=`).MatchString(body) {
			t.Errorf("%s holds something inline", c.path)
		}
	}
	r, _ := get("/communes/417", "")
	tag := r.Header.Get("Etag")
	if r.Header.Get("Cache-Control") != "public, max-age=300" || tag == "" {
		t.Errorf("kept as %q under %q", r.Header.Get("Cache-Control"), tag)
	}
	if r, _ := get("/communes/417", tag); r.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d", r.StatusCode)
	}
	if r, _ := get("/communes/999", ""); strings.Contains(r.Header.Get("Cache-Control"), "public") {
		t.Error("a commune that may be imported in a minute is kept as missing")
	}
}
