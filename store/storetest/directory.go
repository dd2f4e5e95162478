package storetest

import (
	"slices"
	"testing"
	"time"

	"baro/store"
)

func testServices(t *testing.T, b *bench) {
	one, two := b.communes()
	service := func(id, need, name string, at *store.Point) store.Service {
		return store.Service{Need: need, Kind: "cscom", Name: name, At: at, Status: store.ServiceActive, Source: "who", ExternalID: id}
	}
	full := service("a", "health", "CSCOM Jèkabara", &store.Point{Lat: 13.2, Lon: -6.5})
	full.HoursText, full.Hours = "Lun-sam 8h-16h", &store.Hours{Days: []string{"MO", "SA"}, Open: "08:00", Close: "16:00"}
	full.Price, full.Papers, full.Phone = ptr(int64(500)), []store.Texts{{"fr": "carnet"}}, "20 21 22 23"
	full.VerifiedAt, full.ReviewOn, full.Unverified = b.clock.Now(), "2027-01-01", true
	n, err := b.Services.Upsert(b.ctx, one, []store.Service{full, service("b", "water", "Puits", nil), service("c", "health", "Agent", nil)})
	b.must(err)
	equal(t, "rows", n, 3)
	defunct := service("d", "health", "Ancien", &store.Point{Lat: 13.3, Lon: -6.4})
	defunct.Status = store.ServiceDefunct
	_, err = b.Services.Upsert(b.ctx, two, []store.Service{
		service("a", "health", "Voisin", &store.Point{Lat: 13.3, Lon: -6.4}), defunct,
		service("e", "health", "Loin", &store.Point{Lat: 20, Lon: 0}), service("f", "health", "Sans position", nil)})
	b.must(err)

	near, err := b.Services.Near(b.ctx, one, "health", store.Box{South: 13, North: 13.5, West: -7, East: -6})
	b.must(err)
	var found []string
	for _, s := range near {
		found = append(found, s.Name)
	}
	if !slices.Equal(found, []string{"Agent", "CSCOM Jèkabara", "Voisin"}) {
		t.Errorf("nearby: %v", found)
	}
	got := near[1]
	if got.Hours == nil || got.Hours.Close != "16:00" || *got.Price != 500 || got.Papers[0]["fr"] != "carnet" || !got.Unverified ||
		!got.VerifiedAt.Equal(b.clock.Now()) || got.ReviewOn != "2027-01-01" || got.At.Lon != -6.5 {
		t.Errorf("the service came back changed: %+v", got)
	}
	if near[0].Hours != nil || near[0].Price != nil || near[0].At != nil {
		t.Errorf("unknown values became known: %+v", near[0])
	}

	later := b.clock.Advance(time.Hour)
	b.must(b.Services.Verify(b.ctx, one, got.ID, later, clerk))
	b.wants(store.CodeNotFound, b.Services.Verify(b.ctx, two, got.ID, later, clerk))
	full.VerifiedAt, full.Name = time.Time{}, "CSCOM"
	_, err = b.Services.Upsert(b.ctx, one, []store.Service{full})
	b.must(err)
	got, err = b.Services.Get(b.ctx, one, got.ID)
	b.must(err)
	if got.Name != "CSCOM" || !got.VerifiedAt.Equal(later) {
		t.Errorf("an import must change the name and keep the check: %+v", got)
	}
	_, err = b.Services.Get(b.ctx, two, got.ID)
	b.wants(store.CodeNotFound, err)

	errs := together(4, func(int) error {
		return b.Services.SetStatus(b.ctx, one, got.ID, store.ServiceActive, store.ServiceClosedTemporarily, clerk)
	})
	equal(t, "winners", b.winners(errs, store.CodeConflict), 1)
	b.wants(store.CodeNotFound, b.Services.SetStatus(b.ctx, two, got.ID, store.ServiceClosedTemporarily, store.ServiceActive, clerk))
	for need, want := range map[string]int{"": 3, "health": 2, "water": 1, "school": 0} {
		list, err := b.Services.List(b.ctx, one, need)
		b.must(err)
		equal(t, "services for "+need, len(list), want)
	}
	bad := service("z", "health", "Z", &store.Point{Lat: 100})
	_, err = b.Services.Upsert(b.ctx, one, []store.Service{service("y", "health", "Y", nil), bad})
	b.wants(store.CodeInvalid, err)
	list, err := b.Services.List(b.ctx, one, "")
	b.must(err)
	equal(t, "services after a refused import", len(list), 3)
}

func testCounters(t *testing.T, b *bench) {
	hour := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	for _, err := range together(20, func(i int) error {
		return b.Counters.Add(b.ctx, 1, "need", "health", hour.Add(time.Duration(i)*time.Minute), 2)
	}) {
		b.must(err)
	}
	b.must(b.Counters.Add(b.ctx, 1, "need", "water", hour.Add(time.Hour), 1))
	b.must(b.Counters.Add(b.ctx, 2, "need", "health", hour, 5))
	b.must(b.Counters.Add(b.ctx, 0, "dial", "first", hour, 1))
	got, err := b.Counters.Range(b.ctx, 1, "need", hour, hour.Add(2*time.Hour))
	b.must(err)
	want := []store.Count{{Commune: 1, Subject: "need", Key: "health", Hour: hour, N: 40}, {Commune: 1, Subject: "need", Key: "water", Hour: hour.Add(time.Hour), N: 1}}
	if !slices.Equal(got, want) {
		t.Errorf("counts: %+v", got)
	}
	got, err = b.Counters.Range(b.ctx, 1, "need", hour, hour.Add(time.Hour))
	b.must(err)
	equal(t, "counts before the second hour", len(got), 1)
}

func testCases(t *testing.T, b *bench) {
	one, two := b.communes()
	asker := pseudonym(3)
	k, err := b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CaseWater, Body: seal("words"), PlaceText: "Nyetaba", Asker: &asker,
		Due: b.clock.Now().Add(14 * 24 * time.Hour)})
	b.must(err)
	if len(k.Number) != 4 || k.State != store.CaseReceived || *k.Asker != asker || string(k.Body.Box) != "box:words" || !k.Created.Equal(b.clock.Now()) {
		t.Errorf("case: %+v", k)
	}
	anonymous, err := b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: store.CaseRoad})
	b.must(err)
	if anonymous.Asker != nil || anonymous.Body.Box != nil || anonymous.Body.KeyID != "" {
		t.Errorf("a case without asker and words: %+v", anonymous)
	}
	_, err = b.Cases.Create(b.ctx, store.Case{Commune: one, Kind: "weather"})
	b.wants(store.CodeInvalid, err)
	status, err := b.Cases.Status(b.ctx, one, k.Number)
	b.must(err)
	equal(t, "state", status.State, store.CaseReceived)
	_, err = b.Cases.Status(b.ctx, two, k.Number)
	b.wants(store.CodeNotFound, err)
	_, err = b.Cases.Get(b.ctx, two, k.ID)
	b.wants(store.CodeNotFound, err)
	for commune, want := range map[store.PlaceID]int{one: 1, two: 0} {
		own, err := b.Cases.Own(b.ctx, commune, asker)
		b.must(err)
		equal(t, "own cases", len(own), want)
	}

	b.wants(store.CodeInvalid, b.Cases.Move(b.ctx, one, k.ID, store.CaseAnswered, store.CaseReceived, clerk))
	b.wants(store.CodeInvalid, b.Cases.Move(b.ctx, one, k.ID, store.CaseReceived, store.CaseAnswered, clerk))
	b.must(b.Cases.Move(b.ctx, one, k.ID, store.CaseReceived, store.CaseAssigned, clerk))
	b.wants(store.CodeConflict, b.Cases.Move(b.ctx, one, k.ID, store.CaseReceived, store.CaseAssigned, clerk))
	b.wants(store.CodeNotFound, b.Cases.Answer(b.ctx, two, k.ID, store.CaseAssigned, store.Texts{"fr": "x"}, clerk))
	errs := together(5, func(int) error {
		return b.Cases.Answer(b.ctx, one, k.ID, store.CaseAssigned, store.Texts{"fr": "Pompe réparée"}, clerk)
	})
	equal(t, "answers", b.winners(errs, store.CodeConflict), 1)
	k, err = b.Cases.Get(b.ctx, one, k.ID)
	b.must(err)
	if k.State != store.CaseAnswered || k.Answer["fr"] != "Pompe réparée" || k.Answered.IsZero() {
		t.Errorf("answered: %+v", k)
	}
	waiting, err := b.Cases.List(b.ctx, one, store.CaseQuery{Audience: store.AudienceClerks, State: store.CaseReceived, Limit: 10})
	b.must(err)
	if len(waiting) != 1 || waiting[0].ID != anonymous.ID {
		t.Errorf("waiting: %+v", waiting)
	}
	n, err := b.Cases.PurgeBodies(b.ctx, b.clock.Now().Add(time.Microsecond))
	b.must(err)
	equal(t, "purged bodies", n, 1)

	numbers := make(map[string]bool)
	for range 60 {
		k, err := b.Cases.Create(b.ctx, store.Case{Commune: two, Kind: store.CaseOther})
		b.must(err)
		if numbers[k.Number] || len(k.Number) < 4 || len(k.Number) > 6 {
			t.Fatalf("number %q is taken or of a wrong length", k.Number)
		}
		numbers[k.Number] = true
	}
}
