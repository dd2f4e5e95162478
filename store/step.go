package store

import (
	"context"
	"time"
)

// Step is the proof that one step of a dialogue had its effects. Session is a
// hash and Fingerprint a keyed hash: neither tells a number or an input.
type Step struct {
	Session     [32]byte
	Step        int64
	Fingerprint [16]byte
	Payload     []byte // the screen that was shown, opaque here
	Created     time.Time
}

// Steps makes repeated requests harmless.
type Steps interface {
	// Find gives the step that was taken.
	Find(ctx context.Context, session [32]byte, step int64) (Step, error)
	// Insert takes a step; CodeConflict when it is taken. Called in the
	// transaction of the step's effects it lets one of two inputs win.
	Insert(ctx context.Context, s Step) error
	// Purge deletes steps created before a time and tells how many.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
