package service

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"baro/gateway/civic/place"
	"baro/store"
)

// found lists names with whole kilometres, "?" where no distance is claimed and "!" where it is far.
func (b *bench) found(need string, from store.PlaceID) string {
	b.T.Helper()
	all, err := b.Nearest(b.Ctx, b.home, need, from, b.Now)
	b.Must(err)
	var parts []string
	for _, f := range all {
		mark := "?"
		if f.Known {
			mark = fmt.Sprint((f.Metres + 500) / 1000)
		}
		if f.Far {
			mark += "!"
		}
		parts = append(parts, f.Name+" "+mark)
	}
	return strings.Join(parts, ", ")
}

func TestNearestGrowsUntilThereIsAChoice(t *testing.T) {
	b := newBench(t)
	b.add(b.home, b.entry("health", "A", north(5)), b.entry("health", "Sans lieu", nil), b.entry("school", "Ecole", north(1)))
	b.add(b.north, b.entry("health", "B", north(40)))
	b.add(b.remote, b.entry("health", "C", north(150)), b.entry("health", "D", north(250)))

	// Two within 80 km are no choice yet: the search goes to 200 km, and no further.
	if got := b.found("health", 0); got != "A 5, B 40!, C 150!" {
		t.Errorf("from the commune: %s", got)
	}
	if got := b.found("health", b.village); got != "A 5, B 30, C 140!" {
		t.Errorf("from its village: %s", got)
	}
	// A village without coordinates is searched from its commune.
	if got := b.found("health", b.lost); got != "B 0, A 35!, C 110!" {
		t.Errorf("from a village nobody located: %s", got)
	}
	if got := b.found("health", 999_999); got != "A 5, B 40!, C 150!" {
		t.Errorf("from a place that is none: %s", got)
	}
	b.add(b.home, b.entry("health", "E", north(-3)), b.entry("health", "F", north(20)))
	if got := b.found("health", 0); got != "E 3, A 5, F 20" {
		t.Errorf("with a choice at hand: %s", got)
	}
	if got := b.found("papers", 0); got != "" {
		t.Errorf("nothing there: %s", got)
	}
}

func TestUnlocatedServicesComeLastAndClaimNoDistance(t *testing.T) {
	b := newBench(t)
	b.add(b.home, b.entry("water", "Puits", nil), b.entry("water", "Borne", nil))
	if got := b.found("water", 0); got != "Borne ?, Puits ?" {
		t.Errorf("only unlocated: %s", got)
	}
	b.add(b.home, b.entry("water", "Forage", north(2)))
	if got := b.found("water", 0); got != "Forage 2" {
		t.Errorf("with a located one: %s", got)
	}
	// A hot line has no place; it is offered beside the counsellor one can walk to.
	b.add(b.home, b.entry("talk", "Ligne", nil), b.entry("talk", "Maison", north(1)))
	if got := b.found("talk", 0); got != "Maison 1, Ligne ?" {
		t.Errorf("hot line: %s", got)
	}
	all, err := b.Nearest(b.Ctx, b.home, "water", 0, b.Now)
	b.Must(err)
	if f := distanceField(all[0]); f.Value.Num < 1900 || f.Value.Num > 2100 {
		t.Errorf("distance: %v", f)
	}
	if f := distanceField(Found{}); f.Value.True() || f.Value.Kind != 0 {
		t.Errorf("an unknown distance is told: %v", f)
	}
}

// Of a commune far larger than the search, its own service is still found.
func TestOwnServiceBeyondTheRings(t *testing.T) {
	b := newBench(t)
	b.add(b.home, b.entry("papers", "Etat civil", north(260)))
	if got := b.found("papers", 0); got != "Etat civil 260!" {
		t.Errorf("found: %s", got)
	}
	// It is no choice beside nearer ones, and does not end the search for them.
	b.add(b.home, b.entry("papers", "A", north(1)), b.entry("papers", "B", north(2)))
	b.add(b.north, b.entry("papers", "Nord", north(40)))
	if got := b.found("papers", 0); got != "A 1, B 2, Nord 40!" {
		t.Errorf("found: %s", got)
	}
}

func TestFoodIsShelterToo(t *testing.T) {
	b := newBench(t)
	b.add(b.home, b.entry("food", "Cantine", north(3)), b.entry("shelter", "Foyer", north(1)))
	if got := b.found("food", 0); got != "Foyer 1, Cantine 3" {
		t.Errorf("found: %s", got)
	}
}

func TestSchoolsThatAskForNoPapers(t *testing.T) {
	b := newBench(t)
	open := b.entry("school", "Ouverte", north(8))
	open.NoPapers = true
	b.add(b.home, b.entry("school", "Ecole", north(1)), open)
	if got := b.found("school", 0); got != "Ecole 1, Ouverte 8" {
		t.Errorf("schools: %s", got)
	}
	if got := b.found("no_papers", 0); got != "Ouverte 8" {
		t.Errorf("without papers: %s", got)
	}
}

// What a commune enters about abuses is shown to nobody: it is not for a town hall to hear of them.
func TestNoServiceOfACommuneIsForAbuses(t *testing.T) {
	b := newBench(t)
	stored := b.add(b.home, b.entry("abuse", "Mairie", north(1)))
	if got := b.found("abuse", 0); got != "" {
		t.Errorf("found: %s", got)
	}
	if _, ok, err := b.Get(b.Ctx, b.home, stored[0].ID, b.Now); ok || err != nil {
		t.Errorf("shown: %t, %v", ok, err)
	}
}

func TestAtMostTenRows(t *testing.T) {
	b := newBench(t)
	var entries []store.Service
	for i := range 15 {
		entries = append(entries, b.entry("talk", fmt.Sprintf("L%02d", i), north(float64(i))))
	}
	b.add(b.home, append(entries, b.entry("talk", "Ligne", nil))...)
	rows, err := b.Nearest(b.Ctx, b.home, "talk", 0, b.Now)
	b.Must(err)
	if len(rows) != 10 || rows[9].Name != "Ligne" || rows[8].Name != "L08" {
		t.Errorf("%d rows, the last is %s", len(rows), rows[len(rows)-1].Name)
	}
}

func TestOnlyActiveServicesAndFreshHotLines(t *testing.T) {
	b := newBench(t)
	closed, defunct := b.entry("health", "Ferme", north(1)), b.entry("health", "Disparu", north(1))
	closed.Status, defunct.Status = store.ServiceClosedTemporarily, store.ServiceDefunct
	stale := b.entry("health", "Vieux", north(2))
	stale.VerifiedAt = b.Now.AddDate(-3, 0, 0)
	edge, old, never, doubt, due := b.entry("talk", "Juste", nil), b.entry("talk", "Passe", nil), b.entry("talk", "Jamais", nil),
		b.entry("talk", "Doute", nil), b.entry("talk", "Revoir", nil)
	edge.VerifiedAt = b.Now.Add(-HotLineFreshness)
	old.VerifiedAt = b.Now.Add(-HotLineFreshness - 1000)
	never.VerifiedAt = time.Time{}
	doubt.Unverified = true
	due.ReviewOn = "2026-11-19"
	stored := b.add(b.home, closed, defunct, stale, edge, old, never, doubt, due)
	if got := b.found("health", 0); got != "Vieux 2" {
		t.Errorf("health: %s", got)
	}
	if got := b.found("talk", 0); got != "Juste ?" {
		t.Errorf("hot lines: %s", got)
	}
	// Hidden is hidden: a key saved earlier leads nowhere.
	for i, v := range stored {
		shown := v.Name == "Vieux" || v.Name == "Juste"
		if _, ok, err := b.Get(b.Ctx, b.home, v.ID, b.Now); err != nil || ok != shown {
			t.Errorf("service %d %s: %t, %v", i, v.Name, ok, err)
		}
	}
}

// The box around a point holds everything that is near enough: nothing is lost at its edges.
func TestBoxHoldsTheCircle(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		centre := store.Point{Lat: 10 + random.Float64()*15, Lon: -12 + random.Float64()*16}
		p := store.Point{Lat: centre.Lat + random.Float64()*4 - 2, Lon: centre.Lon + random.Float64()*4 - 2}
		radius := rings()[random.IntN(3)]
		box := boxAround(centre, radius)
		within := p.Lat >= box.South && p.Lat <= box.North && p.Lon >= box.West && p.Lon <= box.East
		if place.Distance(centre, p) <= radius && !within {
			t.Fatalf("%v is within %d m of %v, but outside %v", p, radius, centre, box)
		}
		if corner := place.Distance(centre, store.Point{Lat: box.North, Lon: box.East}); corner > 2*radius {
			t.Fatalf("the box of %d m reaches %d m", radius, corner)
		}
	}
}

func TestKeysTellOwners(t *testing.T) {
	for _, v := range []store.Service{{ID: 1, Commune: 5}, {ID: 1<<32 - 1, Commune: 5}, {ID: 1, Commune: 6}, {ID: 77, Commune: 1 << 30}} {
		owner, id := ownerOf(5, keyOf(5, v))
		if owner != v.Commune || id != v.ID {
			t.Errorf("%d of %d came back as %d of %d", v.ID, v.Commune, id, owner)
		}
	}
	seen := []int64{keyOf(5, store.Service{ID: 1, Commune: 5}), keyOf(5, store.Service{ID: 1, Commune: 6}), keyOf(5, store.Service{ID: 2, Commune: 6})}
	if slices.Sort(seen); len(slices.Compact(seen)) != 3 {
		t.Errorf("two services share a key: %v", seen)
	}
}
