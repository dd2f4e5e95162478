package budget

import (
	"cmp"
	"slices"
)

// A Sector is a domain of spending as residents know it, the end of a message id below budget.sector.
type Sector string

// The sectors, in the order in which equal amounts are shown.
const (
	School      Sector = "school"
	Health      Sector = "health"
	Water       Sector = "water"
	Roads       Sector = "roads"
	TownHall    Sector = "town_hall"
	Environment Sector = "environment"
	Culture     Sector = "culture"
	Social      Sector = "social"
	Security    Sector = "security"
	OtherUses   Sector = "other_uses"
)

// sectors is read-only.
var sectors = [...]Sector{School, Health, Water, Roads, TownHall, Environment, Culture, Social, Security, OtherUses}

// Message is the id of the sector's name.
func (s Sector) Message() string { return "budget.sector." + string(s) }

// sectorOf maps a function code to a sector by its division, the first two digits (COFOG 1999, ten divisions). A single
// digit has lost its leading zero in a spreadsheet.
func sectorOf(function string) Sector {
	division := function
	switch {
	case len(function) > 2:
		division = function[:2]
	case len(function) == 1:
		division = "0" + function
	}
	switch division {
	case "01":
		return TownHall
	case "02", "03":
		return Security
	case "04":
		return Roads
	case "05":
		return Environment
	case "06":
		return Water
	case "07":
		return Health
	case "08":
		return Culture
	case "09":
		return School
	case "10":
		return Social
	}
	return OtherUses
}

// A SectorSum is what goes into one sector.
type SectorSum struct {
	Sector   Sector
	All      Sum
	Teachers Sum // the part of it that is teachers' pay
}

// bySize orders sectors by an amount, largest first, what no sector is known for at the end, and leaves out those
// without any.
func bySize(all []SectorSum, amount func(SectorSum) int64) []SectorSum {
	list := slices.DeleteFunc(slices.Clone(all), func(s SectorSum) bool { return amount(s) <= 0 })
	slices.SortStableFunc(list, func(a, b SectorSum) int {
		switch {
		case a.Sector == OtherUses:
			return 1
		case b.Sector == OtherUses:
			return -1
		}
		return cmp.Compare(amount(b), amount(a))
	})
	return list
}
