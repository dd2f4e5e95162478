package inbound

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/store/session"
)

const (
	menuScreen  = "Menu\n1 Un\n2 Deux\n3 Trois\n0 Fin"
	wordsScreen = "Vos mots?\n00 Retour"
)

func (b *bench) want(sid, text, want string) {
	b.t.Helper()
	if got := b.ask(sid, text); got != want {
		b.t.Fatalf("%q shows\n%s\nwant\n%s", text, got, want)
	}
}

func TestRepeatedRequestsAreAnsweredAlikeAndWriteOnce(t *testing.T) {
	b := newBench(t)
	for _, step := range []struct{ text, want string }{
		{"", menuScreen}, {"", menuScreen}, {"1", wordsScreen}, {"1", wordsScreen},
		{"1*pompe", "END Noté"}, {"1*pompe", "END Noté"}, {"1*pompe", "END Noté"},
		{"1*pompe*1", "END Terminé."},
		{"1", "END Noté"}, // a late repeat of an earlier request changes nothing
	} {
		b.want("s", step.text, strings.ReplaceAll(strings.ReplaceAll(step.want, "é", "e"), "É", "E"))
	}
	if n := b.count("pompe"); n != 1 {
		t.Fatalf("written %d times", n)
	}
}

func TestHistoryIsReadByDifference(t *testing.T) {
	b := newBench(t)
	b.want("s", "", menuScreen)
	b.want("s", "1", wordsScreen)
	b.want("s", "1*", "Trop court. "+wordsScreen) // an empty answer
	b.want("s", "1**2*3", "END Note")             // then "2*3": a star inside an answer
	if b.count("2*3") != 1 {
		t.Fatal("the answer with a star was read otherwise")
	}
	b.want("r", "", menuScreen)
	b.want("r", "9", "Choix invalide. "+menuScreen)
	b.want("r", "9*9", "Choix invalide. "+menuScreen) // the same key again is another input
	b.want("r", "9*9*1", wordsScreen)
	b.want("r", "2", menuScreen) // contradicts the history: begin again politely
	b.want("r", "2*1", wordsScreen)
}

func TestHostileInputGetsAClearScreen(t *testing.T) {
	b := newBench(t)
	b.want("s", "", menuScreen)
	for i, typed := range []string{strings.Repeat("7", 500), "\x00\xff\xfe", strings.Repeat("é", 4000), "***", "DROP TABLE", "(1"} {
		text := typed
		sid := "h" + string(rune('a'+i))
		b.want(sid, "", menuScreen)
		got := b.ask(sid, text)
		if !strings.Contains(got, "Un") && got != wordsScreen {
			t.Errorf("%.20q shows %q", typed, got)
		}
	}
	b.want("long", "", wordsScreen) // "(1" was the key 1, and a redial goes on there
	b.want("long", strings.Repeat("x", 500), "Trop long. "+wordsScreen)
	b.want("long", strings.Repeat("x", 500)+"*\xff\xfe", "Illisible. "+wordsScreen)
	if b.notes.Load() != 0 {
		t.Fatal("something was written")
	}
}

func TestLostSaveAfterAnEffectIsNotRepeated(t *testing.T) {
	b := newBench(t)
	b.want("s", "", menuScreen)
	b.want("s", "1", wordsScreen)
	b.sessions.failSaves.Store(1)
	b.want("s", "1*pompe", "END Note") // what is written is told, even if the dialogue cannot go on
	b.want("s", "1*pompe", "END Note") // the network repeats: the steps table knows
	b.want("s", "1*pompe", "END Note")
	if n := b.count("pompe"); n != 1 {
		t.Fatalf("written %d times", n)
	}
}

// The store may lose a dialogue between a step's load and its save.
func TestADialogueLostDuringItsStepGoesOn(t *testing.T) {
	b := newBench(t)
	b.want("s", "", menuScreen)
	b.want("s", "1", wordsScreen)
	b.sessions.forgetBefore.Store(1)
	b.want("s", "1*pompe", "END Note")
	b.want("s", "1*pompe", "END Note")
	b.want("t", "", menuScreen)
	b.sessions.forgetBefore.Store(1)
	b.want("t", "2", "Lignes\n1 ligne\n2 ligne\n3 ligne\n4 ligne\n5 ligne\n9 Suite 0 Retour")
	b.want("t", "2*1", "Choisi\n0 Retour")
	if n := b.count("pompe"); n != 1 {
		t.Fatalf("written %d times", n)
	}
}

func TestOfTwoInputsToOneStepOneWins(t *testing.T) {
	b := newBench(t)
	b.want("s", "", menuScreen)
	b.want("s", "1", wordsScreen)
	var group sync.WaitGroup
	answers := make([]string, 8)
	for i := range answers {
		group.Go(func() { answers[i] = b.ask("s", "1*mot"+string(rune('a'+i))) })
	}
	group.Wait()
	total := int64(0)
	for i := range answers {
		total += b.count("mot" + string(rune('a'+i)))
		if answers[i] != "END Note" && answers[i] != "END Termine" && answers[i] != menuScreen {
			t.Errorf("input %d shows %q", i, answers[i])
		}
	}
	if total != 1 {
		t.Fatalf("%d inputs had effects", total)
	}
}

func TestLostSessionLandsAtTheSamePlaceOrEarlierAndWritesNothing(t *testing.T) {
	b := newBench(t)
	b.want("lost", "2", "Lignes\n1 ligne\n2 ligne\n3 ligne\n4 ligne\n5 ligne\n9 Suite 0 Retour")
	b.want("lost2", "1*pompe", menuScreen) // the walk stops before the question
	b.want("lost3", "3*1", menuScreen)     // and before a sensitive branch
	b.want("lost4", "2*9*1", "Choisi\n0 Retour")
	b.want("lost5", "2*x", "Lignes\n1 ligne\n2 ligne\n3 ligne\n4 ligne\n5 ligne\n9 Suite 0 Retour")
	if b.notes.Load() != 0 {
		t.Fatal("a walk wrote something")
	}
}

func TestSensitiveStepsLeaveOnlyCounts(t *testing.T) {
	b := newBench(t)
	b.want("s", "", menuScreen)
	b.want("s", "3", "Secret\n1 Un\n0 Retour")
	b.want("s", "3*1", "Merci\n0 Retour")
	purged, err := b.db.Steps().Purge(t.Context(), b.clock.Add(time.Hour))
	if err != nil || purged != 0 {
		t.Fatalf("%d step rows were written (%v)", purged, err)
	}
}

func TestRedialFollowsTheFlowsPolicy(t *testing.T) {
	b := newBench(t)
	b.ask("a", "")
	b.want("a", "1", wordsScreen)
	b.want("b", "", wordsScreen) // continue
	b.want("b", "pompe", "END Note")
	b.want("c", "", menuScreen) // a finished dialogue is not gone back to
	b.ask("c", "2")
	b.want("d", "", "Continuer?\n1 Oui\n2 Menu\n0 Fin")
	b.want("d", "1", "Lignes\n1 ligne\n2 ligne\n3 ligne\n4 ligne\n5 ligne\n9 Suite 0 Retour")
	b.want("e", "1", menuScreen) // a dialled string is a wish of its own, and stops before the question
}

func TestOwnFailuresEndPolitely(t *testing.T) {
	b := newBench(t)
	b.want("s", "", menuScreen)
	b.want("s", "1", wordsScreen)
	b.panics.Store(true)
	b.want("s", "1*pompe", "END Plus tard.")
	b.panics.Store(false)
	b.sessions.down.Store(true)
	b.want("s", "1*pompe", "END Plus tard.")
	b.sessions.down.Store(false)
	b.want("s", "1*pompe", "END Note")
	if n := b.count("pompe"); n != 1 {
		t.Fatalf("written %d times", n)
	}
	b.PerPhone = session.Rule{Events: 1, Per: time.Hour, Burst: 1}
	b.want("x", "", menuScreen)
	b.want("x", "2", "END Trop d'appels.")
}

func TestLastInputShape(t *testing.T) {
	b := newBench(t)
	send := func(begin bool, text, mark string) string {
		return shown(b.Handle(t.Context(), channel.USSD{
			Channel: "ussd", Session: "li", Number: number(t), Shape: channel.LastInput, Begin: begin, Text: text, Mark: mark,
		}))
	}
	expect := func(got, want string) {
		t.Helper()
		if got != want {
			t.Fatalf("shows %q, want %q", got, want)
		}
	}
	expect(send(true, "", ""), menuScreen)
	expect(send(true, "", ""), menuScreen) // networks repeat the beginning
	expect(send(false, "1", ""), wordsScreen)
	expect(send(false, "1", ""), wordsScreen) // within a second: the network again
	b.pass(2 * time.Second)
	expect(send(false, "1", ""), "END Note") // later: the person typed 1 as the answer
	expect(send(true, "", ""), menuScreen)
	expect(send(false, "2", "m1"), "Lignes\n1 ligne\n2 ligne\n3 ligne\n4 ligne\n5 ligne\n9 Suite 0 Retour")
	b.pass(time.Minute)
	expect(send(false, "2", "m1"), "Lignes\n1 ligne\n2 ligne\n3 ligne\n4 ligne\n5 ligne\n9 Suite 0 Retour") // the same mark
	expect(send(false, "2", "m2"), "Choisi\n0 Retour")
	if b.count("1") != 1 {
		t.Fatal("the answer was not written once")
	}
}

func TestBrowserShape(t *testing.T) {
	b := newBench(t)
	send := func(begin bool, place, text string) (string, string) {
		s := b.Handle(t.Context(), channel.USSD{
			Channel: "ussd", Session: "br", Number: number(t), Shape: channel.Browser, Begin: begin, Place: place, Text: text,
		})
		return shown(s), s.Place
	}
	expect := func(got, want string) {
		t.Helper()
		if got != want {
			t.Fatalf("shows %q, want %q", got, want)
		}
	}
	got, first := send(true, "", "")
	expect(got, menuScreen)
	got, again := send(true, "", "")
	expect(got, menuScreen) // networks repeat the beginning
	if first == "" || again != first {
		t.Fatalf("the repeat is at another place: %q, %q", first, again)
	}
	got, second := send(false, first, "1")
	expect(got, wordsScreen)
	got, repeated := send(false, first, "1")
	expect(got, wordsScreen)
	if second == first || repeated != second {
		t.Fatalf("places %q, %q, %q", first, second, repeated)
	}
	got, _ = send(false, first, "2") // the phone's own "back", and another link there
	expect(got, wordsScreen)
	got, _ = send(false, "", "pompe") // a place of nobody's making
	expect(got, wordsScreen)
	got, _ = send(false, second, "pompe")
	expect(got, "END Note")
	got, _ = send(false, second, "pompe")
	expect(got, "END Note")
	if n := b.count("pompe"); n != 1 {
		t.Fatalf("written %d times", n)
	}
}

// What was typed into a dialogue that is lost says nothing about the main menu.
func TestALostLastInputWalksNowhere(t *testing.T) {
	b := newBench(t)
	for _, shape := range []channel.Shape{channel.LastInput, channel.Browser} {
		s := b.Handle(t.Context(), channel.USSD{Channel: "ussd", Session: fmt.Sprint("lost", shape), Number: number(t), Shape: shape, Text: "2"})
		if got := shown(s); got != menuScreen {
			t.Errorf("shape %d shows %q", shape, got)
		}
	}
}
