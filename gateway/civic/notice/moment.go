package notice

import (
	"context"
	"fmt"
	"time"

	"baro/store"
)

// Meetings are picked from a few days and hours; others are typed.
const (
	daysShown  = 4
	maxAhead   = 90 // days
	firstHour  = 5 * 60
	lastMinute = 22 * 60
)

// hours are the hours a leader picks from, in minutes since midnight.
func hours() []int64 { return []int64{8 * 60, 9 * 60, 10 * 60, 16 * 60} }

// Days gives the next days on which a commune holds meetings, beginning tomorrow.
func (s *Service) Days(ctx context.Context, commune store.PlaceID, now time.Time) ([]time.Time, error) {
	today := s.midnight(now)
	free, err := s.free(ctx, commune, today.AddDate(0, 0, 1), today.AddDate(0, 0, maxAhead))
	if err != nil {
		return nil, err
	}
	var days []time.Time
	for n := 1; n <= maxAhead && len(days) < daysShown; n++ {
		if day := today.AddDate(0, 0, n); free(day) {
			days = append(days, day)
		}
	}
	return days, nil
}

// Day reads a day typed as two digits of the day and two of the month: 612 for 0612 is the sixth of December, the next
// one there is. ErrTime for one that is not to come within three months, ErrBlocked when no meetings are held.
func (s *Service) Day(ctx context.Context, commune store.PlaceID, typed int64, now time.Time) (time.Time, error) {
	today := s.midnight(now)
	for year := today.Year(); year <= today.Year()+1; year++ {
		day := time.Date(year, time.Month(typed%100), int(typed/100), 0, 0, 0, 0, s.Zone)
		if int64(day.Day()) != typed/100 || int64(day.Month()) != typed%100 {
			return day, ErrTime
		}
		if day.After(today) && !day.After(today.AddDate(0, 0, maxAhead)) {
			return day, s.open(ctx, commune, day)
		}
	}
	return time.Time{}, ErrTime
}

// open gives ErrBlocked on a day without meetings.
func (s *Service) open(ctx context.Context, commune store.PlaceID, day time.Time) error {
	free, err := s.free(ctx, commune, day, day)
	if err != nil {
		return err
	}
	if !free(day) {
		return ErrBlocked
	}
	return nil
}

// free tells on which of some days meetings are held.
func (s *Service) free(ctx context.Context, commune store.PlaceID, from, to time.Time) (func(time.Time) bool, error) {
	blocked, err := s.Blocked.Between(ctx, commune, date(from), date(to))
	if err != nil {
		return nil, fmt.Errorf("list blocked days: %w", err)
	}
	return func(day time.Time) bool {
		d := date(day)
		for _, b := range blocked {
			if b.From <= d && d <= b.To {
				return false
			}
		}
		return true
	}, nil
}

// Minute reads an hour typed as one or two digits, or with two more of minutes: 9, 15, 930, 1530.
func Minute(typed int64) (int64, bool) {
	hour, minute := typed, int64(0)
	if typed >= 100 {
		hour, minute = typed/100, typed%100
	}
	m := hour*60 + minute
	return m, minute < 60 && firstHour <= m && m <= lastMinute
}

// at is the instant of a day number and a minute, as flows carry them.
func (s *Service) at(day, minute int64) time.Time {
	y, m, d := time.Unix(day*86400, 0).UTC().Date()
	return time.Date(y, m, d, int(minute/60), int(minute%60), 0, 0, s.Zone)
}

// dayNumber is the day of t where people are, in days since 1970.
func (s *Service) dayNumber(t time.Time) int64 {
	y, m, d := t.In(s.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

func (s *Service) midnight(t time.Time) time.Time {
	y, m, d := t.In(s.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.Zone)
}

func date(t time.Time) store.Date { return store.Date(t.Format(time.DateOnly)) }

// approveBy is until when somebody has to decide: six in the evening before, or when that is near or over, two hours
// before the meeting.
func (s *Service) approveBy(starts, now time.Time) time.Time {
	if eve := s.midnight(starts).Add(-6 * time.Hour); eve.Sub(now) >= 2*time.Hour {
		return eve
	}
	return starts.Add(-2 * time.Hour)
}
