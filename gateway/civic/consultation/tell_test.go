package consultation

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"baro/gateway/civic"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/profile"
	"baro/gateway/civictest"
	"baro/store"
)

// told is a bench whose results are told, and the post they go by.
func told(t *testing.T) (*bench, *civictest.Post, *profile.Service) {
	b, post := newBench(t), &civictest.Post{}
	people := profile.New(profile.Deps{Contacts: b.DB.Contacts(), Consents: b.DB.Consents(), Keys: b.Keys,
		TextVersion: func(message, lang string) string { return message + ":" + lang }})
	b.means = Means{People: people, Agreed: b.DB.Alerts(), Letters: post, Dials: civictest.Dials{}, Tx: b.DB}
	return b, post, people
}

// ask is a consultation of the first of water's questions, answered by so many numbers for each choice and published.
func (b *bench) ask(questions int, ballots ...int) store.Consultation {
	b.T.Helper()
	asked := b.water()
	asked.OpensAt, asked.ClosesAt, asked.ReadingOn = b.Now.Add(-time.Hour), b.Now.Add(time.Hour), store.Date(b.Now.Format(time.DateOnly))
	asked.Questions = asked.Questions[:questions]
	c, err := b.DB.Consultations().Get(b.Ctx, b.home, b.opened(asked).ID)
	b.Must(err)
	who := 0
	for i, n := range ballots {
		for range n {
			who++
			v := b.Voter(c.ID, b.Caller(who).Number)
			b.Must(b.stores.Ballots.Answer(b.Ctx, b.home, c.ID, v, store.Answer{Question: c.Questions[0].ID, Choices: []int64{c.Questions[0].Choices[i].ID}, AskedOrder: 1}, b.Now))
			if questions > 1 {
				n := int64(5)
				b.Must(b.stores.Ballots.Answer(b.Ctx, b.home, c.ID, v, store.Answer{Question: c.Questions[1].ID, Number: &n, AskedOrder: 2}, b.Now))
			}
			b.Must(b.stores.Ballots.Confirm(b.Ctx, b.home, c.ID, v, b.Now))
		}
	}
	act := store.Act{Actor: "maire"}
	b.Must(b.DB.Consultations().Close(b.Ctx, b.home, c.ID, act))
	b.Must(b.Publish(b.Ctx, b.home, c.ID, b.Now, act))
	return c
}

// A published result goes once to who agreed to it in the commune, with the counts of the screen and what to dial.
func TestTellingOfResults(t *testing.T) {
	b, post, people := told(t)
	agree := func(i int, commune store.PlaceID, lang string) civic.Caller {
		c := b.Caller(i)
		b.Must(people.Agree(b.Ctx, c, store.PurposeConsultations, profile.Choice{Language: lang, Commune: commune}, "fr"))
		return c
	}
	reader := agree(101, b.home, "bm")
	b.Must(people.Withdraw(b.Ctx, agree(102, b.home, "fr"), store.PurposeConsultations))
	agree(103, b.other, "fr")
	c := b.ask(1, 12, 3, 11)
	run := func(want, letters int) {
		t.Helper()
		if n, err := b.TellResults(b.Ctx, b.Now); err != nil || n != want || len(post.Letters) != letters {
			t.Fatalf("%d letters, want %d; %d in all, want %d; %v", n, want, len(post.Letters), letters, err)
		}
	}
	run(1, 1)
	l := post.Letters[0]
	b.Must(b.Manifest.CheckLetter(l.Message, l.Fields))
	rows := l.Fields.Get("Results").Parts
	if l.Message != "consultation.letter" || l.To != reader.Number || l.Language != "bm" || l.Purpose != store.PurposeConsultations || l.Priority == store.PriorityReply ||
		l.Fields.Get("Title").Text != "Ji" || l.Fields.Get("Dial").Text != fmt.Sprintf("*384*96[2 %d]#", c.Number) || len(rows) != 3 {
		t.Errorf("letter: %+v", l)
	}
	if rows[0].Fields.Get("Count").Num != 12 || rows[1].Message != "consultation.part.few" {
		t.Errorf("counts: %+v", rows)
	}
	agree(104, b.home, "fr") // later: for the next one
	run(0, 1)

	several := b.ask(2, 12)
	run(2, 3)
	for _, l := range post.Letters[1:] {
		b.Must(b.Manifest.CheckLetter(l.Message, l.Fields))
		if l.Message != "consultation.letter.several" || l.Fields.Get("Dial").Text != fmt.Sprintf("*384*96[2 %d]#", several.Number) {
			t.Errorf("of several questions: %+v", l)
		}
	}
	b.ask(1, 9) // too few for anything to be shown
	run(0, 3)

	b.ask(1, 12)
	post.Err = errors.New("disk full")
	if _, err := b.TellResults(b.Ctx, b.Now); !errors.Is(err, post.Err) {
		t.Errorf("a fault is swallowed: %v", err)
	}
	post.Err = nil
	run(2, 5) // nothing was noted of the run that failed

	b.ask(1, 12)
	post.Err = fmt.Errorf("send: %w", letter.ErrNoWay)
	run(0, 5)
	post.Err = nil
	run(0, 5)
}
