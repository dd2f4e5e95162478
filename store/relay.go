package store

import (
	"context"
	"time"
)

// RelayKind is what another system is to be told.
type RelayKind string

// What there is to tell.
const (
	RelayState   RelayKind = "state"   // what became of a message it gave us
	RelayReceive RelayKind = "receive" // a message for it
	RelayStopped RelayKind = "stopped" // somebody who wants nothing any more
)

// A RelayReport is something that a system behind a channel has yet to be told. It is written together with what it tells
// of, and deleted once it was told for the last time.
type RelayReport struct {
	ID      int64
	Channel string
	Kind    RelayKind
	PeerID  string        // what the other system calls it, or we where it has no name for it: the same again is the same report
	Message string        // of RelayState: its id in the outbox
	State   OutboundState // of RelayState, as Due reads it: where the message stands; "" when it is gone
	Told    OutboundState // of RelayState: what was told last
	Person  Pseudonym
	Payload Sealed
	Created time.Time
	Due     time.Time // not looked at before
	Tries   int       // that the other system refused
}

// Relays keeps what other systems have yet to be told.
type Relays interface {
	// Add stores reports and ignores those whose channel, kind and peer's id are waiting already.
	Add(ctx context.Context, all ...RelayReport) error
	// Due gives up to limit reports of a channel that are due, those first that have been for longest.
	Due(ctx context.Context, channel string, now time.Time, limit int) ([]RelayReport, error)
	// Keep stores what was told, the tries and the next look of reports that stay.
	Keep(ctx context.Context, all ...RelayReport) error
	// Done deletes reports.
	Done(ctx context.Context, ids ...int64) error
	// Purge deletes what was created before a time and never taken.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
