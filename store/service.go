package store

import (
	"context"
	"time"
)

// ServiceStatus follows HSDS 3.0 service.status as far as residents need it.
type ServiceStatus string

const (
	ServiceActive            ServiceStatus = "active"
	ServiceClosedTemporarily ServiceStatus = "closed_temporarily"
	ServiceDefunct           ServiceStatus = "defunct"
)

// Valid tells whether s is a known status.
func (s ServiceStatus) Valid() bool {
	return s == ServiceActive || s == ServiceClosedTemporarily || s == ServiceDefunct
}

// Hours are regular opening hours.
type Hours struct {
	Days  []string `json:"days"`  // MO … SU, as iCalendar BYDAY
	Open  string   `json:"open"`  // "08:00", local time
	Close string   `json:"close"` // "16:00"
}

// Service is an entry of the directory for everybody. It says where a service
// is and when it is open, never who uses it.
type Service struct {
	ID         int64
	Commune    PlaceID
	Need       string // school, health, water, papers, food, shelter, talk, family, abuse, work, …
	Kind       string // cscom, csref, hospital, …
	Name       string
	PlaceName  string
	At         *Point
	HoursText  string
	Hours      *Hours
	Price      *int64 // official price in FCFA; 0 is free, nil unknown
	Papers     []Texts
	NoPapers   bool   // takes people in without papers
	Capacity   *int64 // people at a time, as the service says; nil unknown
	Phone      string // of the service, public
	VerifiedAt time.Time
	ReviewOn   Date
	Unverified bool
	Status     ServiceStatus
	Source     string
	ExternalID string // unique within commune and source
	Updated    time.Time
}

// Box is a rectangle of coordinates, bounds inclusive.
type Box struct {
	South, West, North, East float64
}

// ServiceReader reads the directory.
type ServiceReader interface {
	// Get gives one service of a commune.
	Get(ctx context.Context, commune PlaceID, id int64) (Service, error)
	// List gives the services of a commune for a need, all needs with "", by name.
	List(ctx context.Context, commune PlaceID, need string) ([]Service, error)
	// Near gives the services for a need that the commune has, and those of its
	// neighbours inside the box; defunct ones are left out. The directory is
	// public, so this is the one read that crosses communes.
	Near(ctx context.Context, commune PlaceID, need string, box Box) ([]Service, error)
}

// ServiceWriter keeps the directory fresh.
type ServiceWriter interface {
	// Upsert adds or overwrites services of one commune by (source, external
	// id) and tells how many rows it wrote.
	Upsert(ctx context.Context, commune PlaceID, services []Service) (int, error)
	// Verify records that somebody checked the entry.
	Verify(ctx context.Context, commune PlaceID, id int64, at time.Time, act Act) error
	// SetStatus changes the status; CodeConflict when it is no longer from.
	SetStatus(ctx context.Context, commune PlaceID, id int64, from, to ServiceStatus, act Act) error
}
