package store

import (
	"context"
	"time"
)

// Weekdays is a set of days of the week: bit 0 is Monday, bit 6 Sunday.
type Weekdays uint8

// EveryDay is the whole week.
const EveryDay Weekdays = 1<<7 - 1

// WeekdaysOf gives a set of days.
func WeekdaysOf(days ...time.Weekday) (w Weekdays) {
	for _, d := range days {
		w |= 1 << ((d + 6) % 7)
	}
	return w
}

// Has tells whether a day is in the set.
func (w Weekdays) Has(d time.Weekday) bool { return w&WeekdaysOf(d) != 0 }

// Numbers gives the days in order, 1 for Monday to 7 for Sunday (ISO 8601).
func (w Weekdays) Numbers() (days []int) {
	for n := range 7 {
		if w&(1<<n) != 0 {
			days = append(days, n+1)
		}
	}
	return days
}

// Valid tells whether the set holds a day, and nothing but days.
func (w Weekdays) Valid() bool { return w != 0 && w <= EveryDay }

// MarketSector is what a market is for.
type MarketSector string

const (
	MarketGeneral   MarketSector = "general"
	MarketLivestock MarketSector = "livestock"
	MarketCereals   MarketSector = "cereals"
	MarketProduce   MarketSector = "produce"
	MarketCrafts    MarketSector = "crafts"
)

// Valid tells whether s is a known sector.
func (s MarketSector) Valid() bool {
	switch s {
	case MarketGeneral, MarketLivestock, MarketCereals, MarketProduce, MarketCrafts:
		return true
	}
	return false
}

// MarketDay is a market of a commune and the days on which it is held.
type MarketDay struct {
	ID        int64
	Commune   PlaceID
	Place     PlaceID // 0: a place that is not on the map
	PlaceName string
	Sector    MarketSector // with the place's name unique within the commune; "" is general
	Days      Weekdays
	Note      Texts
	Updated   time.Time
}

// MarketDays keeps the markets of communes.
type MarketDays interface {
	// List gives the markets of a commune by name and sector.
	List(ctx context.Context, commune PlaceID) ([]MarketDay, error)
	// Put stores a market, or overwrites the one of that name and sector in the
	// commune, and gives it back.
	Put(ctx context.Context, m MarketDay, act Act) (MarketDay, error)
	// Remove deletes a market; CodeNotFound when the commune has none of that id.
	Remove(ctx context.Context, commune PlaceID, id int64, act Act) error
}
