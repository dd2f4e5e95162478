package budgets

import (
	"strconv"

	"baro/gateway/console"
	"baro/store"
)

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
