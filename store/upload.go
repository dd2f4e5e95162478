package store

import (
	"context"
	"time"
)

// Upload is a file on its way in: kept with what its reader says about it
// until it is imported or thrown away, so that nobody has to send it twice.
type Upload struct {
	ID       int64
	Commune  PlaceID
	Kind     string // budget, services, …
	By       int64  // account
	Name     string // of the file, as its owner calls it
	Content  []byte
	Options  []byte // JSON: columns, corrections, what the file does not say itself
	Revision int64  // grows with each change of the options
	Created  time.Time
}

// Uploads keeps files on their way in.
type Uploads interface {
	// Create keeps a file and gives it back with id, revision and time.
	Create(ctx context.Context, u Upload) (Upload, error)
	// Get gives a file with its content.
	Get(ctx context.Context, commune PlaceID, id int64) (Upload, error)
	// List gives the files of a kind without their content, newest first.
	List(ctx context.Context, commune PlaceID, kind string) ([]Upload, error)
	// SetOptions replaces the options; CodeConflict when the revision is not the
	// standing one.
	SetOptions(ctx context.Context, commune PlaceID, id, revision int64, options []byte) error
	// Drop removes a file; CodeNotFound when it is gone.
	Drop(ctx context.Context, commune PlaceID, id int64) error
	// Purge removes files kept since before a time and tells how many.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
