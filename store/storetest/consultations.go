package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"baro/store"
)

func (b *bench) draft(commune store.PlaceID) store.Consultation {
	now := b.clock.Now()
	return store.Consultation{Commune: commune, Title: store.Texts{"fr": "Eau", "bm": "Ji"}, OpensAt: now, ClosesAt: now.Add(72 * time.Hour),
		ReadingOn: "2026-12-15", Questions: []store.Question{
			{Kind: store.QuestionOne, Text: store.Texts{"fr": "Quel travail d'abord?"}, Randomise: true, Choices: []store.Choice{
				{Label: store.Texts{"fr": "Forage"}}, {Label: store.Texts{"fr": "Pompe"}}, {Label: store.Texts{"fr": "Puits"}}}},
			{Kind: store.QuestionNumber, Text: store.Texts{"fr": "Combien de seaux?"}, Min: ptr(int64(0)), Max: ptr(int64(50))},
		}}
}

func (b *bench) openConsultation(commune store.PlaceID) store.Consultation {
	b.t.Helper()
	k, err := b.Consultations.Create(b.ctx, b.draft(commune))
	b.must(err)
	b.must(b.Consultations.Open(b.ctx, commune, k.ID, clerk))
	return k
}

// vote answers the first question with a choice by index.
func (b *bench) vote(k store.Consultation, v store.Voter, choice int, confirm bool) {
	b.t.Helper()
	q := k.Questions[0]
	b.must(b.Ballots.Answer(b.ctx, k.Commune, k.ID, v, store.Answer{Question: q.ID, Choices: []int64{q.Choices[choice].ID}, AskedOrder: 1}, b.clock.Now()))
	if confirm {
		b.must(b.Ballots.Confirm(b.ctx, k.Commune, k.ID, v, b.clock.Now()))
	}
}

func testConsultations(t *testing.T, b *bench) {
	one, two := b.communes()
	k, err := b.Consultations.Create(b.ctx, b.draft(one))
	b.must(err)
	if k.Number != 10 || k.State != store.ConsultationDraft || k.Title["bm"] != "Ji" || len(k.Questions) != 2 || len(k.Questions[0].Choices) != 3 ||
		k.Questions[0].Choices[1].Label["fr"] != "Pompe" || k.Questions[0].Choices[1].Ordinal != 2 || !k.Questions[0].Randomise ||
		*k.Questions[1].Max != 50 || !k.OpensAt.Equal(b.clock.Now()) {
		t.Fatalf("the draft came back changed: %+v", k)
	}
	k.Title = store.Texts{"fr": "L'eau"}
	k.Questions = k.Questions[:1]
	number := k.Number
	k, err = b.Consultations.Revise(b.ctx, k)
	b.must(err)
	if k.Title["fr"] != "L'eau" || len(k.Questions) != 1 || k.Number != number {
		t.Errorf("revised: %+v", k)
	}
	elsewhere := k
	elsewhere.Commune = two
	_, err = b.Consultations.Revise(b.ctx, elsewhere)
	b.wants(store.CodeNotFound, err)
	_, err = b.Consultations.Get(b.ctx, two, k.ID)
	b.wants(store.CodeNotFound, err)

	b.wants(store.CodeConflict, b.Consultations.Close(b.ctx, one, k.ID, clerk))
	b.wants(store.CodeNotFound, b.Consultations.Open(b.ctx, two, k.ID, clerk))
	b.wants(store.CodeConflict, b.Consultations.Decide(b.ctx, one, k.ID, store.Texts{"fr": "x"}, "2026-12-20", clerk))
	errs := together(5, func(int) error { return b.Consultations.Open(b.ctx, one, k.ID, clerk) })
	equal(t, "openers", b.winners(errs, store.CodeConflict), 1)
	_, err = b.Consultations.Revise(b.ctx, k)
	b.wants(store.CodeConflict, err)
	overdue, err := b.Consultations.Overdue(b.ctx, b.clock.Now())
	b.must(err)
	equal(t, "overdue before the time", len(overdue), 0)
	overdue, err = b.Consultations.Overdue(b.ctx, k.ClosesAt)
	b.must(err)
	equal(t, "overdue", len(overdue), 1)
	b.must(b.Consultations.Close(b.ctx, one, k.ID, clerk))
	untold := func(want int) {
		t.Helper()
		all, err := b.Consultations.Untold(b.ctx, 10)
		b.must(err)
		equal(t, "results nobody was told of", len(all), want)
	}
	b.wants(store.CodeConflict, b.Consultations.Told(b.ctx, one, k.ID, b.clock.Now()))
	untold(0)
	b.must(b.Consultations.Publish(b.ctx, one, k.ID, clerk))
	b.wants(store.CodeConflict, b.Consultations.Publish(b.ctx, one, k.ID, clerk))
	untold(1)
	b.wants(store.CodeNotFound, b.Consultations.Told(b.ctx, two, k.ID, b.clock.Now()))
	b.must(b.Consultations.Told(b.ctx, one, k.ID, b.clock.Now()))
	b.wants(store.CodeConflict, b.Consultations.Told(b.ctx, one, k.ID, b.clock.Now()))
	untold(0)
	b.must(b.Consultations.Decide(b.ctx, one, k.ID, store.Texts{"fr": "La pompe d'abord"}, "2026-12-20", clerk))
	k, err = b.Consultations.Get(b.ctx, one, k.ID)
	b.must(err)
	if k.State != store.ConsultationDecided || k.DecisionOn != "2026-12-20" || k.Decision["fr"] == "" || k.ClosedAt.IsZero() {
		t.Errorf("published: %+v", k)
	}
	for want, states := range map[int][]store.ConsultationState{1: nil, 0: {store.ConsultationOpen, store.ConsultationDraft}} {
		list, err := b.Consultations.List(b.ctx, one, states...)
		b.must(err)
		equal(t, fmt.Sprint("list ", states), len(list), want)
	}

	for name, spoil := range map[string]func(*store.Consultation){
		"closes before it opens": func(k *store.Consultation) { k.ClosesAt = k.OpensAt },
		"one choice only":        func(k *store.Consultation) { k.Questions[0].Choices = k.Questions[0].Choices[:1] },
		"number without range":   func(k *store.Consultation) { k.Questions[1].Max = nil },
		"unknown kind":           func(k *store.Consultation) { k.Questions[0].Kind = "essay" },
		"no such day":            func(k *store.Consultation) { k.ReadingOn = "2026-13-01" },
	} {
		bad := b.draft(one)
		spoil(&bad)
		if _, err := b.Consultations.Create(b.ctx, bad); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testBallots(t *testing.T, b *bench) {
	one, two := b.communes()
	k := b.openConsultation(one)
	which, howMany := k.Questions[0], k.Questions[1]
	v, now := voter(1), b.clock.Now()
	empty, err := b.Ballots.Get(b.ctx, one, k.ID, v)
	b.must(err)
	equal(t, "answers before", len(empty.Answers), 0)
	b.wants(store.CodeNotFound, b.Ballots.Confirm(b.ctx, one, k.ID, v, now))

	answer := store.Answer{Question: which.ID, Choices: []int64{which.Choices[1].ID},
		ChoiceOrder: []int64{which.Choices[2].ID, which.Choices[1].ID, which.Choices[0].ID}, AskedOrder: 1}
	b.must(b.Ballots.Answer(b.ctx, one, k.ID, v, answer, now))
	b.must(b.Ballots.Answer(b.ctx, one, k.ID, v, store.Answer{Question: howMany.ID, Number: ptr(int64(12)), AskedOrder: 2}, now))
	got, err := b.Ballots.Get(b.ctx, one, k.ID, v)
	b.must(err)
	if got.Confirmed || len(got.Answers) != 2 || got.Answers[0].Choices[0] != answer.Choices[0] || len(got.Answers[0].ChoiceOrder) != 3 ||
		*got.Answers[1].Number != 12 || got.Answers[0].Confirmed || !got.Answers[0].Created.Equal(now) {
		t.Fatalf("ballot: %+v", got)
	}
	b.must(b.Ballots.Confirm(b.ctx, one, k.ID, v, now))
	answer.Choices = []int64{which.Choices[0].ID}
	b.must(b.Ballots.Answer(b.ctx, one, k.ID, v, answer, now))
	got, err = b.Ballots.Get(b.ctx, one, k.ID, v)
	b.must(err)
	if !got.Confirmed || got.Answers[0].Confirmed || !got.Answers[1].Confirmed {
		t.Errorf("a change waits for its confirmation: %+v", got)
	}

	other := b.openConsultation(one)
	for name, bad := range map[string]store.Answer{
		"foreign question":     {Question: other.Questions[0].ID, Choices: []int64{other.Questions[0].Choices[0].ID}},
		"foreign choice":       {Question: which.ID, Choices: []int64{other.Questions[0].Choices[0].ID}},
		"foreign order":        {Question: which.ID, Choices: answer.Choices, ChoiceOrder: []int64{other.Questions[0].Choices[0].ID}},
		"two choices":          {Question: which.ID, Choices: []int64{which.Choices[0].ID, which.Choices[1].ID}},
		"no choice":            {Question: which.ID},
		"number to a choice":   {Question: which.ID, Choices: answer.Choices, Number: ptr(int64(1))},
		"number over the most": {Question: howMany.ID, Number: ptr(int64(51))},
		"number below least":   {Question: howMany.ID, Number: ptr(int64(-1))},
		"no number":            {Question: howMany.ID},
	} {
		if err := b.Ballots.Answer(b.ctx, one, k.ID, v, bad, now); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.wants(store.CodeNotFound, b.Ballots.Answer(b.ctx, two, k.ID, v, answer, now))
	b.wants(store.CodeNotFound, b.Ballots.Confirm(b.ctx, two, k.ID, v, now))
	foreign, err := b.Ballots.Get(b.ctx, two, k.ID, v)
	b.must(err)
	equal(t, "answers seen by the other commune", len(foreign.Answers), 0)

	b.wants(store.CodeDenied, b.Ballots.Answer(b.ctx, one, k.ID, v, answer, k.OpensAt.Add(-time.Microsecond)))
	b.must(b.Ballots.Answer(b.ctx, one, k.ID, v, answer, k.ClosesAt.Add(-time.Microsecond)))
	b.wants(store.CodeDenied, b.Ballots.Answer(b.ctx, one, k.ID, v, answer, k.ClosesAt))
	b.wants(store.CodeDenied, b.Ballots.Confirm(b.ctx, one, k.ID, v, k.ClosesAt))
	b.must(b.Consultations.Close(b.ctx, one, k.ID, clerk))
	b.wants(store.CodeDenied, b.Ballots.Answer(b.ctx, one, k.ID, v, answer, now))

	draft, err := b.Consultations.Create(b.ctx, b.draft(one))
	b.must(err)
	b.wants(store.CodeDenied, b.Ballots.Answer(b.ctx, one, draft.ID, v, store.Answer{Question: draft.Questions[0].ID,
		Choices: []int64{draft.Questions[0].Choices[0].ID}}, now))
}

// testClosingRacesAnswers lets voters answer while the consultation closes:
// what was accepted is in the totals, what was refused is not.
func testClosingRacesAnswers(t *testing.T, b *bench) {
	one, _ := b.communes()
	k := b.openConsultation(one)
	q := k.Questions[0]
	var accepted atomic.Int64
	errs := together(24, func(i int) error {
		if i == 12 {
			return b.Consultations.Close(b.ctx, one, k.ID, clerk)
		}
		v := voter(i)
		if err := b.Ballots.Answer(b.ctx, one, k.ID, v, store.Answer{Question: q.ID, Choices: []int64{q.Choices[i%3].ID}}, b.clock.Now()); err != nil {
			return err
		}
		if err := b.Ballots.Confirm(b.ctx, one, k.ID, v, b.clock.Now()); err != nil {
			return err
		}
		accepted.Add(1)
		return nil
	})
	b.winners(errs, store.CodeDenied)
	b.must(errs[12])
	results, err := b.Consultations.Results(b.ctx, one, k.ID)
	b.must(err)
	equal(t, "answers in the totals", results[0].Answers, accepted.Load())
	var sum int64
	for _, c := range results[0].Choices {
		sum += c.N
	}
	equal(t, "sum of the choices", sum, accepted.Load())
}

func testResults(t *testing.T, b *bench) {
	one, two := b.communes()
	k := b.openConsultation(one)
	which, howMany := k.Questions[0], k.Questions[1]
	_, err := b.Consultations.Results(b.ctx, one, k.ID)
	b.wants(store.CodeNotFound, err)
	numbers := []int64{7, 1, 50, 7, 2, 9}
	for i, n := range numbers {
		b.must(b.Ballots.Answer(b.ctx, one, k.ID, voter(i), store.Answer{Question: howMany.ID, Number: ptr(n), AskedOrder: 1}, b.clock.Now()))
		b.vote(k, voter(i), i%2, true)
	}
	b.vote(k, voter(0), 2, false)  // changed and not confirmed: the first choice stands
	b.vote(k, voter(77), 2, false) // never confirmed: does not count
	linked, err := b.Ballots.Linked(b.ctx)
	b.must(err)
	equal(t, "linked consultations", len(linked), 1)
	b.must(b.Consultations.Close(b.ctx, one, k.ID, clerk))

	check := func() {
		t.Helper()
		results, err := b.Consultations.Results(b.ctx, one, k.ID)
		b.must(err)
		equal(t, "questions", len(results), 2)
		equal(t, "answers", results[0].Answers, 6)
		for i, want := range []int64{3, 3, 0} {
			equal(t, fmt.Sprint("choice ", i), results[0].Choices[i], store.ChoiceResult{Choice: which.Choices[i].ID, N: want})
		}
		if results[1].Numbers == nil || *results[1].Numbers != (store.NumberResult{Sum: 76, Min: 1, Max: 50, Median: 7}) {
			t.Errorf("numbers: %+v", results[1].Numbers)
		}
	}
	check()
	_, err = b.Consultations.Results(b.ctx, two, k.ID)
	b.wants(store.CodeNotFound, err)

	closed := b.clock.Now()
	n, err := b.Ballots.Unlink(b.ctx, closed)
	b.must(err)
	equal(t, "unlinked at once", n, 0)
	b.clock.Advance(30 * 24 * time.Hour)
	n, err = b.Ballots.Unlink(b.ctx, closed.Add(time.Microsecond))
	b.must(err)
	equal(t, "unlinked and dropped", n, 7)
	ballot, err := b.Ballots.Get(b.ctx, one, k.ID, voter(1))
	b.must(err)
	equal(t, "answers after unlinking", len(ballot.Answers), 0)
	linked, err = b.Ballots.Linked(b.ctx)
	b.must(err)
	equal(t, "linked consultations", len(linked), 0)
	check()
}
