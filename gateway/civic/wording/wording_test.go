package wording

import (
	"testing"

	"baro/store"
)

func TestIn(t *testing.T) {
	for name, c := range map[string]struct {
		texts store.Texts
		lang  string
		want  string
	}{
		"asked for":             {store.Texts{"fr": "Eau", "bm": "Ji"}, "bm", "Ji"},
		"French instead":        {store.Texts{"fr": "Eau", "bm": "Ji"}, "ff", "Eau"},
		"any, first by tag":     {store.Texts{"taq": "Aman", "bm": "Ji"}, "ff", "Ji"},
		"an empty one is none":  {store.Texts{"fr": "Eau", "bm": ""}, "bm", "Eau"},
		"an empty first is not": {store.Texts{"bm": "", "taq": "Aman"}, "ff", "Aman"},
		"none":                  {nil, "fr", ""},
	} {
		if got := In(c.texts, c.lang); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
