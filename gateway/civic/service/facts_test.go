package service

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/civictest"
	"baro/store"
)

func TestFactsSayWhatIsKnownAndNoMore(t *testing.T) {
	b := newBench(t)
	price := func(n int64) *int64 { return &n }
	week := func(days ...string) *store.Hours { return &store.Hours{Days: days, Open: "08:00", Close: "16:30"} }
	for name, c := range map[string]struct {
		change func(*store.Service)
		want   string
	}{
		"all":                  {func(v *store.Service) { v.Hours, v.Price, v.Phone = week("MO", "TU", "WE"), price(500), "66 00 00 00" }, "hours 1-3 480-990 price 500 phone 66 00 00 00 checked"},
		"only a check":         {func(*store.Service) {}, "checked"},
		"never checked":        {func(v *store.Service) { v.VerifiedAt = store.Service{}.VerifiedAt }, "unverified"},
		"from a doubtful list": {func(v *store.Service) { v.Unverified = true }, "unverified"},
		"officially free":      {func(v *store.Service) { v.Price = price(0) }, "free checked"},
		"aid, price unknown":   {func(v *store.Service) { v.Need = "shelter" }, "checked"}, // its screen says that it is free
		"aid with a price":     {func(v *store.Service) { v.Need, v.Price = "food", price(500) }, "checked"},
		"without papers":       {func(v *store.Service) { v.Need, v.NoPapers = "school", true }, "no_papers checked"},
		"free text hours":      {func(v *store.Service) { v.HoursText = "le matin" }, "checked"},
		"not a run of days":    {func(v *store.Service) { v.Hours = week("MO", "WE", "FR") }, "checked"},
		"across Sunday":        {func(v *store.Service) { v.Hours = week("MO", "SA", "SU") }, "hours 6-1 480-990 checked"},
		"every day":            {func(v *store.Service) { v.Hours = week("SU", "MO", "TU", "WE", "TH", "FR", "SA") }, "hours 1-7 480-990 checked"},
		"one day":              {func(v *store.Service) { v.Hours = week("TH") }, "hours_day 4 480-990 checked"},
		"nonsense days":        {func(v *store.Service) { v.Hours = week("LUNDI") }, "checked"},
		"nonsense clock":       {func(v *store.Service) { v.Hours = &store.Hours{Days: []string{"MO"}, Open: "8h", Close: "16:00"} }, "checked"},
		"round the clock":      {func(v *store.Service) { v.Hours = &store.Hours{Days: []string{"MO"}, Open: "00:00", Close: "24:00"} }, "hours_day 1 0-1440 checked"},
		"hot line":             {func(v *store.Service) { v.Need, v.Phone = "talk", "80" }, "phone 80 checked"},
		"stale clinic phone":   {func(v *store.Service) { v.Phone, v.VerifiedAt = "80", b.Now.AddDate(-1, 0, 0) }, "phone 80 checked"},
		"stale hot line":       {func(v *store.Service) { v.Need, v.Phone, v.VerifiedAt = "talk", "80", b.Now.AddDate(-1, 0, 0) }, "checked"},
	} {
		v := b.entry("health", "CSCOM", nil)
		c.change(&v)
		if got := sketch(b.facts(Found{Service: v}, b.Now)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func sketch(parts []flows.Part) string {
	var words []string
	for _, p := range parts {
		words = append(words, strings.TrimPrefix(p.Message, "service.fact."))
		switch get := p.Fields.Get; p.Message {
		case "service.fact.hours":
			from, to := strings.TrimPrefix(get("From").Text, "day.short."), strings.TrimPrefix(get("To").Text, "day.short.")
			words = append(words, fmt.Sprintf("%s-%s %d-%d", from, to, get("Open").Num, get("Close").Num))
		case "service.fact.hours_day":
			words = append(words, fmt.Sprintf("%s %d-%d", strings.TrimPrefix(get("Day").Text, "day.short."), get("Open").Num, get("Close").Num))
		case "service.fact.price":
			words = append(words, fmt.Sprint(get("Price").Num))
		case "service.fact.phone":
			words = append(words, get("Phone").Text)
		}
	}
	return strings.Join(words, " ")
}

func TestDetailOfANeighboursService(t *testing.T) {
	b := newBench(t)
	n := int64(500)
	v := b.entry("health", "CSCOM Nord", north(40))
	v.Price, v.Phone, v.Hours = &n, "66000000", &store.Hours{Days: []string{"MO", "TU"}, Open: "08:00", Close: "16:00"}
	v.Papers = []store.Texts{{"fr": "carnet de santé", "bm": "karne"}, {"bm": "balo"}, {"fr": ""}}
	b.add(b.north, v)
	rows := b.read("service.nearest", b.args(civictest.Word("need", "health")))
	if len(rows) != 1 || rows[0].Fields.Get("Service").Text != "CSCOM Nord" || !rows[0].Fields.Get("Far").True() {
		t.Fatalf("nearest: %v", rows)
	}
	key := civictest.Whole("service", rows[0].Key.Num)
	detail := b.read("service.detail", b.args(key, civictest.Whole("place", int64(b.village))))[0].Fields
	facts := detail.Get("Facts").Parts
	if km := (facts[0].Fields.Get("Distance").Num + 500) / 1000; km != 30 || !detail.Get("Papers").True() || len(facts) != 5 {
		t.Errorf("detail: %v", detail)
	}
	if got := b.read("service.papers", b.args(key))[0].Fields.Get("Papers").Text; got != "carnet de santé, balo" {
		t.Errorf("papers: %q", got)
	}
	for _, unknown := range []int64{0, 999_999, 999<<ownerShift | 1, -1} {
		for _, source := range []string{"service.detail", "service.papers"} {
			if rows := b.read(source, b.args(civictest.Whole("service", unknown))); len(rows) != 0 {
				t.Errorf("%s of key %d: %v", source, unknown, rows)
			}
		}
	}
	// A service of the neighbour is not to be had under one's own commune.
	owner, id := ownerOf(b.home, rows[0].Key.Num)
	if owner != b.north {
		t.Errorf("owner %d", owner)
	}
	if rows := b.read("service.detail", b.args(civictest.Whole("service", id))); len(rows) != 0 {
		t.Errorf("without its owner: %v", rows)
	}
}

func TestStaleCountsWhatNobodyChecked(t *testing.T) {
	b := newBench(t)
	for name, verified := range map[string]time.Time{
		"fresh": b.Now.AddDate(0, 0, -10), "old": b.Now.AddDate(0, 0, -100), "never": {},
	} {
		v := b.entry("health", name, north(1))
		v.VerifiedAt = verified
		b.add(b.home, v)
	}
	if n, err := b.Stale(b.Ctx, b.home, b.Now); err != nil || n != 2 {
		t.Fatalf("%d stale, %v", n, err)
	}
}
