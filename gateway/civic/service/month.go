package service

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"baro/store"
)

// Few is the count below which nothing is published (domain rules P2, P3).
const Few = 10

// A Month is what the commune's authority sees of the use of its directory.
type Month struct {
	First       time.Time // the month's first day
	Needs       []NeedCount
	Closed      []ServiceCount // services with at least Few reports, by id
	Overcharged []ServiceCount
	Directory   []NeedCapacity // how the directory stands now
}

// NeedCount is how often a need was looked up. Every need is listed, so that absence tells nothing.
type NeedCount struct {
	Need string
	N    int64
	Few  bool // below Few: N is 0
}

// ServiceCount is how often a service was reported.
type ServiceCount struct {
	Service int64
	N       int64
}

// NeedCapacity is what the commune's own directory has for a need of it.
type NeedCapacity struct {
	Need     string
	Open     int
	Closed   int   // for the moment
	Stale    int   // open ones that nobody has checked lately
	Capacity int64 // people at a time, over the open ones that say it
	Stated   int   // how many say it
}

// Monthly adds up the month that holds day. There are no totals, from which a hidden count could be had; and a month that
// is not over at now is CodeDenied, because two views of it would tell by their difference what one caller did.
func (s *Service) Monthly(ctx context.Context, commune store.PlaceID, day, now time.Time) (Month, error) {
	const op = "service figures of a month"
	y, m, _ := day.In(s.zone).Date()
	from := time.Date(y, m, 1, 0, 0, 0, 0, s.zone)
	to := from.AddDate(0, 1, 0)
	if now.Before(to) {
		return Month{}, store.NewError(store.CodeDenied, op, "the month is not over")
	}
	month := Month{First: from}
	asked, err := s.sum(ctx, commune, askedSubject, from, to)
	if err != nil {
		return Month{}, fmt.Errorf("%s: %w", op, err)
	}
	for _, need := range Needs() {
		c := NeedCount{Need: need, N: asked[need]}
		if c.N < Few {
			c.N, c.Few = 0, true
		}
		month.Needs = append(month.Needs, c)
	}
	if month.Closed, err = s.reported(ctx, commune, closedSubject, from, to); err != nil {
		return Month{}, fmt.Errorf("%s: %w", op, err)
	}
	if month.Overcharged, err = s.reported(ctx, commune, overchargedSubject, from, to); err != nil {
		return Month{}, fmt.Errorf("%s: %w", op, err)
	}
	if month.Directory, err = s.capacity(ctx, commune, now); err != nil {
		return Month{}, fmt.Errorf("%s: %w", op, err)
	}
	return month, nil
}

// capacity adds up the directory by need, in the order of names.
func (s *Service) capacity(ctx context.Context, commune store.PlaceID, now time.Time) ([]NeedCapacity, error) {
	all, err := s.directory.List(ctx, commune, "")
	if err != nil {
		return nil, fmt.Errorf("list services: %w", err)
	}
	var needs []NeedCapacity
	for _, v := range all {
		if v.Status == store.ServiceDefunct {
			continue
		}
		i := slices.IndexFunc(needs, func(n NeedCapacity) bool { return n.Need == v.Need })
		if i < 0 {
			i = len(needs)
			needs = append(needs, NeedCapacity{Need: v.Need})
		}
		if v.Status != store.ServiceActive {
			needs[i].Closed++
			continue
		}
		needs[i].Open++
		if !s.fresh(v, now) {
			needs[i].Stale++
		}
		if v.Capacity != nil {
			needs[i].Capacity += *v.Capacity
			needs[i].Stated++
		}
	}
	slices.SortFunc(needs, func(a, b NeedCapacity) int { return cmp.Compare(a.Need, b.Need) })
	return needs, nil
}

// reported gives the services that were reported at least Few times.
func (s *Service) reported(ctx context.Context, commune store.PlaceID, subject string, from, to time.Time) ([]ServiceCount, error) {
	sums, err := s.sum(ctx, commune, subject, from, to)
	if err != nil {
		return nil, err
	}
	var counts []ServiceCount
	for key, n := range sums {
		id, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("counter %s has a key that is no service", subject)
		}
		if n >= Few {
			counts = append(counts, ServiceCount{Service: id, N: n})
		}
	}
	slices.SortFunc(counts, func(a, b ServiceCount) int { return cmp.Compare(a.Service, b.Service) })
	return counts, nil
}

func (s *Service) sum(ctx context.Context, commune store.PlaceID, subject string, from, to time.Time) (map[string]int64, error) {
	hours, err := s.counters.Range(ctx, commune, subject, from.UTC(), to.UTC())
	if err != nil {
		return nil, fmt.Errorf("read counters: %w", err)
	}
	sums := map[string]int64{}
	for _, h := range hours {
		sums[h.Key] += h.N
	}
	return sums, nil
}
