package campaign

import "time"

// A Span is a stretch of the day in minutes since midnight. One that ends before it begins goes on after midnight.
type Span struct{ From, To int }

// Empty tells that the span covers nothing.
func (s Span) Empty() bool { return s.From == s.To }

// Quiet are the hours in which nothing is sent that nobody waits for. It is a rule, asked whenever something is about to
// leave: nobody sleeps through it, so a clock that jumps or a node that was away changes nothing.
type Quiet struct {
	Daily  Span
	Friday Span // the prayer
	Zone   *time.Location
}

// Opens gives the first instant at or after t at which sending is allowed: t itself outside quiet hours.
func (q Quiet) Opens(t time.Time) time.Time {
	for range 8 { // spans that follow one another; together they never cover a week
		end, quiet := q.end(t)
		if !quiet {
			return t
		}
		t = end
	}
	return t
}

// Holds tells whether t lies in quiet hours.
func (q Quiet) Holds(t time.Time) bool {
	_, quiet := q.end(t)
	return quiet
}

// Within tells whether some instant of the stretch from begin to end, end excluded, lies outside quiet hours.
func (q Quiet) Within(begin, end time.Time) bool { return q.Opens(begin).Before(end) }

// end gives the end of a span that holds t. A span belongs to the day it begins on: yesterday's may still last.
func (q Quiet) end(t time.Time) (time.Time, bool) {
	local := t.In(q.zone())
	y, m, d := local.Date()
	for _, day := range []int{d, d - 1} {
		midnight := time.Date(y, m, day, 0, 0, 0, 0, q.zone())
		for _, s := range []Span{q.Daily, q.Friday} {
			if s.Empty() || s == q.Friday && midnight.Weekday() != time.Friday {
				continue
			}
			begin, end := at(midnight, s.From), at(midnight, s.To)
			if s.To < s.From {
				end = at(midnight.AddDate(0, 0, 1), s.To)
			}
			if !t.Before(begin) && t.Before(end) {
				return end, true
			}
		}
	}
	return t, false
}

func (q Quiet) zone() *time.Location {
	if q.Zone == nil {
		return time.UTC
	}
	return q.Zone
}

// at is a wall-clock time of a day: where a zone changes its clocks, hours are not counted but read.
func at(midnight time.Time, minutes int) time.Time {
	y, m, d := midnight.Date()
	return time.Date(y, m, d, minutes/60, minutes%60, 0, 0, midnight.Location())
}
