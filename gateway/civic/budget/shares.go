package budget

import (
	"cmp"
	"slices"
)

// maxShares is the most sectors a summary names.
const maxShares = 5

// A Share is how many of 100 F go into a sector.
type Share struct {
	Sector Sector
	Of100  int64
}

// Shares tells how 100 F are shared among the five largest sectors; the others together are the rest and not named.
// Rounding is by largest remainder over the named ones and the rest, so that named shares never sum up to more than 100,
// and to exactly 100 when there is no rest. Sectors that come to no whole franc are left out.
func (f *Figures) Shares() []Share {
	planned := func(s SectorSum) int64 { return s.All.Planned }
	ranked := bySize(f.Sectors, planned)
	var total int64
	for _, s := range ranked {
		total += planned(s)
	}
	if total == 0 {
		return nil
	}
	named := ranked[:min(len(ranked), maxShares)]
	amounts := make([]int64, len(named), len(named)+1)
	rest := total
	for i, s := range named {
		amounts[i] = planned(s)
		rest -= amounts[i]
	}
	var shares []Share
	for i, n := range apportion(append(amounts, rest), total)[:len(named)] {
		if n > 0 {
			shares = append(shares, Share{named[i].Sector, n})
		}
	}
	return shares
}

// apportion shares 100 among amounts that sum up to total: whole parts first, then one each to the largest remainders,
// ties to the one that comes first.
func apportion(amounts []int64, total int64) []int64 {
	parts := make([]int64, len(amounts))
	order := make([]int, len(amounts))
	left := int64(100)
	for i, a := range amounts {
		order[i] = i
		parts[i] = a * 100 / total
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(amounts[b]*100%total, amounts[a]*100%total)
	})
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}
