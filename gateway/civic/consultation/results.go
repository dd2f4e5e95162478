package consultation

import (
	"context"
	"fmt"

	"baro/gateway/civic/wording"
	"baro/store"
)

// A Tally is what may be shown of the answers to one question.
type Tally struct {
	Question store.Question
	Answers  int64 // rounded to tens as soon as a choice is hidden, see tally
	Choices  []ChoiceTally
	Numbers  *store.NumberResult // questions of kind number
}

// A ChoiceTally is one choice in the poster's order; results are never ranked.
type ChoiceTally struct {
	Choice store.Choice
	N      int64
	Points int64 // questions of kind rank: Borda's count, the first of three ranks gives three points; shown in place of N
	Few    bool  // below Few: N is 0 and no count may be shown
	Held   bool  // held back with it, so that no other question's total gives the hidden count away
}

// Tallies gives what residents may see of a published consultation, by ordinal of the question. Questions with fewer
// answers than Few are left out: their total is itself a count that identifies. False when nothing is published.
func (s *Service) Tallies(ctx context.Context, commune store.PlaceID, id int64) (store.Consultation, []Tally, bool, error) {
	c, found, err := s.published(ctx, commune, id)
	if err != nil || !found {
		return store.Consultation{}, nil, false, err
	}
	results, err := s.stores.Reader.Results(ctx, commune, id)
	if err != nil {
		return store.Consultation{}, nil, false, fmt.Errorf("get results: %w", err)
	}
	byQuestion := make(map[int64]store.QuestionResult, len(results))
	for _, r := range results {
		byQuestion[r.Question] = r
	}
	var tallies []Tally
	for _, q := range inOrder(c.Questions) {
		if t := tally(q, byQuestion[q.ID]); t.Answers >= Few {
			tallies = append(tallies, t)
		}
	}
	protect(tallies)
	return c, tallies, true, nil
}

// protect keeps one question from telling what another one hides. The same people mostly answer all questions, so the
// exact total of one would give the single hidden count of the next by subtraction (domain rule P3): all totals are
// rounded to tens as soon as anything is hidden, and beside a single hidden count the smallest shown one is held back.
func protect(tallies []Tally) {
	hidden, choices := false, 0
	for i := range tallies {
		if len(tallies[i].Choices) > 0 {
			choices++
		}
		hidden = hidden || tallies[i].few() > 0
	}
	if !hidden || len(tallies) < 2 {
		return
	}
	for i := range tallies {
		t := &tallies[i]
		if t.few() == 0 {
			t.Answers = t.Answers / 10 * 10
		} else if t.few() == 1 && choices > 1 {
			t.hold()
		}
	}
}

func (t *Tally) few() (n int) {
	for _, c := range t.Choices {
		if c.Few {
			n++
		}
	}
	return n
}

// hold holds the smallest shown count back.
func (t *Tally) hold() {
	smallest := -1
	for i, c := range t.Choices {
		if !c.Few && (smallest < 0 || c.N < t.Choices[smallest].N) {
			smallest = i
		}
	}
	if smallest >= 0 {
		t.Choices[smallest].N, t.Choices[smallest].Points, t.Choices[smallest].Held = 0, 0, true
	}
}

// tally hides counts below Few. With the exact total a single hidden count could be had by subtraction (domain rule P3),
// so the total then depends on the hidden answers by their full tens only, and is rounded to tens, at most 9 off.
func tally(q store.Question, r store.QuestionResult) Tally {
	t := Tally{Question: q, Answers: r.Answers}
	if q.Kind == store.QuestionNumber {
		t.Numbers = r.Numbers
		if r.Numbers == nil {
			t.Answers = 0
		}
		return t
	}
	counts, points := make(map[int64]int64, len(r.Choices)), make(map[int64]int64, len(r.Choices))
	for _, c := range r.Choices {
		counts[c.Choice], points[c.Choice] = c.N, c.Points
	}
	var seen, hidden int64
	few := false
	for _, c := range shown(store.Question{Choices: q.Choices}, store.Voter{}) {
		n := counts[c.ID]
		if n < Few {
			hidden += n
			few = true
			t.Choices = append(t.Choices, ChoiceTally{Choice: c, Few: true})
			continue
		}
		seen += n
		t.Choices = append(t.Choices, ChoiceTally{Choice: c, N: n, Points: points[c.ID]})
	}
	if few && q.Kind.Picks() { // the counts add up to no total: only the total itself has to be rounded
		t.Answers = r.Answers / 10 * 10
	} else if few {
		t.Answers = (seen+9)/10*10 + hidden/10*10
	}
	return t
}

// decided tells whether there is a decision that can be told: its words and its day.
func decided(c store.Consultation) bool {
	return !date(c.DecisionOn).IsZero() && wording.In(c.Decision, "") != ""
}
