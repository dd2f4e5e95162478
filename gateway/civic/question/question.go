// Package question takes questions and problems of residents, gives each a number to follow it by, and lets those who work
// on it answer. Words are sealed and never republished; an answer is shown to the one who asked and nobody else.
package question

import (
	"time"

	"baro/gateway/identity"
	"baro/store"
)

const (
	// MaxOpen is how many unanswered cases one number may have in a commune.
	MaxOpen = 5
	// MaxWords is the longest report in characters: what one USSD answer holds.
	MaxWords = 160
	// MaxAnswer is the longest answer in characters that a screen is proved for.
	MaxAnswer = 120
	// AnswerWithin is the time the commune gives itself: a case is due so long after it was put.
	AnswerWithin = 15 * 24 * time.Hour
)

// sealPurpose binds the sealed words to their column.
const sealPurpose = "case"

// Stores are the records the service works on.
type Stores struct {
	Reader store.CaseReader
	Writer store.CaseWriter
}

// Service takes and answers cases.
type Service struct {
	stores Stores
	keys   *identity.Keyring
	zone   *time.Location
}

// New returns a service over the stores. Keys seal what people write; days begin in zone, nil is UTC.
func New(stores Stores, keys *identity.Keyring, zone *time.Location) *Service {
	if zone == nil {
		zone = time.UTC
	}
	return &Service{stores: stores, keys: keys, zone: zone}
}

// open tells whether a case still waits for an answer.
func open(c store.Case) bool { return c.State == store.CaseReceived || c.State == store.CaseAssigned }
