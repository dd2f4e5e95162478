// Package session is the port behind which live dialogues are kept: opaque bytes with a version and compare-and-set.
// What is kept here may be lost; whatever was acknowledged to anybody stands in the database.
//
// The implementations are memory (one node, nothing to install) and redis (several nodes). Both pass sessiontest.
package session

import (
	"context"
	"errors"
	"time"
)

// Record is a stored session.
type Record struct {
	// Data is never changed by the store after it was returned. Callers must not write to it either.
	Data []byte
	// Version names this state of the record. Versions are compared for equality only: they are not counted, never 0,
	// and not used again when a key expires and is created anew.
	Version uint64
}

// Store keeps records by key. All methods are safe for concurrent use and end with an error once ctx does.
type Store interface {
	// Load returns the record of key, or ErrNotFound when there is none or its time to live is over.
	Load(ctx context.Context, key string) (Record, error)
	// Save replaces the record whose version is expect and returns the new version; expect 0 creates a record where none
	// is. It returns ErrConflict when another writer was first, and also when the record has meanwhile gone. The record
	// lives for ttl from now, at least a millisecond. data is copied.
	Save(ctx context.Context, key string, data []byte, expect uint64, ttl time.Duration) (version uint64, err error)
	// Delete removes the record, whatever its version. Nothing to remove is no error.
	Delete(ctx context.Context, key string) error
}

// Errors of a Store. They are wrapped and never name the key, which may stand for a person.
var (
	ErrNotFound    = errors.New("session: not found")
	ErrConflict    = errors.New("session: another writer was first")
	ErrUnavailable = errors.New("session: store unavailable")
	ErrInvalid     = errors.New("session: time to live below one millisecond")
)

// MinTTL is the shortest time to live of a record.
const MinTTL = time.Millisecond

// Key names the record of a dialogue. Session ids and numbers stay out of keys: the caller gives fingerprints and
// pseudonyms in hexadecimal; the channel's name is the one in the configuration. What stands in braces is the hash tag,
// by which Redis Cluster keeps all keys of one dialogue on one node.
func Key(channel, session, pseudonym string) string {
	return "ussd:{" + channel + ":" + session + ":" + pseudonym + "}:s"
}

// PersonKey names what is kept per person and channel beyond one dialogue: "sms" for the state of an SMS dialogue,
// "rate" for a limit, and so on. All keys of a person share a hash tag.
func PersonKey(pseudonym, channel, what string) string {
	return "p:{" + pseudonym + "}:" + channel + ":" + what
}

// ChannelKey names what is kept per channel, say a limit.
func ChannelKey(channel, what string) string {
	return "c:{" + channel + "}:" + what
}
