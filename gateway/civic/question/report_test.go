package question

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baro/flows"
	"baro/gateway/civictest"
	"baro/store"
)

func TestReportIsFollowedByItsNumber(t *testing.T) {
	b := newBench(t)
	me := b.Caller(1)
	out := b.act(me, "question.report", civictest.In(b.home, civictest.Word("kind", "water"), civictest.Word("words", "pompe cassée à Nyetaba")))
	number := out.Fields.Get("Number").Num
	if out.Edge != "ok" || number < 1000 || number > 999_999 {
		t.Fatalf("report: %v", out)
	}
	row := b.state(me, b.home, out.Fields.Get("Case").Num, "fr")
	if row.Get("Number").Num != number || row.Get("About").Parts[0].Fields.Get("Subject").Text != "question.kind.water" || row.Get("State").Text != "question.state.received" ||
		row.Get("Since").Num != flows.DateOf(b.Now).Num || row.Get("Answered").True() {
		t.Errorf("state: %v", row)
	}
	found := b.act(me, "question.find", civictest.In(b.home, civictest.Whole("number", number)))
	if found.Edge != "ok" || b.state(me, b.home, found.Fields.Get("Case").Num, "fr").Get("Number").Num != number {
		t.Errorf("found: %v", found)
	}
	for name, wrong := range map[string]flows.Args{
		"another commune": civictest.In(b.other, civictest.Whole("number", number)),
		"another number":  civictest.In(b.home, civictest.Whole("number", number+1)),
		"none":            civictest.In(b.home, civictest.Whole("number", 0)),
		"negative":        civictest.In(b.home, civictest.Whole("number", -number)),
	} {
		if out := b.act(me, "question.find", wrong); out.Edge != "unknown" {
			t.Errorf("%s: %q", name, out.Edge)
		}
	}
	if row := b.state(me, b.other, number, "fr"); row != nil {
		t.Errorf("another commune reads %v", row)
	}
	c := b.stored(me)[0]
	if c.Due.Sub(c.Created) != AnswerWithin || !c.Created.Equal(b.Now) {
		t.Errorf("created %s, due %s", c.Created, c.Due)
	}
}

// Whoever guesses a number learns how far a case is: not what it is about, nor the answer.
func TestStrangersSeeTheStateOnly(t *testing.T) {
	b := newBench(t)
	me, stranger := b.Caller(1), b.Caller(2)
	number := b.report(me, "town_hall", "on demande de l'argent")
	c := b.stored(me)[0]
	b.Must(b.Answer(b.Ctx, b.home, DeskOutside, c.ID, store.CaseReceived, store.Texts{"fr": "C'est vérifié.", "bm": "Tiɲɛ"}, store.Act{Actor: "mediateur"}))
	row := b.state(stranger, b.home, number, "fr")
	if row.Get("State").Text != "question.state.answered" || row.Get("Answered").True() || row.Get("Answer").Text != "" ||
		row.Get("About").True() {
		t.Errorf("a stranger reads %v", row)
	}
	for lang, want := range map[string]string{"fr": "C'est vérifié.", "bm": "Tiɲɛ", "ff": "C'est vérifié."} {
		if row := b.state(me, b.home, number, lang); row.Get("Answer").Text != want || !row.Get("Answered").True() {
			t.Errorf("%s: the asker reads %v", lang, row)
		}
	}
}

func TestAtMostFiveOpenCases(t *testing.T) {
	b := newBench(t)
	me := b.Caller(1)
	for range MaxOpen {
		b.report(me, "road", "trou")
	}
	again := civictest.In(b.home, civictest.Word("kind", "road"), civictest.Word("words", "encore un trou"))
	if out := b.act(me, "question.report", again); out.Edge != "limit" {
		t.Errorf("the sixth is %q", out.Edge)
	}
	if cases := b.stored(me); len(cases) != MaxOpen {
		t.Errorf("%d cases are stored", len(cases))
	}
	b.report(b.Caller(2), "road", "trou") // another number is free to ask
	b.Must(b.Close(b.Ctx, b.home, DeskTownHall, b.stored(me)[0].ID, store.CaseReceived, store.Act{Actor: "clerc"}))
	if out := b.act(me, "question.report", again); out.Edge != "ok" {
		t.Errorf("after one was closed: %q", out.Edge)
	}
}

func TestNumbersAreUniqueInACommune(t *testing.T) {
	b := newBench(t)
	seen := map[int64]bool{}
	for i := range 200 {
		n := b.report(b.Caller(i), "other", "question")
		if seen[n] {
			t.Fatalf("number %d is given twice", n)
		}
		seen[n] = true
	}
}

// Words are sealed at rest, and bound to their column.
func TestWordsAreSealed(t *testing.T) {
	b := newBench(t)
	me := b.Caller(1)
	b.report(me, "school_health", "  le maître\n\tde Nyetaba\u202e est  absent ")
	c := b.stored(me)[0]
	_, words, err := b.Read(b.Ctx, b.home, DeskTownHall, c.ID)
	if err != nil || words != "le maître de Nyetaba est absent" {
		t.Errorf("read %q, %v", words, err)
	}
	if _, err := b.Keys.Open("contact.language", sealedOf(c)); err == nil {
		t.Error("the box opens for another column")
	}
	b.Must(b.DB.Close())
	files, err := filepath.Glob(b.File + "*")
	b.Must(err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		b.Must(err)
		for _, trace := range []string{"Nyetaba est", "absent", "70000001"} {
			if bytes.Contains(raw, []byte(trace)) {
				t.Errorf("%s holds %q", filepath.Base(file), trace)
			}
		}
	}
}

func TestPutRefusesWhatNoScreenSends(t *testing.T) {
	b := newBench(t)
	whole := Report{Commune: b.home, Kind: store.CaseRoad, Words: strings.Repeat("é", MaxWords), At: b.Now}
	for name, change := range map[string]func(*Report){
		"unknown kind": func(r *Report) { r.Kind = "gossip" },
		"no words":     func(r *Report) { r.Words = " \u200b\n" },
		"too long":     func(r *Report) { r.Words += "é" },
	} {
		r := whole
		change(&r)
		if _, taken, err := b.Put(b.Ctx, r); taken || store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %t, %v", name, taken, err)
		} else if strings.Contains(err.Error(), "é") {
			t.Errorf("%s: the error tells the words", name)
		}
	}
	if _, taken, err := b.Put(b.Ctx, whole); !taken || err != nil {
		t.Errorf("the longest: %t, %v", taken, err)
	}
}

func FuzzTidy(f *testing.F) {
	for _, s := range []string{"", " a  b ", "\u202eabc", "e\u0301", "\xff\xfe", "a\x00b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := tidy(s)
		if tidy(once) != once {
			t.Errorf("tidying twice differs: %q", once)
		}
		if strings.ContainsAny(once, "\n\r\t\x00\u202e\u200b") || strings.Contains(once, "  ") || strings.TrimSpace(once) != once {
			t.Errorf("not tidy: %q", once)
		}
	})
}
