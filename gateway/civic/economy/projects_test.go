package economy

import (
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civic/voice"
	"baro/gateway/civictest"
	"baro/store"
)

func TestProjectsWithPartners(t *testing.T) {
	b := newBench(t)
	amount := int64(4_000_000)
	p, err := b.DraftProject(b.Ctx, store.Project{Commune: b.home, Title: store.Texts{"fr": "Hangar"}, Partner: "Coopérative", Amount: &amount,
		Summary: store.Texts{"fr": "Douze places"}}, b.act)
	b.Must(err)
	shown := func(want bool) {
		t.Helper()
		rows, one := b.read("economy.projects", "fr"), b.read("economy.project", "fr", civictest.Whole("project", p.ID))
		out := b.dial(p.Number)
		if (len(rows) == 1) != want || (len(one) == 1) != want || (out.Edge == "project") != want || want && out.Fields.Get("Project").Num != p.ID {
			t.Errorf("listed %d, shown %d, dialled %+v", len(rows), len(one), out)
		}
	}
	shown(false)
	b.Must(b.PublishProject(b.Ctx, b.home, p.ID, b.act))
	shown(true)
	b.Must(b.MoveProject(b.Ctx, b.home, p.ID, store.ProjectProposed, store.ProjectAgreed, b.act))
	b.Wants(store.CodeConflict, b.MoveProject(b.Ctx, b.home, p.ID, store.ProjectProposed, store.ProjectAgreed, b.act))
	fields := b.read("economy.project", "fr", civictest.Whole("project", p.ID))[0].Fields
	var told []string
	for _, f := range fields.Get("Facts").Parts {
		told = append(told, strings.TrimPrefix(f.Message, "economy.project."))
	}
	if fields.Get("State").Text != "economy.state.agreed" || strings.Join(told, " ") != "partner amount summary number" {
		t.Errorf("told %s %v", fields.Get("State").Text, told)
	}
	for name, bad := range map[string]store.Project{
		"no title": {Partner: "Coopérative"}, "no partner": {Title: store.Texts{"fr": "Hangar"}},
		"a long title": {Title: store.Texts{"fr": strings.Repeat("é", MaxTitle+1)}, Partner: "Coopérative"},
	} {
		bad.Commune = b.home
		if _, err := b.DraftProject(b.Ctx, bad, b.act); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who has the same question is counted once and told from ten on; what is not published has no supporters.
func TestSupportOfAnAnsweredQuestion(t *testing.T) {
	b := newBench(t)
	k, err := b.DB.Cases().Create(b.Ctx, store.Case{Commune: b.home, Kind: store.CaseBusiness})
	b.Must(err)
	b.Must(b.DB.Cases().Answer(b.Ctx, b.home, k.ID, store.CaseReceived, store.Texts{"fr": "Douze places"}, b.act))
	topic := civictest.Whole("topic", k.ID)
	if out := b.does(1, "economy.support", topic); out.Edge != "unknown" {
		t.Errorf("unpublished: %q", out.Edge)
	}
	b.Must(b.PublishAnswer(b.Ctx, b.home, k.ID, store.Texts{"fr": "Places au marché"}, b.act))
	told := func(want int64) {
		t.Helper()
		n := int64(0)
		for _, f := range b.read("economy.answer", "fr", topic)[0].Fields.Get("Facts").Parts {
			n = f.Fields.Get("Count").Num
		}
		if n != want {
			t.Errorf("%d are told, want %d", n, want)
		}
	}
	for i := range voice.Few - 1 {
		b.does(i, "economy.support", topic)
		b.does(i, "economy.support", topic)
	}
	told(0)
	b.does(100, "economy.support", topic)
	told(voice.Few)
	b.does(101, "economy.support", topic)
	told(voice.Few) // one more is told with nine others
}

// Who agreed to a kind of offer in the commune is due for each of that kind, until STOP.
func TestAlertsByConsent(t *testing.T) {
	b := newBench(t)
	o := b.publish(b.job("Gardien", b.Now.Add(48*time.Hour)))
	language := civictest.Word("$language", "bm")
	for i, args := range [][]flows.Field{
		{civictest.Whole("offer", o.ID), language}, {civictest.Word("kind", "job")}, {civictest.Word("kind", "tender")}, {civictest.Whole("offer", o.ID), civictest.Word("kind", "tender")},
	} {
		if out := b.does(i, "economy.alert", args...); out.Edge != "ok" {
			t.Errorf("%v: %q", args, out.Edge)
		}
	}
	if out := b.does(9, "economy.alert", civictest.Word("kind", "gift")); out.Edge != "unknown" {
		t.Errorf("a gift: %q", out.Edge)
	}
	unheard, err := b.Unheard(b.Ctx, b.Now)
	b.Must(err)
	if len(unheard) != 1 || unheard[0].ID != o.ID {
		t.Fatalf("unheard: %v", unheard)
	}
	due := func(want ...int) {
		t.Helper()
		people, err := b.Due(b.Ctx, o, store.Pseudonym{}, 10)
		b.Must(err)
		got := map[store.Pseudonym]bool{}
		for _, p := range people {
			got[p.Pseudonym] = true
		}
		for _, i := range want {
			if !got[store.Pseudonym(b.Caller(i).Pseudonym)] {
				t.Errorf("caller %d is not due", i)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d are due, want %d", len(got), len(want))
		}
	}
	due(0, 1, 3) // the last one stood at an offer of a job
	b.Must(b.DB.Consents().Withdraw(b.Ctx, store.Pseudonym(b.Caller(1).Pseudonym), store.PurposeAll, b.Now))
	due(0, 3)
	standing, err := b.DB.Consents().Standing(b.Ctx, store.Pseudonym(b.Caller(0).Pseudonym))
	b.Must(err)
	if len(standing) != 1 || standing[0].Purpose != "opportunities:job" || standing[0].TextVersion != "economy.alert:fr" || standing[0].Source != "dial" {
		t.Errorf("consent: %+v", standing)
	}
	b.Must(b.Told(b.Ctx, o, b.Now))
	b.Wants(store.CodeConflict, b.Told(b.Ctx, o, b.Now))
	if unheard, err := b.Unheard(b.Ctx, b.Now); err != nil || len(unheard) != 0 {
		t.Errorf("unheard after it was told: %v, %v", unheard, err)
	}
}
