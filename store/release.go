package store

import (
	"context"
	"time"
)

// ReleaseKind is what a release holds.
type ReleaseKind string

const (
	ReleaseFlows     ReleaseKind = "flows"
	ReleaseCatalogue ReleaseKind = "catalogue"
)

// Release is a compiled program or catalogue, stored under the SHA-256 of its
// bytes. Sessions pin the hash, so older releases stay readable.
type Release struct {
	Hash    [32]byte
	Kind    ReleaseKind
	Data    []byte
	Created time.Time
}

// Releases lets nodes agree on what to run.
type Releases interface {
	// Put stores a release; storing it again changes nothing. CodeInvalid when
	// Hash is not the SHA-256 of Data.
	Put(ctx context.Context, r Release) error
	// Get gives a release by hash.
	Get(ctx context.Context, hash [32]byte) (Release, error)
	// Seen records that a node has loaded a release and is alive at a time.
	Seen(ctx context.Context, node string, hash [32]byte, at time.Time) error
	// Lagging lists the nodes alive since a time that have not loaded hash.
	Lagging(ctx context.Context, hash [32]byte, since time.Time) ([]string, error)
	// Activate makes a release the one new sessions start with.
	Activate(ctx context.Context, kind ReleaseKind, hash [32]byte, at time.Time) error
	// Active gives the hash new sessions start with.
	Active(ctx context.Context, kind ReleaseKind) ([32]byte, error)
}
