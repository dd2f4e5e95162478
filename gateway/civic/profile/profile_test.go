package profile_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baro/gateway/civic"
	"baro/gateway/civic/profile"
	"baro/gateway/identity"
	"baro/store"
)

func TestKeepOverwritesAndLeavesNoHistory(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	if got := w.known(t, c); got != (profile.Choice{}) {
		t.Fatalf("a stranger is known with %v", got)
	}
	w.act(t, "profile.keep", c, "bm", w.communes[0])
	if got, want := w.known(t, c), (profile.Choice{Language: "bm", Commune: w.communes[0]}); got != want {
		t.Fatalf("kept %v, want %v", got, want)
	}
	first, err := w.db.Contacts().Get(ctx, store.Pseudonym(c.Pseudonym))
	if err != nil {
		t.Fatal(err)
	}
	number, err := w.keys.OpenNumber(identity.Sealed(first.Phone))
	if err != nil || number != c.Number {
		t.Fatalf("the sealed number opens to another one: %v", err)
	}

	w.now = w.now.Add(time.Hour)
	c = w.caller(t, "70123456")
	if edge := w.act(t, "profile.update", c, "ses", w.communes[1]); edge != "ok" {
		t.Fatalf("update ends in %s", edge)
	}
	if got, want := w.known(t, c), (profile.Choice{Language: "ses", Commune: w.communes[1]}); got != want {
		t.Fatalf("after the change %v, want %v", got, want)
	}
	second, err := w.db.Contacts().Get(ctx, store.Pseudonym(c.Pseudonym))
	if err != nil {
		t.Fatal(err)
	}
	if !second.Created.Equal(first.Created) || !second.LastActive.Equal(w.now) {
		t.Errorf("created %v, active %v", second.Created, second.LastActive)
	}
	if w.known(t, w.caller(t, "70123457")) != (profile.Choice{}) {
		t.Error("another number is known too")
	}
}

func TestUpdateKeepsWhatIsLeftOpen(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	w.act(t, "profile.keep", c, "bm", w.communes[0])
	w.act(t, "profile.update", c, "", w.communes[1])
	w.act(t, "profile.update", c, "ff", 0)
	if got, want := w.known(t, c), (profile.Choice{Language: "ff", Commune: w.communes[1]}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestUpdateWritesNothingForAStranger(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	if edge := w.act(t, "profile.update", c, "bm", w.communes[0]); edge != "unknown" {
		t.Errorf("update ends in %s", edge)
	}
	if _, err := w.db.Contacts().Get(ctx, store.Pseudonym(c.Pseudonym)); store.CodeOf(err) != store.CodeNotFound {
		t.Errorf("a contact is there: %v", err)
	}
	if standing, _ := w.db.Consents().Standing(ctx, store.Pseudonym(c.Pseudonym)); len(standing) != 0 {
		t.Error("a consent is there")
	}
}

func TestKeepStoresOneConsentWithItsProof(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	w.act(t, "profile.keep", c, "bm", w.communes[0])
	w.act(t, "profile.keep", c, "ff", w.communes[0])
	standing, err := w.db.Consents().Standing(ctx, store.Pseudonym(c.Pseudonym))
	if err != nil || len(standing) != 1 {
		t.Fatalf("%d consents, %v", len(standing), err)
	}
	k := standing[0]
	if k.Purpose != profile.Remember || k.TextVersion != "keep-1-fr" || k.Channel != "ussd" || k.Source != "dial" ||
		!k.GivenAt.Equal(w.now) || k.Language.Box == nil || bytes.Contains(k.Language.Box, []byte("fr")) {
		t.Errorf("consent is %+v", k)
	}
}

func TestNothingReadableIsKept(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	w.act(t, "profile.keep", c, "ff-Adlm", w.communes[0])
	files, err := filepath.Glob(filepath.Join(w.folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	consents := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, open := range []string{"70123456", "Adlm"} {
			if bytes.Contains(data, []byte(open)) {
				t.Errorf("%s holds %s", filepath.Base(file), open)
			}
		}
		consents += bytes.Count(data, []byte("keep-1-fr"))
	}
	if consents == 0 {
		t.Error("the files read are not where the consent was written")
	}
}

// Who stopped all messages and then lets language and commune be kept has not asked for messages.
func TestKeepDoesNotUndoStop(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	p := store.Pseudonym(c.Pseudonym)
	if err := w.db.Consents().Withdraw(ctx, p, store.PurposeAll, w.now); err != nil {
		t.Fatal(err)
	}
	w.act(t, "profile.keep", c, "bm", w.communes[0])
	for _, purpose := range []store.Purpose{store.PurposeNotices, store.PurposeConsultations, store.PurposeContactBack} {
		if stopped, err := w.db.Consents().Suppressed(ctx, p, purpose); err != nil || !stopped {
			t.Errorf("%s is no longer stopped (%v)", purpose, err)
		}
	}
	standing, _ := w.db.Consents().Standing(ctx, p)
	if len(standing) != 1 || standing[0].Purpose != profile.Remember {
		t.Errorf("consents are %v", standing)
	}
}

func TestKnownRenewsActivityOnceADay(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	kept := w.now
	w.act(t, "profile.keep", c, "bm", w.communes[0])
	for _, step := range []struct{ after, want time.Duration }{
		{23 * time.Hour, 0}, {24 * time.Hour, 24 * time.Hour}, {47 * time.Hour, 24 * time.Hour}, {49 * time.Hour, 49 * time.Hour},
	} {
		w.now = kept.Add(step.after)
		w.known(t, c)
		got, err := w.db.Contacts().Get(ctx, store.Pseudonym(c.Pseudonym))
		if err != nil || !got.LastActive.Equal(kept.Add(step.want)) {
			t.Errorf("after %v active at %v, %v", step.after, got.LastActive.Sub(kept), err)
		}
	}
}

// failing fails the renewal of activity only.
type failing struct{ store.Contacts }

var errFull = errors.New("disk full")

func (failing) Touch(context.Context, store.Pseudonym, time.Time) error { return errFull }

func TestKnownAnswersWhenActivityCannotBeRenewed(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	w.act(t, "profile.keep", c, "bm", w.communes[0])
	w.now = w.now.Add(48 * time.Hour)
	w.Contacts = failing{w.Contacts}
	lang, commune, found, err := w.Known(ctx, c.Pseudonym)
	if lang != "bm" || commune != w.communes[0] || !found || !errors.Is(err, errFull) {
		t.Errorf("%q %d %v %v", lang, commune, found, err)
	}
}

func TestKnownWithAKeyOfAnotherNode(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	w.act(t, "profile.keep", c, "bm", w.communes[0])
	kept, err := w.db.Contacts().Get(ctx, store.Pseudonym(c.Pseudonym))
	if err != nil {
		t.Fatal(err)
	}
	kept.Language.KeyID = "data-9"
	if err := w.db.Contacts().Keep(ctx, kept); err != nil {
		t.Fatal(err)
	}
	if got, want := w.known(t, c), (profile.Choice{Commune: w.communes[0]}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	kept.Language = kept.Phone // a box of another column
	if err := w.db.Contacts().Keep(ctx, kept); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := w.Known(ctx, c.Pseudonym); err == nil {
		t.Error("a number opens as a language")
	}
}

func TestDataAndErase(t *testing.T) {
	w := newTown(t)
	c, other := w.caller(t, "70123456"), w.caller(t, "70123457")
	if got := w.kept(t, c, w.communes[0]); got != "" {
		t.Fatalf("of a stranger is kept %q", got)
	}
	w.ask(t, c, w.communes[0])
	w.vote(t, w.communes[1], c, other)
	w.wish(t, c)
	if got := w.kept(t, c, w.communes[0]); got != "questions 1, call" {
		t.Errorf("without a yes is kept %q", got)
	}
	if got := w.kept(t, c, w.communes[1]); got != "answers 1, questions 1, call" {
		t.Errorf("the question to another commune is denied: %q", got)
	}
	w.act(t, "profile.keep", c, "bm", w.communes[0])
	if got := w.kept(t, c, w.communes[1]); got != "language, commune, answers 1, questions 1, call" {
		t.Errorf("kept is %q", got)
	}
	if got := w.kept(t, c, w.communes[0]); got != "language, commune, questions 1, call" {
		t.Errorf("in the commune alone is kept %q", got)
	}
	w.act(t, "profile.keep", other, "bm", w.communes[1])

	w.act(t, "profile.erase", c, "", 0)
	for _, commune := range w.communes {
		if got := w.kept(t, c, commune); got != "" {
			t.Errorf("after the erasure is kept %q", got)
		}
	}
	if got := w.known(t, c); got != (profile.Choice{}) {
		t.Errorf("after the erasure is known %v", got)
	}
	if stopped, err := w.db.Consents().Suppressed(ctx, store.Pseudonym(c.Pseudonym), store.PurposeNotices); err != nil || !stopped {
		t.Errorf("no suppression is left: %v", err)
	}
	if got := w.kept(t, other, 0); got != "language, commune, answers 1" {
		t.Errorf("of somebody else is kept %q", got)
	}
	w.act(t, "profile.erase", c, "", 0) // again: nothing to do, and no error
}

func (w *town) ask(t *testing.T, c civic.Caller, commune store.PlaceID) {
	t.Helper()
	asker := store.Pseudonym(c.Pseudonym)
	_, err := w.db.Cases().Create(ctx, store.Case{Commune: commune, Kind: store.CaseRoad, Asker: &asker, State: store.CaseReceived,
		Created: w.now, Due: w.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) wish(t *testing.T, c civic.Caller) {
	t.Helper()
	_, err := w.db.Callbacks().Ask(ctx, store.Callback{Commune: w.communes[0], Caller: store.Pseudonym(c.Pseudonym),
		Phone: store.Sealed{KeyID: "k", Box: []byte("sealed")}, Channel: "ussd", Made: w.now})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) vote(t *testing.T, commune store.PlaceID, callers ...civic.Caller) {
	t.Helper()
	made, err := w.db.Consultations().Create(ctx, store.Consultation{
		Commune: commune, Title: store.Texts{"fr": "Eau"}, State: store.ConsultationDraft,
		OpensAt: w.now.Add(-time.Hour), ClosesAt: w.now.Add(time.Hour),
		Questions: []store.Question{{Ordinal: 1, Kind: store.QuestionOne, Text: store.Texts{"fr": "Quel travail?"}, Choices: []store.Choice{
			{Ordinal: 1, Label: store.Texts{"fr": "Forage"}}, {Ordinal: 2, Label: store.Texts{"fr": "Pompe"}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.db.Consultations().Open(ctx, commune, made.ID, store.Act{Actor: "clerk"}); err != nil {
		t.Fatal(err)
	}
	q := made.Questions[0]
	for _, c := range callers {
		answer := store.Answer{Question: q.ID, Choices: []int64{q.Choices[0].ID}, AskedOrder: 1}
		if err := w.db.Ballots().Answer(ctx, commune, made.ID, w.Voters.Voter(made.ID, c.Number), answer, w.now); err != nil {
			t.Fatal(err)
		}
	}
}
