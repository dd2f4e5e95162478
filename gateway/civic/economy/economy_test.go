package economy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civictest"
	"baro/store"
)

// Every source and action the manifest declares for this subject is bound, and nothing else is.
func TestBindingIsTheManifests(t *testing.T) {
	newBench(t).BoundAsDeclared("economy")
}

// listed gives the titles of a list of jobs.
func (b *bench) listed() string {
	b.T.Helper()
	var names []string
	for _, row := range b.read("economy.offers", "fr", civictest.Word("kind", "job")) {
		names = append(names, row.Fields.Get("Title").Text)
	}
	return strings.Join(names, ", ")
}

func TestNothingIsShownPastItsDeadline(t *testing.T) {
	b := newBench(t)
	late, soon := b.publish(b.job("Plus tard", b.Now.Add(48*time.Hour))), b.publish(b.job("Bientot", b.Now.Add(time.Hour)))
	draft, err := b.Draft(b.Ctx, b.job("Brouillon", b.Now.Add(time.Hour)))
	b.Must(err)
	if got := b.listed(); got != "Bientot, Plus tard" {
		t.Errorf("open: %s", got)
	}
	shown := func(o store.Opportunity) bool {
		t.Helper()
		out := b.dial(o.Number)
		byNumber := out.Edge == "ok" && out.Fields.Get("Offer").Num == o.ID
		rows := b.read("economy.offer", "fr", civictest.Whole("offer", o.ID))
		more := b.read("economy.offer_summary", "fr", civictest.Whole("offer", o.ID))
		if byNumber != (len(rows) == 1) || byNumber != (len(more) == 1) {
			t.Errorf("%s: by number %t, %d records, %d summaries", o.Title["fr"], byNumber, len(rows), len(more))
		}
		return byNumber
	}
	if !shown(late) || !shown(soon) || shown(draft) {
		t.Error("published ones are shown, drafts are not")
	}
	b.Now = soon.Deadline.Add(-time.Microsecond)
	if !shown(soon) {
		t.Error("hidden before its deadline")
	}
	b.Now = soon.Deadline
	if shown(soon) || b.listed() != "Plus tard" {
		t.Errorf("shown at its deadline, listed: %s", b.listed())
	}
	b.Must(b.Withdraw(b.Ctx, b.home, late.ID, store.OpportunityPublished, b.act))
	if shown(late) || b.listed() != "" {
		t.Error("withdrawn and still shown")
	}
	closed := b.publish(b.job("Pris", b.Now.Add(time.Hour)))
	b.Must(b.Close(b.Ctx, b.home, closed.ID, b.act))
	if shown(closed) {
		t.Error("closed and still shown")
	}
}

func TestEachCommuneSeesItsOwn(t *testing.T) {
	b := newBench(t)
	foreign := b.job("Ailleurs", b.Now.Add(time.Hour))
	foreign.Commune = b.away
	foreign = b.publish(foreign)
	market, err := b.PutMarket(b.Ctx, store.MarketDay{Commune: b.away, PlaceName: "Sanjiba", Days: store.EveryDay}, b.act)
	b.Must(err)
	for name, more := range map[string][]flows.Field{
		"economy.offers": {civictest.Word("kind", "job")}, "economy.offer": {civictest.Whole("offer", foreign.ID)}, "economy.offer_summary": {civictest.Whole("offer", foreign.ID)},
		"economy.markets": nil, "economy.market": {civictest.Whole("market", market.ID)}, "economy.answers": nil, "economy.projects": nil,
	} {
		if rows := b.read(name, "fr", more...); len(rows) > 0 {
			t.Errorf("%s shows another commune's: %v", name, rows)
		}
	}
	if out := b.dial(foreign.Number); out.Edge != "unknown" {
		t.Errorf("another commune's number leads to %+v", out)
	}
	b.Wants(store.CodeNotFound, b.Close(b.Ctx, b.home, foreign.ID, b.act))
}

// A number of another kind of thing is not taken for an offer with the same id.
func TestNumbersOfOtherThings(t *testing.T) {
	b := newBench(t)
	o := b.publish(b.job("Gardien", b.Now.Add(time.Hour)))
	number, err := b.DB.DialNumbers().Assign(b.Ctx, b.home, store.DialTarget{Kind: store.DialWork, Ref: o.ID})
	b.Must(err)
	if out := b.dial(number); out.Edge != "unknown" {
		t.Errorf("the number of a work leads to %+v", out)
	}
}

func TestDeadlinesAreToldAsPeopleCountDays(t *testing.T) {
	b := newBench(t)
	day := func(d, h, m int) time.Time { return time.Date(2026, 12, d, h, m, 0, 0, b.zone) }
	for _, c := range []struct {
		deadline time.Time
		want     string
		listed   time.Time
	}{
		{day(5, 0, 0), "economy.fact.until", day(4, 0, 0)}, // ends with the day before
		{day(5, 10, 0), "economy.fact.before", day(5, 0, 0)},
		{day(5, 0, 30), "economy.fact.before", day(5, 0, 0)}, // half past eleven the day before in UTC
	} {
		o := b.publish(b.job(fmt.Sprint(c.deadline.Format("2 15:04")), c.deadline))
		parts := b.read("economy.offer", "fr", civictest.Whole("offer", o.ID))[0].Fields.Get("Facts").Parts
		i := slices.IndexFunc(parts, func(p flows.Part) bool { return p.Message == c.want })
		if i < 0 || parts[i].Fields.Get("Until").Num != flows.DayOf(c.listed).Num {
			t.Errorf("until %s: %+v", c.deadline, parts)
			continue
		}
		if at := parts[i].Fields.Get("At"); c.want == "economy.fact.before" && at.Num != int64(c.deadline.Hour()*60+c.deadline.Minute()) {
			t.Errorf("until %s, told %+v", c.deadline, at)
		}
	}
	for _, row := range b.read("economy.offers", "bm", civictest.Word("kind", "job")) {
		if row.Fields.Get("Title").Text != "Baara" {
			t.Errorf("the title in another language: %+v", row.Fields)
		}
	}
}

func TestNextMarketDay(t *testing.T) {
	b := newBench(t)
	m, err := b.PutMarket(b.Ctx, store.MarketDay{Commune: b.home, PlaceName: "Jèkabara", Days: store.WeekdaysOf(time.Thursday, time.Sunday),
		Note: store.Texts{"fr": "Betail le matin"}}, b.act)
	b.Must(err)
	// 25 November 2026 is a Wednesday. At 23:30 UTC it is Thursday already where the market is.
	for now, want := range map[time.Time]int{
		time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC): 26, time.Date(2026, 11, 25, 23, 30, 0, 0, time.UTC): 26,
		time.Date(2026, 11, 26, 22, 0, 0, 0, time.UTC): 26, time.Date(2026, 11, 26, 23, 30, 0, 0, time.UTC): 29,
		time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC): 29,
	} {
		if got := b.Next(m, now).In(b.zone).Day(); got != want {
			t.Errorf("at %s: %d, want %d", now, got, want)
		}
	}
	row := b.read("economy.market", "fr", civictest.Whole("market", m.ID))[0].Fields
	if days := row.Get("Days").Parts; len(days) != 2 || days[0].Message != "day.short.4" || days[1].Message != "day.short.7" {
		t.Errorf("days: %+v", days)
	}
	if facts := row.Get("Facts").Parts; len(facts) != 2 || facts[1].Fields.Get("Note").Text != "Betail le matin" {
		t.Errorf("facts: %+v", facts)
	}
	if rows := b.read("economy.market", "fr", civictest.Whole("market", m.ID+1)); rows != nil {
		t.Errorf("a market that is none: %v", rows)
	}
}

func TestWhatDoesNotFitIsNotPublished(t *testing.T) {
	b := newBench(t)
	for want, spoil := range map[string]func(*store.Opportunity){
		"title: missing":         func(o *store.Opportunity) { o.Title = store.Texts{"bm": "Baara"} },
		"title: too_long":        func(o *store.Opportunity) { o.Title["bm"] = strings.Repeat("ɛ", MaxTitle+1) },
		"summary: too_long":      func(o *store.Opportunity) { o.Summary["fr"] = strings.Repeat("a", MaxSummary+1) },
		"organisation: too_long": func(o *store.Opportunity) { o.Organisation = strings.Repeat("a", MaxOrganisation+1) },
		"place: too_long":        func(o *store.Opportunity) { o.PlaceName = strings.Repeat("a", MaxPlace+1) },
		"deadline: past":         func(o *store.Opportunity) { o.Deadline = b.Now },
	} {
		o := b.job("Gardien", b.Now.Add(time.Hour))
		spoil(&o)
		if faults := Check(o, b.Now); len(faults) != 1 || faults[0].Error() != want {
			t.Errorf("%s: %v", want, faults)
		}
		made, err := b.Draft(b.Ctx, o)
		b.Must(err)
		b.Wants(store.CodeInvalid, b.Publish(b.Ctx, b.home, made.ID, b.Now, b.act))
	}
	widest := b.job(strings.Repeat("é", MaxTitle), b.Now.Add(time.Hour))
	widest.Summary, widest.Organisation = store.Texts{"fr": strings.Repeat("é", MaxSummary)}, strings.Repeat("é", MaxOrganisation)
	widest.PlaceName = strings.Repeat("é", MaxPlace)
	made := b.publish(widest)
	// What people see already keeps to the limits; its deadline may be put off.
	made.Deadline = b.Now.Add(2 * time.Hour)
	if _, err := b.Revise(b.Ctx, made, b.Now, b.act); err != nil {
		t.Error(err)
	}
	made.PlaceName += "x"
	_, err := b.Revise(b.Ctx, made, b.Now, b.act)
	b.Wants(store.CodeInvalid, err)
	_, err = b.PutMarket(b.Ctx, store.MarketDay{Commune: b.home, PlaceName: made.PlaceName, Days: store.EveryDay}, b.act)
	b.Wants(store.CodeInvalid, err)
}

// What a business asked is answered in public without its words.
func TestPublishedAnswersHoldNoWordsOfTheAsker(t *testing.T) {
	b := newBench(t)
	asker := store.Pseudonym{1}
	k, err := b.DB.Cases().Create(b.Ctx, store.Case{Commune: b.home, Kind: store.CaseBusiness, Asker: &asker,
		Body: store.Sealed{KeyID: "k", Box: []byte("SECRET WORDS")}})
	b.Must(err)
	subject := store.Texts{"fr": "Places au hangar"}
	b.Wants(store.CodeConflict, b.PublishAnswer(b.Ctx, b.home, k.ID, subject, b.act))
	b.Must(b.DB.Cases().Answer(b.Ctx, b.home, k.ID, store.CaseReceived, store.Texts{"fr": "Douze"}, b.act))
	if rows := b.read("economy.answers", "fr"); rows != nil {
		t.Errorf("shown before it was published: %v", rows)
	}
	b.Wants(store.CodeInvalid, b.PublishAnswer(b.Ctx, b.home, k.ID, store.Texts{"fr": strings.Repeat("a", MaxSubject+1)}, b.act))
	b.Must(b.PublishAnswer(b.Ctx, b.home, k.ID, subject, b.act))
	rows := append(b.read("economy.answers", "fr"), b.read("economy.answer", "fr", civictest.Whole("topic", k.ID))...)
	if len(rows) != 2 || rows[1].Fields.Get("Answer").Text != "Douze" {
		t.Fatalf("rows: %v", rows)
	}
	if said := fmt.Sprint(rows); strings.Contains(said, "SECRET") || !strings.Contains(said, "Places au hangar") {
		t.Errorf("shown: %s", said)
	}
}
