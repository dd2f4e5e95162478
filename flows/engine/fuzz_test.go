package engine_test

import (
	"math/rand"
	"strings"
	"testing"

	"baro/flows/engine"
)

// typed are inputs people, networks and attackers send.
var typed = []string{
	"0", "00", "1", "2", "3", "4", "5", "6", "7", "8", "9", "11", "31", "417", "000", "1*2", "#1", "١", "߂", "",
	"le puits est sec", "Jèkabara", "\xff\xfe", "\x00", "-1", "999999999999", "ɲɛgɛn", "العربية", "1.", "\n", "  ",
	strings.Repeat("x", 500), strings.Repeat("9", 40), "👍🏽", "e\u0301", "{{.Commune}}", "<script>", "'; --",
}

// FuzzDialogue takes any bytes for a dialogue: how it opens, what is typed, how the world answers. The phone checks each
// screen and session.
func FuzzDialogue(f *testing.F) {
	r := rand.New(rand.NewSource(1))
	for range 60 {
		seed := make([]byte, 8+r.Intn(120))
		r.Read(seed)
		f.Add(seed, "mot")
	}
	f.Add([]byte{0, 0, 3, 3, 3, 3}, "\xff")
	program := shipped(f)
	profiles := ussdProfiles()
	tags := program.Catalogue.Tags()
	f.Fuzz(func(t *testing.T, data []byte, free string) {
		take := func(n int) int {
			if len(data) == 0 {
				return 0
			}
			b := int(data[0])
			data = data[1:]
			return b % n
		}
		p := newWorld(t, program).phone(profiles[take(2)])
		answers := make([]int, 4)
		for i := range answers {
			answers[i] = take(2)
		}
		p.script = answers
		o := engine.Opening{Callback: take(2) == 1}
		if take(4) > 0 {
			o.Language = tags[take(len(tags))]
		}
		o.Commune = int64(take(2))
		for range take(5) {
			o.Deep = append(o.Deep, typed[take(len(typed))])
		}
		p.open(o)
		for steps := 0; len(data) > 0 && steps < 200; steps++ {
			for i := range p.script {
				p.script[i] = take(2)
			}
			switch in := take(len(typed) + 2); {
			case in == len(typed):
				p.press(free)
			case in == len(typed)+1:
				next := engine.Opening{Language: o.Language, Commune: o.Commune, Previous: p.session.Clone()}
				if p.screen.End() {
					next.Previous = nil
				}
				p.open(next)
			default:
				p.press(typed[in])
			}
		}
	})
}

// Long random dialogues, in every language.
func TestRandomDialogues(t *testing.T) {
	program := shipped(t)
	r := rand.New(rand.NewSource(7))
	for _, profile := range ussdProfiles() {
		for _, lang := range program.Catalogue.Tags() {
			p := newWorld(t, program).phone(profile).open(known(lang))
			for range 400 {
				p.script = []int{r.Intn(2), r.Intn(3), r.Intn(2)}
				if p.screen.End() {
					p.open(engine.Opening{})
				}
				p.press(typed[r.Intn(len(typed))])
			}
		}
	}
}
