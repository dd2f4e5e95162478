package consultation

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"baro/store"
)

func TestCheckFindsEveryFault(t *testing.T) {
	b := newBench(t)
	if faults := Check(b.water()); len(faults) != 0 {
		t.Fatalf("a sound consultation has faults: %v", faults)
	}
	long := func(n int) store.Texts { return store.Texts{"fr": strings.Repeat("é", n)} }
	low, high := int64(5), int64(5)
	for name, c := range map[string]struct {
		change func(*store.Consultation)
		want   Fault
	}{
		"no French title":   {func(c *store.Consultation) { c.Title = store.Texts{"bm": "Ji"} }, Fault{0, 0, "title", "missing"}},
		"long title":        {func(c *store.Consultation) { c.Title = long(MaxTitle + 1) }, Fault{0, 0, "title", "too_long"}},
		"closes at once":    {func(c *store.Consultation) { c.ClosesAt = c.OpensAt }, Fault{0, 0, "times", "order"}},
		"no reading":        {func(c *store.Consultation) { c.ReadingOn = "" }, Fault{0, 0, "reading", "missing"}},
		"read before":       {func(c *store.Consultation) { c.ReadingOn = "2026-12-11" }, Fault{0, 0, "reading", "order"}},
		"no such day":       {func(c *store.Consultation) { c.ReadingOn = "2027-02-30" }, Fault{0, 0, "reading", "order"}},
		"no questions":      {func(c *store.Consultation) { c.Questions = nil }, Fault{0, 0, "questions", "too_few"}},
		"seven questions":   {func(c *store.Consultation) { c.Questions = slices.Repeat(c.Questions[:1], 7) }, Fault{0, 0, "questions", "too_many"}},
		"question unasked":  {func(c *store.Consultation) { c.Questions[1].Text = nil }, Fault{2, 0, "text", "missing"}},
		"one choice":        {func(c *store.Consultation) { c.Questions[0].Choices = choices("A") }, Fault{1, 0, "choices", "too_few"}},
		"thirteen choices":  {func(c *store.Consultation) { c.Questions[0].Choices = choices(strings.Split("ABCDEFGHIJKLM", "")...) }, Fault{1, 0, "choices", "too_many"}},
		"long label":        {func(c *store.Consultation) { c.Questions[2].Choices[3].Label = long(MaxLabel + 1) }, Fault{3, 4, "label", "too_long"}},
		"empty range":       {func(c *store.Consultation) { c.Questions[1].Min, c.Questions[1].Max = &low, &high }, Fault{2, 0, "bounds", "order"}},
		"choice and number": {func(c *store.Consultation) { c.Questions[1].Choices = choices("A") }, Fault{2, 0, "choices", "too_many"}},
		"unknown kind":      {func(c *store.Consultation) { c.Questions[1].Kind = "essay" }, Fault{2, 0, "kind", "unknown"}},
	} {
		broken := b.water()
		c.change(&broken)
		if got := Check(broken); !slices.Equal(got, []Fault{c.want}) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestOpenRefusesFaultsAndAFormerVersion(t *testing.T) {
	b := newBench(t)
	c := b.water()
	c.ReadingOn, c.Title = "", nil
	made, err := b.Draft(b.Ctx, c)
	b.Must(err)
	err = b.Open(b.Ctx, b.home, made.ID, store.Act{Actor: "maire"})
	var fault Fault
	if store.CodeOf(err) != store.CodeInvalid || !errors.As(err, &fault) || !strings.Contains(err.Error(), "reading: missing") {
		t.Errorf("opened with faults: %v", err)
	}
	c = b.water()
	c.ID = made.ID
	_, err = b.Revise(b.Ctx, c)
	b.Must(err)
	if err := b.Open(b.Ctx, b.other, made.ID, store.Act{Actor: "maire"}); store.CodeOf(err) != store.CodeNotFound {
		t.Errorf("another commune opens it: %v", err)
	}
	b.Must(b.Open(b.Ctx, b.home, made.ID, store.Act{Actor: "maire"}))
	if _, err := b.Revise(b.Ctx, c); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("revised while open: %v", err)
	}
	if any, err := b.AnyOpen(b.Ctx, b.home, b.Now); !any || err != nil {
		t.Errorf("any open: %v, %v", any, err)
	}
	if any, err := b.AnyOpen(b.Ctx, b.other, b.Now); any || err != nil {
		t.Errorf("any open in another commune: %v, %v", any, err)
	}
}
