package sqldb

import (
	"context"
	"fmt"
	"slices"

	"baro/store"
)

// Calendar keeps what communes note of their budget's steps.
type Calendar struct{ db *DB }

var _ store.BudgetCalendar = (*Calendar)(nil)

// Calendar gives the contract for budget calendars.
func (db *DB) Calendar() *Calendar { return &Calendar{db} }

func (c *Calendar) List(ctx context.Context, commune store.PlaceID, year int) ([]store.CalendarEntry, error) {
	return list(ctx, c.db, "list budget calendar", "calendar_list", scanCalendar, int64(commune), year)
}

func (c *Calendar) Put(ctx context.Context, e store.CalendarEntry, act store.Act) (store.CalendarEntry, error) {
	const op = "note budget step"
	if !slices.Contains(store.CalendarSteps(), e.Step) || !e.Due.Valid() || !e.Done.Valid() {
		return store.CalendarEntry{}, store.NewError(store.CodeInvalid, op, "unknown step or date")
	}
	err := c.db.Write(ctx, func(ctx context.Context) error {
		before, err := c.get(ctx, op, e)
		if err != nil && store.CodeOf(err) != store.CodeNotFound {
			return err
		}
		name := "calendar_change"
		if e.Revision == 0 {
			name = "calendar_put"
		}
		n, err := c.db.exec(ctx, op, name, int64(e.Commune), e.Year, string(e.Step), string(e.Due), string(e.Done), e.Evidence,
			e.Reference, e.Revision, micros(c.db.now()))
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "somebody changed the step meanwhile, or there is no such commune")
		}
		if e, err = c.get(ctx, op, e); err != nil {
			return err
		}
		object := fmt.Sprintf("calendar:%d:%s", e.Year, e.Step)
		return c.db.record(ctx, act, e.Commune, "calendar.note", object, noted(before), noted(e))
	})
	return e, err
}

func (c *Calendar) get(ctx context.Context, op string, e store.CalendarEntry) (store.CalendarEntry, error) {
	return one(ctx, c.db, op, "calendar_get", scanCalendar, int64(e.Commune), e.Year, string(e.Step))
}

// noted is what the audit keeps of an entry, "" for one that was not there.
func noted(e store.CalendarEntry) string {
	if e.Revision == 0 {
		return ""
	}
	return fmt.Sprintf("due %s done %s %s", e.Due, e.Done, e.Reference)
}

func scanCalendar(row scanner) (e store.CalendarEntry, err error) {
	err = row.Scan(&e.Commune, &e.Year, &e.Step, &e.Due, &e.Done, &e.Evidence, &e.Reference, &e.Revision, asTime{&e.Updated})
	return e, err
}
