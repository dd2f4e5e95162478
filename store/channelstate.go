package store

import (
	"context"
	"time"
)

// ChannelState is how a channel fares in the eyes of one node.
type ChannelState struct {
	Channel string
	Node    string
	State   string // ok, degraded or down
	Reason  string // for an operator; "" when the channel is fine
	LastIn  time.Time
	LastOut time.Time
	Recent  []byte // JSON of the last exchanges, without numbers, texts and secrets
	At      time.Time
}

// ChannelStates lets every node and every command see how channels fare.
type ChannelStates interface {
	// Report replaces what the nodes said before of the same channels, each of
	// which a node names once.
	Report(ctx context.Context, states []ChannelState) error
	// List gives what was reported since a time, by channel and node.
	List(ctx context.Context, since time.Time) ([]ChannelState, error)
	// Purge deletes reports before a time and tells how many.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
