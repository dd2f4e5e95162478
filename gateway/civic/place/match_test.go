package place

import (
	"math/rand/v2"
	"testing"
)

func TestEdits(t *testing.T) {
	cases := []struct {
		a, b  string
		limit int
		want  int
	}{
		{"kati", "kati", 2, 0},
		{"kati", "kaiti", 2, 1},
		{"kati", "kat", 2, 1},
		{"kati", "kato", 2, 1},
		{"kati", "akti", 2, 1}, // a swap is one edit
		{"segu", "sgeo", 2, 2},
		{"segu", "kita", 2, 3}, // beyond the limit
		{"segu", "segubananba", 1, 2},
		{"", "ab", 2, 2},
	}
	for _, c := range cases {
		if got := edits(key(c.a), key(c.b), c.limit); got != c.want {
			t.Errorf("%s to %s within %d is %d, want %d", c.a, c.b, c.limit, got, c.want)
		}
	}
}

// Edits made one by one are never counted more than there were, and the count is the same in both directions.
func TestEditsAreBounded(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	for range 20_000 {
		a := make(key, rng.IntN(12)+2)
		for i := range a {
			a[i] = rune('a' + rng.IntN(3))
		}
		b, made := append(key(nil), a...), rng.IntN(3)
		for range made {
			i := rng.IntN(len(b))
			if rng.IntN(2) == 0 || len(b) < 2 {
				b[i] = rune('a' + rng.IntN(3))
			} else {
				b = append(b[:i], b[i+1:]...)
			}
		}
		there, back := edits(a, b, 2), edits(b, a, 2)
		if there > made || there != back {
			t.Fatalf("%s to %s: %d there, %d back after %d edits", string(a), string(b), there, back, made)
		}
	}
}

func TestStrip(t *testing.T) {
	words := newFillers()
	cases := map[string]string{
		"Commune rurale de Jèkabara": "jekabara",
		"la mairie de la Fourche":    "furche", // both sides lose the article beside a kind of place
		"La Fourche":                 "la furche",
		"Kati Commune":               "kati",
		"kati kati":                  "kati",
		"san togo san togo san togo": "san togo",
		"commune":                    "comune",
		"cercle d’Ansongo":           "ansongo",
		"De":                         "de",
		"":                           "",
	}
	for name, want := range cases {
		if got := words.strip(name); got != want {
			t.Errorf("%q strips to %q, want %q", name, got, want)
		}
	}
}
