package store

import (
	"context"
	"time"
)

// CallbackState is the life of a request: open → called | given_up.
type CallbackState string

const (
	CallbackOpen    CallbackState = "open"
	CallbackCalled  CallbackState = "called"
	CallbackGivenUp CallbackState = "given_up"
)

// Callback is somebody's wish to be called. A number has one open request at
// most, whatever it dialled on.
type Callback struct {
	ID      int64
	Commune PlaceID // 0: not known
	Caller  Pseudonym
	Phone   Sealed // nil box: dropped when it was done
	Channel string
	Subject string // what the person was looking at, "" when that is nobody's concern
	State   CallbackState
	Made    time.Time
	Done    time.Time
}

// Callbacks keeps wishes to be called.
type Callbacks interface {
	// Ask stores a request and tells whether it is new: false when one of the
	// same number is open, which stays as it is.
	Ask(ctx context.Context, c Callback) (bool, error)
	// List gives up to limit requests of a commune in a state, longest waiting
	// first. Commune 0 gives those whose commune is not known.
	List(ctx context.Context, commune PlaceID, state CallbackState, limit int) ([]Callback, error)
	// Waits tells whether a number has an open request.
	Waits(ctx context.Context, caller Pseudonym) (bool, error)
	// Get gives one request.
	Get(ctx context.Context, commune PlaceID, id int64) (Callback, error)
	// Finish moves open → called or given_up and drops the number;
	// CodeConflict when somebody did already.
	Finish(ctx context.Context, commune PlaceID, id int64, to CallbackState, act Act) error
	// Purge deletes requests done before a time.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
