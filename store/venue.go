package store

import (
	"context"
	"time"
)

// Venue is a place to meet, known in a commune by a number that is never given
// to another one.
type Venue struct {
	ID      int64
	Commune PlaceID
	Number  int
	Name    string // at most 24 characters, unique among those in use
	Place   PlaceID
	Retired bool
	Updated time.Time
}

// Venues keeps where people meet.
type Venues interface {
	// Get gives a venue, retired ones too: notices speak of it.
	Get(ctx context.Context, commune PlaceID, id int64) (Venue, error)
	// ByNumber gives a venue in use.
	ByNumber(ctx context.Context, commune PlaceID, number int) (Venue, error)
	// List gives the venues in use by number.
	List(ctx context.Context, commune PlaceID) ([]Venue, error)
	// Add stores a venue under the commune's next number.
	Add(ctx context.Context, v Venue, act Act) (Venue, error)
	// Rename changes name and place of a venue in use.
	Rename(ctx context.Context, v Venue, act Act) (Venue, error)
	// Retire takes a venue off the list; its number stays taken.
	Retire(ctx context.Context, commune PlaceID, id int64, act Act) error
}

// BlockedDate is a stretch of days on which a commune holds no meetings, for
// example around an election.
type BlockedDate struct {
	ID       int64
	Commune  PlaceID
	From, To Date // both inclusive
	Reason   string
}

// BlockedDates keeps them.
type BlockedDates interface {
	// Between gives the stretches that touch the days from one to another.
	Between(ctx context.Context, commune PlaceID, from, to Date) ([]BlockedDate, error)
	// Add stores a stretch; CodeInvalid without a reason or with dates that run
	// backwards.
	Add(ctx context.Context, b BlockedDate, act Act) (BlockedDate, error)
	// Remove frees the days again.
	Remove(ctx context.Context, commune PlaceID, id int64, act Act) error
}

// SafetyLevel says how openly a commune's meetings are told.
type SafetyLevel string

const (
	// SafetyOpen: notices tell place and time everywhere.
	SafetyOpen SafetyLevel = "open"
	// SafetyShielded: texts and public pages tell neither; people dial to hear
	// them.
	SafetyShielded SafetyLevel = "shielded"
)

// Safety keeps the level of each commune.
type Safety interface {
	// Level gives the level; open until it was set.
	Level(ctx context.Context, commune PlaceID) (SafetyLevel, error)
	// Set changes the level; CodeInvalid without a reason.
	Set(ctx context.Context, commune PlaceID, level SafetyLevel, act Act) error
}
