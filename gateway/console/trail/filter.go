package trail

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"baro/gateway/access"
	"baro/gateway/console"
	"baro/store"
)

// filter reads what to look for from the address: who, what, on which thing, from which day to which. A name that is
// nobody's finds nothing.
func (t room) filter(ctx context.Context, r *console.Request) (store.AuditFilter, *console.Form, error) {
	f := &console.Form{Values: r.Query}
	out := store.AuditFilter{Commune: r.Commune.ID, Action: f.Get("action"), Object: f.Get("object")}
	if name := access.CleanLogin(f.Get("who")); name != "" {
		out.Actor = name
		a, err := t.accounts.ByLogin(ctx, name)
		switch {
		case err == nil:
			out.Actor = access.ActorOf(a.ID)
		case store.CodeOf(err) != store.CodeNotFound:
			return out, f, err
		}
	}
	out.Since, out.Until = t.day(f.Day("from", true), 0), t.day(f.Day("to", true), 1)
	return out, f, nil
}

// day is the beginning of a day where people are, or of one after it; zero for none.
func (t room) day(d store.Date, after int) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, string(d), t.zone)
	if err != nil {
		return time.Time{}
	}
	return at.AddDate(0, 0, after)
}

// query repeats the filter in an address, beginning at a row.
func query(values url.Values, before int64) string {
	out := url.Values{}
	for _, name := range []string{"who", "action", "object", "from", "to"} {
		if v := strings.TrimSpace(values.Get(name)); v != "" {
			out.Set(name, v)
		}
	}
	if before > 0 {
		out.Set("before", strconv.FormatInt(before, 10))
	}
	if len(out) == 0 {
		return ""
	}
	return "?" + out.Encode()
}

// names turns the actors of some rows into what people call them.
func (t room) names(ctx context.Context, rows []store.AuditRow) (map[string]string, error) {
	names := map[string]string{}
	for _, row := range rows {
		number, ok := strings.CutPrefix(row.Actor, "account:")
		id, err := strconv.ParseInt(number, 10, 64)
		if _, known := names[row.Actor]; known || !ok || err != nil {
			continue
		}
		a, err := t.accounts.Get(ctx, id)
		switch {
		case err == nil:
			names[row.Actor] = a.Login
		case store.CodeOf(err) != store.CodeNotFound:
			return nil, err
		}
	}
	return names, nil
}
