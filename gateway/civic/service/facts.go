package service

import (
	"slices"
	"strconv"
	"time"

	"baro/flows"
	"baro/store"
)

// facts are the sentences about a service, in the order of what decides a way on foot: how far, open, price, phone, and
// how far the rest can be trusted.
func (s *Service) facts(f Found, now time.Time) (parts []flows.Part) {
	v := f.Service
	if f.Known {
		parts = append(parts, part("service.fact.away", "Distance", flows.DistanceOf(f.Metres)))
	}
	if p, ok := hoursPart(v.Hours); ok {
		parts = append(parts, p)
	}
	switch {
	case aid(v.Need): // its screens say that it is free, and whoever wrote a price beside it was wrong
	case v.Price != nil && *v.Price > 0:
		parts = append(parts, part("service.fact.price", "Price", flows.PriceOf(*v.Price)))
	case v.Price != nil:
		parts = append(parts, flows.Part{Message: "service.fact.free"})
	}
	if v.NoPapers {
		parts = append(parts, flows.Part{Message: "service.fact.no_papers"})
	}
	if v.Phone != "" && (!hotLine(v.Need) || s.fresh(v, now)) {
		parts = append(parts, part("service.fact.phone", "Phone", flows.TextOf(v.Phone)))
	}
	if v.Unverified || v.VerifiedAt.IsZero() {
		return append(parts, flows.Part{Message: "service.fact.unverified"})
	}
	return append(parts, part("service.fact.checked", "Checked", flows.DayOf(v.VerifiedAt.In(s.zone))))
}

func part(message, field string, v flows.Value) flows.Part {
	return flows.Part{Message: message, Fields: flows.Record{{Name: field, Value: v}}}
}

// hoursPart tells opening hours that one sentence tells truly: a run of days with the same hours. "Monday to Friday" for
// a service open on three days between them would send people to a closed door.
func hoursPart(h *store.Hours) (flows.Part, bool) {
	if h == nil || len(h.Days) == 0 {
		return flows.Part{}, false
	}
	first, last, ok := run(h.Days)
	open, okOpen := minutes(h.Open)
	closes, okClose := minutes(h.Close)
	if !ok || !okOpen || !okClose {
		return flows.Part{}, false
	}
	if first == last {
		return flows.Part{Message: "service.fact.hours_day", Fields: flows.Record{
			{Name: "Day", Value: flows.LabelOf("day.short." + strconv.Itoa(first))},
			{Name: "Open", Value: flows.ClockOf(open)},
			{Name: "Close", Value: flows.ClockOf(closes)},
		}}, true
	}
	return flows.Part{Message: "service.fact.hours", Fields: flows.Record{
		{Name: "From", Value: flows.LabelOf("day.short." + strconv.Itoa(first))},
		{Name: "To", Value: flows.LabelOf("day.short." + strconv.Itoa(last))},
		{Name: "Open", Value: flows.ClockOf(open)},
		{Name: "Close", Value: flows.ClockOf(closes)},
	}}, true
}

// run returns the first and last day, Monday is 1, of days that follow each other, also across Sunday (SA SU MO).
func run(days []string) (first, last int, ok bool) {
	order := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"} // RFC 5545 §3.3.10
	var open [7]bool
	n := 0
	for _, d := range days {
		i := slices.Index(order, d)
		if i < 0 {
			return 0, 0, false
		}
		if !open[i] {
			open[i] = true
			n++
		}
	}
	if n == 7 {
		return 1, 7, true
	}
	for i := range open {
		if !open[i] || open[(i+6)%7] {
			continue // not where a run begins
		}
		length := 0
		for open[(i+length)%7] {
			length++
		}
		return i + 1, (i+length-1)%7 + 1, length == n
	}
	return 0, 0, false
}

// minutes reads "08:30" as minutes since midnight; "24:00" is the end of the day.
func minutes(clock string) (int64, bool) {
	if clock == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return 0, false
	}
	return int64(t.Hour()*60 + t.Minute()), true
}
