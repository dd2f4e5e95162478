package economy

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"baro/gateway/civic/letter"
	"baro/gateway/civictest"
	"baro/store"
)

// Each kind of offer is told in one letter, with what to dial for each, once; what nobody can be told of counts as told.
func TestTellingOfOffers(t *testing.T) {
	b := newBench(t)
	b.does(1, "economy.alert", civictest.Word("kind", "job"), civictest.Word("$language", "bm"))
	b.does(2, "economy.alert", civictest.Word("kind", "tender"))
	var jobs []store.Opportunity
	for i := range 4 {
		jobs = append(jobs, b.publish(b.job("Gardien", b.Now.Add(time.Duration(10-i)*time.Hour))))
	}
	foreign := b.job("Ailleurs", b.Now.Add(time.Hour))
	foreign.Commune = b.away
	b.publish(foreign)
	run := func(want, letters int) {
		t.Helper()
		if n, err := b.TellOffers(b.Ctx, b.Now); err != nil || n != want {
			t.Errorf("%d letters, want %d: %v", n, want, err)
		}
		if len(b.post.Letters) != letters {
			t.Fatalf("%d letters so far, want %d", len(b.post.Letters), letters)
		}
	}
	run(1, 1)
	first := b.post.Letters[0]
	b.Must(b.Manifest.CheckLetter(first.Message, first.Fields))
	named := first.Fields.Get("Offers").Parts
	if len(named) != maxTold || first.Purpose != "opportunities:job" || first.Language != "bm" || !first.ExpiresAt.Equal(jobs[3].Deadline) || first.To != b.Caller(1).Number {
		t.Errorf("letter: %+v", first)
	}
	for i, part := range named { // the nearest deadline first, in the reader's language
		want := fmt.Sprintf("*384*96[4 %d]#", jobs[3-i].Number)
		if part.Fields.Get("Dial").Text != want || part.Fields.Get("Title").Text != "Baara" {
			t.Errorf("%d: %+v, want %s", i, part.Fields, want)
		}
	}
	run(1, 2) // the fourth
	if rest := b.post.Letters[1]; rest.Key == first.Key || len(rest.Fields.Get("Offers").Parts) != 1 {
		t.Errorf("the rest: %+v", rest)
	}
	run(0, 2)

	late := b.publish(b.job("Tard", b.Now.Add(time.Hour)))
	b.post.Err = fmt.Errorf("send: %w", letter.ErrNoWay)
	run(0, 2)
	b.post.Err = nil
	run(0, 2)
	b.Wants(store.CodeConflict, b.Told(b.Ctx, late, b.Now))

	b.publish(b.job("Panne", b.Now.Add(time.Hour)))
	b.post.Err = errors.New("disk full")
	if _, err := b.TellOffers(b.Ctx, b.Now); !errors.Is(err, b.post.Err) {
		t.Errorf("a fault is swallowed: %v", err)
	}
	b.post.Err = nil
	run(1, 3) // nothing was noted of the failed run
}
