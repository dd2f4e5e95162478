package consultation

import (
	"math/rand/v2"
	"testing"

	"baro/store"
)

// Where everybody answers every question, no exact total and no sum of shown counts may give a single hidden count away.
func TestNoQuestionTellsWhatAnotherHides(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		voters := 20 + random.Int64N(60)
		tallies := []Tally{spread(random, voters), spread(random, voters), {Numbers: &store.NumberResult{}, Answers: voters}}
		protect(tallies)
		hidden := false
		for _, q := range tallies {
			hidden = hidden || q.few() > 0
		}
		for _, q := range tallies {
			if !hidden {
				continue
			}
			if q.Answers%10 != 0 {
				t.Fatalf("an exact total of %d beside hidden counts", q.Answers)
			}
			unknown := 0
			for _, c := range q.Choices {
				if c.Few || c.Held {
					unknown++
				}
			}
			if unknown == 1 {
				t.Fatalf("one count is hidden, and the sum of another question tells it: %+v", tallies)
			}
		}
	}
}

// spread divides voters among three choices, and hides what tally would hide.
func spread(random *rand.Rand, voters int64) Tally {
	q := store.Question{Kind: store.QuestionOne}
	r := store.QuestionResult{Answers: voters}
	rest := voters
	for id := range int64(3) {
		n := rest
		if id < 2 {
			n = random.Int64N(rest + 1)
		}
		rest -= n
		q.Choices = append(q.Choices, store.Choice{ID: id + 1, Ordinal: int(id + 1)})
		r.Choices = append(r.Choices, store.ChoiceResult{Choice: id + 1, N: n})
	}
	return tally(q, r)
}
