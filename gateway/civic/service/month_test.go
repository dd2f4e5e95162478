package service

import (
	"context"
	"slices"
	"testing"
	"time"

	"baro/store"
)

// Figures for the authority: below ten nothing, no sum to subtract from, and no month that may still grow.
func TestMonthlyHidesSmallCounts(t *testing.T) {
	b := newBench(t)
	v := b.add(b.home, b.entry("health", "A", north(1)), b.entry("health", "B", north(2)))
	first := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	count := func(n int, at time.Time, what func(ctx context.Context, at time.Time) error) {
		t.Helper()
		b.Must(b.DB.Write(b.Ctx, func(ctx context.Context) error {
			for i := range n {
				if err := what(ctx, at.Add(time.Duration(i)*time.Second)); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	asked := func(need string) func(context.Context, time.Time) error {
		return func(ctx context.Context, at time.Time) error { return b.Asked(ctx, b.home, need, at) }
	}
	closed := func(id int64) func(context.Context, time.Time) error {
		return func(ctx context.Context, at time.Time) error { return b.FoundClosed(ctx, b.home, id, at) }
	}
	count(6, first, asked("school"))
	count(4, first.AddDate(0, 0, 20), asked("school"))
	count(9, first.AddDate(0, 0, 20), asked("abuse"))
	count(50, first.Add(-time.Minute), asked("water"))
	count(50, first.AddDate(0, 1, 0), asked("papers"))
	count(10, first.AddDate(0, 0, 3), closed(v[0].ID))
	count(9, first.AddDate(0, 0, 3), closed(v[1].ID))

	over := first.AddDate(0, 1, 0)
	if _, err := b.Monthly(b.Ctx, b.home, first, over.Add(-1)); store.CodeOf(err) != store.CodeDenied {
		t.Errorf("a month that is not over: %v", err)
	}
	m, err := b.Monthly(b.Ctx, b.home, first.AddDate(0, 0, 17), over)
	b.Must(err)
	if !m.First.Equal(first) || len(m.Needs) != len(Needs()) {
		t.Errorf("month of %s with %d needs", m.First, len(m.Needs))
	}
	for _, n := range m.Needs {
		want := NeedCount{Need: n.Need, Few: true}
		if n.Need == "school" {
			want = NeedCount{Need: "school", N: 10}
		}
		if n != want {
			t.Errorf("%+v, want %+v", n, want)
		}
	}
	if len(m.Closed) != 1 || m.Closed[0] != (ServiceCount{v[0].ID, 10}) || len(m.Overcharged) != 0 {
		t.Errorf("closed %v, overcharged %v", m.Closed, m.Overcharged)
	}
	if len(m.Directory) != 1 || m.Directory[0] != (NeedCapacity{Need: "health", Open: 2}) {
		t.Errorf("directory: %+v", m.Directory)
	}
	if m, err := b.Monthly(b.Ctx, b.north, first, over); err != nil || len(m.Closed) != 0 || !m.Needs[0].Few {
		t.Errorf("another commune sees %v, %v", m, err)
	}
}

// Capacity is told of the directory, which is public, and of no person.
func TestMonthlyTellsCapacity(t *testing.T) {
	b := newBench(t)
	first := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	places := func(v store.Service, n int64) store.Service {
		v.Capacity = &n
		return v
	}
	closed, gone, old := b.entry("shelter", "Ferme", nil), b.entry("shelter", "Disparu", nil), b.entry("shelter", "Vieux", nil)
	closed.Status, gone.Status, old.VerifiedAt = store.ServiceClosedTemporarily, store.ServiceDefunct, b.Now.AddDate(-1, 0, 0)
	b.add(b.home, places(b.entry("shelter", "A", nil), 12), places(b.entry("shelter", "B", nil), 8), places(closed, 100), gone, old, b.entry("food", "C", nil))
	m, err := b.Monthly(b.Ctx, b.home, first, b.Now)
	b.Must(err)
	want := []NeedCapacity{{Need: "food", Open: 1}, {Need: "shelter", Open: 3, Closed: 1, Stale: 1, Capacity: 20, Stated: 2}}
	if !slices.Equal(m.Directory, want) {
		t.Errorf("directory: %+v, want %+v", m.Directory, want)
	}
}
