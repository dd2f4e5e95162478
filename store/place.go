package store

import "context"

// Level is the rank of a place.
type Level string

const (
	LevelCountry    Level = "country"
	LevelRegion     Level = "region"
	LevelCercle     Level = "cercle"
	LevelCommune    Level = "commune"
	LevelSettlement Level = "settlement" // village, fraction or quartier
)

// Rank orders levels from the country (0) down; -1 for an unknown level.
func (l Level) Rank() int {
	switch l {
	case LevelCountry:
		return 0
	case LevelRegion:
		return 1
	case LevelCercle:
		return 2
	case LevelCommune:
		return 3
	case LevelSettlement:
		return 4
	}
	return -1
}

// Place is one administrative unit or settlement in one edition of the map.
// The key of meaning is (Edition, Pcode): the same p-code names different
// places in two editions. Names repeat, also within a cercle.
type Place struct {
	ID          PlaceID
	Edition     string
	Pcode       string
	Level       Level
	ParentID    PlaceID // 0 for the country
	ParentPcode string  // of the same edition; used by Upsert, empty on reading
	Name        string
	ShortName   string // at most 14 characters, for SMS
	Aliases     []string
	Number      string // communes: three digits that people dial, permanent
	At          *Point
	Population  *int64
	Languages   []string // tags offered on the first dial, in this order
	Fictional   bool     // a demonstration place
	Unverified  bool     // taken from a source nobody has checked yet
	InUse       bool     // its edition is among those people can reach
}

// PlaceReader finds places.
type PlaceReader interface {
	// Get gives one place by key.
	Get(ctx context.Context, id PlaceID) (Place, error)
	// ByCode gives one place of an edition, in use or not.
	ByCode(ctx context.Context, edition, pcode string) (Place, error)
	// ByNumber gives the commune in use that has the dialled number.
	ByNumber(ctx context.Context, number string) (Place, error)
	// Communes lists the communes in use by name.
	Communes(ctx context.Context) ([]Place, error)
	// Children lists the places directly below one, by name.
	Children(ctx context.Context, parent PlaceID) ([]Place, error)
	// Settlements lists the villages, fractions and quartiers of a commune by name.
	Settlements(ctx context.Context, commune PlaceID) ([]Place, error)
}

// PlaceWriter imports and changes places.
type PlaceWriter interface {
	// Upsert adds or overwrites places by (edition, p-code) and tells how many
	// rows it wrote. The order of the slice does not matter; a parent that is
	// neither given nor stored is CodeInvalid. A number once given to a commune
	// stays; so do its languages when the new record names none.
	Upsert(ctx context.Context, places []Place) (int, error)
	// AssignNumber gives a commune its three digits. CodeConflict when it has
	// other ones already or another commune in use has them.
	AssignNumber(ctx context.Context, commune PlaceID, number string) error
	// SetLanguages sets the tags a commune offers on the first dial, in order.
	SetLanguages(ctx context.Context, commune PlaceID, tags []string) error
	// SetInUse shows or hides a whole edition. CodeConflict when a dialled
	// number would then belong to two communes.
	SetInUse(ctx context.Context, edition string, inUse bool, act Act) error
}
