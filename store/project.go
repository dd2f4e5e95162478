package store

import (
	"context"
	"time"
)

// ProjectState is the life of a project with a private partner:
// proposed → agreed → ongoing → done, or stopped before it is done.
type ProjectState string

const (
	ProjectProposed ProjectState = "proposed"
	ProjectAgreed   ProjectState = "agreed"
	ProjectOngoing  ProjectState = "ongoing"
	ProjectDone     ProjectState = "done"
	ProjectStopped  ProjectState = "stopped"
)

// CanBecome tells whether next may follow s; what stopped may go on.
func (s ProjectState) CanBecome(next ProjectState) bool {
	switch s {
	case ProjectProposed:
		return next == ProjectAgreed || next == ProjectStopped
	case ProjectAgreed:
		return next == ProjectOngoing || next == ProjectStopped
	case ProjectOngoing:
		return next == ProjectDone || next == ProjectStopped
	case ProjectStopped:
		return next == ProjectOngoing
	}
	return false
}

// Project is what a commune does together with a private partner.
type Project struct {
	ID        int64
	Commune   PlaceID
	Number    int // permanent dialled number
	Title     Texts
	Summary   Texts
	Partner   string // a firm or cooperative, never a person
	PlaceName string
	Amount    *int64 // FCFA; nil unknown
	State     ProjectState
	Since     time.Time // of the state
	Published time.Time // zero: a draft
	Created   time.Time
	Updated   time.Time
}

// Projects keeps the projects communes have with private partners.
type Projects interface {
	// Get gives one project of a commune, published or not.
	Get(ctx context.Context, commune PlaceID, id int64) (Project, error)
	// List gives all projects of a commune, the latest change of state first.
	List(ctx context.Context, commune PlaceID) ([]Project, error)
	// Published gives up to limit published ones in that order.
	Published(ctx context.Context, commune PlaceID, limit int) ([]Project, error)
	// Create stores a draft and gives it back with its dialled number.
	Create(ctx context.Context, p Project, act Act) (Project, error)
	// Publish shows a project; doing it again changes nothing.
	Publish(ctx context.Context, commune PlaceID, id int64, act Act) error
	// Move changes the state; CodeConflict when it is no longer from,
	// CodeInvalid when from cannot become to.
	Move(ctx context.Context, commune PlaceID, id int64, from, to ProjectState, act Act) error
}
