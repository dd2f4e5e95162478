package budgets

import (
	"strconv"
	"time"

	"baro/gateway/console"
	"baro/locales"
	"baro/store"
)

// day is a civil day as people read it, "" for none.
func day(d store.Date) string {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return string(locales.AppendDate(nil, at))
}

// instant is a moment as people in Mali read it.
func (r *room) instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	local := at.In(r.Zone)
	return string(locales.AppendDate(nil, local)) + " " + local.Format("15:04")
}

func money(n int64) string { return string(locales.AppendAmount(nil, n, locales.Full)) }

func percent(tenths int64) string { return string(locales.AppendPercent(nil, tenths)) }

func (r *room) stepName(q *console.Request, s store.CalendarStep) string {
	return r.Label(q.Locale, "budget.step."+string(s))
}

// optional is a count as a form shows it, "" for one that was not reported.
func optional(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// words are names of records as a form sends them.
func words[T ~string](all []T) (out []string) {
	for _, w := range all {
		out = append(out, string(w))
	}
	return out
}

func numbers(all []int64) (out []string) {
	for _, n := range all {
		out = append(out, strconv.FormatInt(n, 10))
	}
	return out
}
