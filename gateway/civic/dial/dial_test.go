package dial

import (
	"testing"

	"baro/store"
)

func TestString(t *testing.T) {
	numbers := map[store.PlaceID]string{1: "101", 2: "417"}
	number := func(p store.PlaceID) (string, bool) { n, ok := numbers[p]; return n, ok }
	for _, c := range []struct {
		name    string
		lines   []Line
		commune store.PlaceID
		keys    []int
		want    string
	}{
		{"one code for all", []Line{{Code: "*384*96#"}}, 2, []int{2, 31}, "*384*96*417*2*31#"},
		{"the menu", []Line{{Code: "*384*96#"}}, 2, nil, "*384*96*417#"},
		{"a bound channel needs no number", []Line{{Code: "*384*96#", Commune: 2}}, 2, []int{1}, "*384*96*1#"},
		{"its own channel before the common one", []Line{{Code: "*500#"}, {Code: " *384*96# ", Commune: 2}}, 2, []int{1}, "*384*96*1#"},
		{"others by the common one", []Line{{Code: "*384*96#", Commune: 2}, {Code: "*500#"}}, 1, []int{1}, "*500*101*1#"},
		{"only another commune's channel", []Line{{Code: "*384*96#", Commune: 2}}, 1, []int{1}, ""},
		{"no number yet: only the first screen", []Line{{Code: "*500#"}}, 3, nil, "*500#"},
		{"no number yet: no way to a path", []Line{{Code: "*500#"}}, 3, []int{1}, ""},
		{"no commune", []Line{{Code: "*384*96#", Commune: 2}, {Code: "*500#"}}, 0, nil, "*500#"},
		{"a channel without a code", []Line{{}, {Code: "*500#"}}, 2, nil, "*500*417#"},
		{"no channel", nil, 2, nil, ""},
	} {
		if got := NewBook(number, func() []Line { return c.lines }).String(c.commune, c.keys...); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
