package store

import (
	"context"
	"time"
)

// ReleaseInfo is a stored release in a list.
type ReleaseInfo struct {
	Hash     [32]byte
	Created  time.Time
	Size     int
	Active   bool // new dialogues begin with it
	Proposed bool // nodes are loading it
	Previous bool // what a rollback goes back to
}

// Rollouts moves the nodes from one program to the next: a release is proposed,
// every live node loads and compiles it and says so (Releases.Seen), and then it
// becomes the one new dialogues begin with.
type Rollouts interface {
	// Propose names the release that nodes are to load. CodeNotFound when it is
	// not stored. The last proposal stands.
	Propose(ctx context.Context, hash [32]byte, at time.Time, act Act) error
	// Proposed gives the standing proposal; CodeNotFound when there is none.
	Proposed(ctx context.Context) ([32]byte, error)
	// Settle activates a proposal and remembers what was active before it;
	// CodeConflict when it is no longer the standing proposal.
	Settle(ctx context.Context, hash [32]byte, at time.Time, act Act) error
	// List gives the stored programs, newest first.
	List(ctx context.Context) ([]ReleaseInfo, error)
	// Alive lists the nodes that have reported any release since a time.
	Alive(ctx context.Context, since time.Time) ([]string, error)
}
