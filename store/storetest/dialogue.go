package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"baro/store"
)

// openKinds opens a consultation with a question of each kind that is answered by several choices, and one for words.
func (b *bench) openKinds(commune store.PlaceID) store.Consultation {
	b.t.Helper()
	three := []store.Choice{{Label: store.Texts{"fr": "A"}}, {Label: store.Texts{"fr": "B"}}, {Label: store.Texts{"fr": "C"}}}
	priced := slices.Clone(three)
	for i := range priced {
		priced[i].Cost = ptr(int64(i+1) * 1_000_000)
	}
	k := b.draft(commune)
	k.Questions = []store.Question{
		{Kind: store.QuestionSeveral, Text: store.Texts{"fr": "Lesquels?"}, Min: ptr(int64(1)), Max: ptr(int64(2)), Choices: three},
		{Kind: store.QuestionBudget, Text: store.Texts{"fr": "Lesquels?"}, Min: ptr(int64(1)), Max: ptr(int64(3)), Envelope: ptr(int64(4_000_000)), Choices: priced},
		{Kind: store.QuestionRank, Text: store.Texts{"fr": "Le premier?"}, Min: ptr(int64(2)), Max: ptr(int64(3)), Choices: three},
		{Kind: store.QuestionText, Text: store.Texts{"fr": "Autre chose?"}},
	}
	k, err := b.Consultations.Create(b.ctx, k)
	b.must(err)
	b.must(b.Consultations.Open(b.ctx, commune, k.ID, clerk))
	return k
}

func picks(q store.Question, which ...int) (ids []int64) {
	for _, i := range which {
		ids = append(ids, q.Choices[i].ID)
	}
	return ids
}

func testKinds(t *testing.T, b *bench) {
	one, two := b.communes()
	k := b.openKinds(one)
	several, budget, rank, words := k.Questions[0], k.Questions[1], k.Questions[2], k.Questions[3]
	if *budget.Envelope != 4_000_000 || *budget.Choices[2].Cost != 3_000_000 || several.Choices[0].Cost != nil || *rank.Max != 3 {
		t.Fatalf("the questions came back changed: %+v", k.Questions)
	}
	now := b.clock.Now()
	for name, bad := range map[string]store.Answer{
		"more than allowed":   {Question: several.ID, Choices: picks(several, 0, 1, 2)},
		"picked twice":        {Question: several.ID, Choices: picks(several, 1, 1)},
		"over the envelope":   {Question: budget.ID, Choices: picks(budget, 1, 2)},
		"of another question": {Question: rank.ID, Choices: picks(several, 0)},
		"words to choices":    {Question: several.ID, Choices: picks(several, 0), Words: seal("w")},
		"choices to words":    {Question: words.ID, Choices: picks(several, 0), Words: seal("w")},
		"no words":            {Question: words.ID},
		"number to words":     {Question: words.ID, Words: seal("w"), Number: ptr(int64(1))},
	} {
		if err := b.Ballots.Answer(b.ctx, one, k.ID, voter(1), bad, now); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i, v := range []store.Voter{voter(1), voter(2), voter(3)} {
		for _, a := range []store.Answer{
			{Question: several.ID, Choices: picks(several, 0, i%2+1), Card: i == 2},
			{Question: budget.ID, Choices: picks(budget, 2, 0), Card: i == 2},
			{Question: rank.ID, Choices: picks(rank, i, (i+1)%3), Card: i == 2},
			{Question: words.ID, Words: seal(string(rune('a' + i))), Card: i == 2},
		} {
			b.must(b.Ballots.Answer(b.ctx, one, k.ID, v, a, now))
		}
		b.must(b.Ballots.Confirm(b.ctx, one, k.ID, v, now))
	}
	// A change that is not confirmed does not count, in words either.
	b.must(b.Ballots.Answer(b.ctx, one, k.ID, voter(1), store.Answer{Question: words.ID, Words: seal("changed")}, now))
	ballot, err := b.Ballots.Get(b.ctx, one, k.ID, voter(1))
	b.must(err)
	if last := ballot.Answers[3]; last.Confirmed || string(last.Words.Box) != "box:changed" || !slices.Equal(ballot.Answers[2].Choices, picks(rank, 0, 1)) {
		t.Errorf("ballot: %+v", ballot)
	}
	read, err := b.Ballots.Words(b.ctx, one, k.ID, words.ID, 10, clerk)
	b.must(err)
	if len(read) != 3 || string(read[0].Box) != "box:a" {
		t.Errorf("words: %v", read)
	}
	_, err = b.Ballots.Words(b.ctx, two, k.ID, words.ID, 10, clerk)
	b.wants(store.CodeNotFound, err)
	b.must(b.Consultations.Close(b.ctx, one, k.ID, clerk))
	results, err := b.Consultations.Results(b.ctx, one, k.ID)
	b.must(err)
	for what, got := range map[string][2]int64{
		"several, first":  {results[0].Choices[0].N, 3},
		"several, second": {results[0].Choices[1].N, 2},
		"budget, third":   {results[1].Choices[2].N, 3},
		"budget, second":  {results[1].Choices[1].N, 0},
		"rank, points":    {results[2].Choices[0].Points, 5}, // once first of three, once second
		"rank, named":     {results[2].Choices[0].N, 2},
		"words":           {results[3].Answers, 3},
	} {
		equal(t, what, got[0], got[1])
	}
	k, err = b.Consultations.Get(b.ctx, one, k.ID)
	b.must(err)
	if k.Phones != 2 || k.Cards != 1 {
		t.Errorf("%d ballots by phone, %d by card", k.Phones, k.Cards)
	}
	b.clock.Advance(time.Hour)
	_, err = b.Ballots.Unlink(b.ctx, b.clock.Now())
	b.must(err)
	read, err = b.Ballots.Words(b.ctx, one, k.ID, words.ID, 10, clerk)
	b.must(err)
	equal(t, "words after unlinking", len(read), 0)

	for name, spoil := range map[string]func(*store.Consultation){
		"a cost without an envelope": func(k *store.Consultation) { k.Questions[0].Choices[0].Cost = ptr(int64(1)) },
		"no envelope":                func(k *store.Consultation) { k.Questions[1].Envelope = nil },
		"more picks than choices":    func(k *store.Consultation) { k.Questions[2].Max = ptr(int64(4)) },
		"words with choices":         func(k *store.Consultation) { k.Questions[3].Choices = k.Questions[0].Choices },
	} {
		bad := b.openKinds(one)
		bad.ID, bad.Questions = 0, slices.Clone(bad.Questions)
		bad.Questions[0].Choices = slices.Clone(bad.Questions[0].Choices)
		spoil(&bad)
		if _, err := b.Consultations.Create(b.ctx, bad); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func testVoteCards(t *testing.T, b *bench) {
	one, two := b.communes()
	k, other := b.openConsultation(one), b.openConsultation(one)
	hashes := [][16]byte{{1}, {2}, {3}}
	batch, err := b.VoteCards.Issue(b.ctx, one, k.ID, hashes, clerk)
	b.must(err)
	equal(t, "batch", batch, 1)
	_, err = b.VoteCards.Issue(b.ctx, one, k.ID, hashes[:1], clerk)
	b.wants(store.CodeConflict, err)
	_, err = b.VoteCards.Issue(b.ctx, two, k.ID, hashes, clerk)
	b.wants(store.CodeNotFound, err)
	second, err := b.VoteCards.Issue(b.ctx, one, k.ID, [][16]byte{{4}}, clerk)
	b.must(err)
	equal(t, "second batch", second, 2)
	for _, at := range []struct {
		commune      store.PlaceID
		consultation int64
		hash         [16]byte
	}{{two, k.ID, hashes[0]}, {one, other.ID, hashes[0]}, {one, k.ID, [16]byte{9}}} {
		_, err := b.VoteCards.Find(b.ctx, at.commune, at.consultation, at.hash)
		b.wants(store.CodeNotFound, err)
	}
	card, err := b.VoteCards.Find(b.ctx, one, k.ID, hashes[0])
	b.must(err)
	if card.Used || card.Voided {
		t.Errorf("a fresh card: %+v", card)
	}
	b.wants(store.CodeConflict, b.VoteCards.Use(b.ctx, two, k.ID, card.ID, b.clock.Now()))
	b.wants(store.CodeConflict, b.VoteCards.Use(b.ctx, one, other.ID, card.ID, b.clock.Now()))
	errs := together(5, func(int) error { return b.VoteCards.Use(b.ctx, one, k.ID, card.ID, b.clock.Now()) })
	equal(t, "uses of one card", b.winners(errs, store.CodeConflict), 1)
	n, err := b.VoteCards.Void(b.ctx, one, k.ID, 1, clerk)
	b.must(err)
	equal(t, "made void", n, 2)
	batches, err := b.VoteCards.Batches(b.ctx, one, k.ID)
	b.must(err)
	if len(batches) != 2 || batches[0].Cards != 3 || batches[0].Used != 1 || batches[0].Voided != 2 || batches[1].Cards != 1 {
		t.Errorf("batches: %+v", batches)
	}
	void, err := b.VoteCards.Find(b.ctx, one, k.ID, hashes[1])
	b.must(err)
	b.wants(store.CodeConflict, b.VoteCards.Use(b.ctx, one, k.ID, void.ID, b.clock.Now()))
	b.must(b.Consultations.Close(b.ctx, one, k.ID, clerk))
	_, err = b.VoteCards.Issue(b.ctx, one, k.ID, [][16]byte{{5}}, clerk)
	b.wants(store.CodeConflict, err)
	b.clock.Advance(time.Hour)
	_, err = b.Ballots.Unlink(b.ctx, b.clock.Now())
	b.must(err)
	batches, err = b.VoteCards.Batches(b.ctx, one, k.ID)
	b.must(err)
	equal(t, "batches after unlinking", len(batches), 0)
}

func testFollowUps(t *testing.T, b *bench) {
	one, two := b.communes()
	k := b.openConsultation(one)
	done := store.FollowUp{On: "2027-01-10", What: store.Texts{"fr": "Pompe commandée"}}
	b.must(b.Consultations.Close(b.ctx, one, k.ID, clerk))
	b.wants(store.CodeConflict, b.Consultations.Decide(b.ctx, one, k.ID, store.Texts{"fr": "La pompe"}, "2026-12-20", clerk))
	b.must(b.Consultations.Publish(b.ctx, one, k.ID, clerk))
	b.wants(store.CodeConflict, b.Consultations.Follow(b.ctx, one, k.ID, done, clerk))
	for range 2 { // the second time corrects
		b.must(b.Consultations.Decide(b.ctx, one, k.ID, store.Texts{"fr": "La pompe"}, "2026-12-20", clerk))
	}
	b.wants(store.CodeNotFound, b.Consultations.Follow(b.ctx, two, k.ID, done, clerk))
	b.wants(store.CodeInvalid, b.Consultations.Follow(b.ctx, one, k.ID, store.FollowUp{On: "2027-02-30", What: done.What}, clerk))
	b.must(b.Consultations.Follow(b.ctx, one, k.ID, done, clerk))
	b.must(b.Consultations.Follow(b.ctx, one, k.ID, store.FollowUp{On: "2027-02-01", What: store.Texts{"fr": "Pompe posée"}}, clerk))
	b.wants(store.CodeConflict, b.Consultations.Decide(b.ctx, one, k.ID, store.Texts{"fr": "x"}, "2027-02-02", clerk))
	steps, err := b.Consultations.FollowUps(b.ctx, one, k.ID)
	b.must(err)
	if len(steps) != 2 || steps[0].What["fr"] != "Pompe posée" || steps[1].On != "2027-01-10" {
		t.Errorf("steps: %+v", steps)
	}
	steps, err = b.Consultations.FollowUps(b.ctx, two, k.ID)
	b.must(err)
	equal(t, "steps seen by the other commune", len(steps), 0)
	k, err = b.Consultations.Get(b.ctx, one, k.ID)
	b.must(err)
	equal(t, "state", k.State, store.ConsultationFollowed)
}

func testCaseAudiences(t *testing.T, b *bench) {
	one, two := b.communes()
	due := b.clock.Now().Add(time.Hour)
	water, err := b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CaseWater, Due: due})
	b.must(err)
	hall, err := b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CaseTownHall, Due: due})
	b.must(err)
	for audience, want := range map[store.CaseAudience]int64{store.AudienceClerks: water.ID, store.AudienceReferral: hall.ID} {
		for _, q := range []store.CaseQuery{{}, {State: store.CaseReceived}, {Late: due.Add(1000)}} {
			q.Audience, q.Limit = audience, 10
			got, err := b.Cases.List(b.ctx, one, q)
			b.must(err)
			if len(got) != 1 || got[0].ID != want || got[0].Audience != audience {
				t.Errorf("%+v lists %+v", q, got)
			}
		}
		got, err := b.Cases.List(b.ctx, one, store.CaseQuery{Audience: audience, Late: due, Limit: 10})
		b.must(err)
		equal(t, "late before it is due", len(got), 0)
		counts, err := b.Cases.Count(b.ctx, one, audience, due.Add(1000))
		b.must(err)
		equal(t, "counts", counts, store.CaseCounts{Received: 1, Late: 1})
	}
	b.wants(store.CodeInvalid, b.Cases.Assign(b.ctx, one, water.ID, store.CaseAnswered, "7", clerk))
	b.wants(store.CodeInvalid, b.Cases.Assign(b.ctx, one, water.ID, store.CaseReceived, "", clerk))
	b.wants(store.CodeNotFound, b.Cases.Assign(b.ctx, two, water.ID, store.CaseReceived, "7", clerk))
	errs := together(4, func(int) error { return b.Cases.Assign(b.ctx, one, water.ID, store.CaseReceived, "7", clerk) })
	equal(t, "assignments", b.winners(errs, store.CodeConflict), 1)
	b.must(b.Cases.Assign(b.ctx, one, water.ID, store.CaseAssigned, "8", clerk))
	mine, err := b.Cases.List(b.ctx, one, store.CaseQuery{Audience: store.AudienceClerks, Assignee: "8", Limit: 10})
	b.must(err)
	if len(mine) != 1 || mine[0].Assignee != "8" || mine[0].Assigned.IsZero() {
		t.Errorf("assigned to 8: %+v", mine)
	}
}

func testSolvedCases(t *testing.T, b *bench) {
	one, two := b.communes()
	asker := pseudonym(4)
	answered := func() store.Case {
		k, err := b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CaseWater, Asker: &asker})
		b.must(err)
		b.must(b.Cases.Answer(b.ctx, one, k.ID, store.CaseReceived, store.Texts{"fr": "Jeudi"}, clerk))
		return k
	}
	k := answered()
	b.wants(store.CodeConflict, b.Cases.Settle(b.ctx, one, k.ID, store.PromptYes, time.Time{}, clerk))
	list, err := b.Cases.Unprompted(b.ctx, b.clock.Now().Add(1000), 10)
	b.must(err)
	equal(t, "to ask about", len(list), 1)
	b.wants(store.CodeNotFound, b.Cases.Prompt(b.ctx, two, k.ID, clerk))
	b.must(b.Cases.Prompt(b.ctx, one, k.ID, clerk))
	b.wants(store.CodeConflict, b.Cases.Prompt(b.ctx, one, k.ID, clerk))
	_, err = b.Cases.Prompting(b.ctx, two, asker)
	b.wants(store.CodeNotFound, err)
	asked, err := b.Cases.Prompting(b.ctx, one, asker)
	b.must(err)
	equal(t, "asked about", asked.ID, k.ID)
	waiting, err := b.Cases.Prompted(b.ctx)
	b.must(err)
	if len(waiting) != 1 || waiting[0] != asker {
		t.Errorf("to be asked: %v", waiting)
	}
	b.must(b.Cases.Settle(b.ctx, one, k.ID, store.PromptLater, time.Time{}, clerk))
	waiting, err = b.Cases.Prompted(b.ctx)
	b.must(err)
	equal(t, "to be asked after it was put off", len(waiting), 0)
	_, err = b.Cases.Prompting(b.ctx, one, asker)
	b.wants(store.CodeNotFound, err)
	due := b.clock.Now().Add(48 * time.Hour)
	b.must(b.Cases.Settle(b.ctx, one, k.ID, store.PromptNo, due, clerk))
	k, err = b.Cases.Get(b.ctx, one, k.ID)
	b.must(err)
	if k.State != store.CaseReceived || k.Reopened.IsZero() || !k.Due.Equal(due) || k.Prompt != store.PromptNo {
		t.Errorf("opened again: %+v", k)
	}
	b.must(b.Cases.Answer(b.ctx, one, k.ID, store.CaseReceived, store.Texts{"fr": "Fait"}, clerk))
	list, err = b.Cases.Unprompted(b.ctx, b.clock.Now().Add(1000), 10)
	b.must(err)
	equal(t, "asked about once only", len(list), 0)
	other := answered()
	b.must(b.Cases.Prompt(b.ctx, one, other.ID, clerk))
	b.must(b.Cases.Settle(b.ctx, one, other.ID, store.PromptYes, time.Time{}, clerk))
	b.wants(store.CodeConflict, b.Cases.Settle(b.ctx, one, other.ID, store.PromptNo, due, clerk))
	other, err = b.Cases.Get(b.ctx, one, other.ID)
	b.must(err)
	equal(t, "state", other.State, store.CaseClosed)
	b.wants(store.CodeInvalid, b.Cases.Settle(b.ctx, one, other.ID, "maybe", due, clerk))
}

func testCallbacks(t *testing.T, b *bench) {
	one, two := b.communes()
	ask := func(commune store.PlaceID, n byte) bool {
		fresh, err := b.Callbacks.Ask(b.ctx, store.Callback{Commune: commune, Caller: pseudonym(n), Phone: seal("phone"), Channel: "ussd",
			Subject: "budget", Made: b.clock.Now()})
		b.must(err)
		return fresh
	}
	if !ask(one, 1) || ask(one, 1) || ask(two, 1) || !ask(0, 2) {
		t.Error("a number has one open request")
	}
	waits := func(n byte, want bool) {
		t.Helper()
		got, err := b.Callbacks.Waits(b.ctx, pseudonym(n))
		b.must(err)
		equal(t, fmt.Sprint("waits ", n), got, want)
	}
	waits(1, true)
	waits(2, true)
	waits(3, false)
	_, err := b.Callbacks.Ask(b.ctx, store.Callback{Commune: one, Caller: pseudonym(3), Made: b.clock.Now()})
	b.wants(store.CodeInvalid, err)
	for commune, want := range map[store.PlaceID]int{one: 1, two: 0, 0: 1} {
		list, err := b.Callbacks.List(b.ctx, commune, store.CallbackOpen, 10)
		b.must(err)
		equal(t, "open", len(list), want)
	}
	list, err := b.Callbacks.List(b.ctx, one, store.CallbackOpen, 10)
	b.must(err)
	k := list[0]
	if k.Caller != pseudonym(1) || string(k.Phone.Box) != "box:phone" || k.Subject != "budget" || k.Commune != one {
		t.Errorf("request: %+v", k)
	}
	b.wants(store.CodeNotFound, b.Callbacks.Finish(b.ctx, two, k.ID, store.CallbackCalled, clerk))
	b.wants(store.CodeInvalid, b.Callbacks.Finish(b.ctx, one, k.ID, store.CallbackOpen, clerk))
	errs := together(4, func(int) error { return b.Callbacks.Finish(b.ctx, one, k.ID, store.CallbackCalled, clerk) })
	equal(t, "finished", b.winners(errs, store.CodeConflict), 1)
	k, err = b.Callbacks.Get(b.ctx, one, k.ID)
	b.must(err)
	if k.Phone.Box != nil || k.Caller != (store.Pseudonym{}) || k.State != store.CallbackCalled || k.Done.IsZero() {
		t.Errorf("a done request still holds the number: %+v", k)
	}
	waits(1, false)
	if !ask(one, 1) {
		t.Error("who was called may ask again")
	}
	n, err := b.Callbacks.Purge(b.ctx, b.clock.Advance(time.Hour))
	b.must(err)
	equal(t, "purged", n, 1)
}
