// Package question takes questions and problems of residents, gives each a number to follow it by, and lets those who work
// on it answer. Words are sealed and never republished; an answer is shown to the one who asked and nobody else.
package question

import (
	"context"
	"time"

	"baro/gateway/civic/letter"
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
	// AnswerWithin is the time the commune gives itself where Options name none for a kind.
	AnswerWithin = 15 * 24 * time.Hour
	// AskAfter is how long after an answer its asker is asked whether it is solved.
	AskAfter = 28 * 24 * time.Hour
)

// sealPurpose binds the sealed words to their column.
const sealPurpose = "case"

// Stores are the records the service works on.
type Stores struct {
	Reader store.CaseReader
	Writer store.CaseWriter
	Tx     store.Writer // joins a change and its letter
}

// Reach finds the number and language behind a pseudonym that agreed to be written to for a purpose; false for everybody
// else.
type Reach interface {
	Reach(ctx context.Context, p store.Pseudonym, purpose store.Purpose) (number identity.MSISDN, language string, ok bool, err error)
}

// Letters sends single SMS in the transaction of ctx; letter.Desk does.
type Letters interface {
	Send(ctx context.Context, letters ...letter.Letter) error
}

// Dials tells what to dial for keys below a commune's main menu, "" where it has no USSD; dial.Book does.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// Options are what an operator may choose, and the way to the asker. The zero value writes no letters.
type Options struct {
	Zone    *time.Location                   // where days begin; nil is UTC
	Within  map[store.CaseKind]time.Duration // time for an answer by kind; AnswerWithin otherwise
	Reach   Reach
	Letters Letters
	Dials   Dials
}

// UsualTerms are the times for an answer that a commune begins with: a pump that gives no water waits less long than a
// question, and another commune more.
func UsualTerms() map[store.CaseKind]time.Duration {
	const day = 24 * time.Hour
	return map[store.CaseKind]time.Duration{store.CaseWater: 7 * day, store.CaseSchoolHealth: 10 * day, store.CasePractice: 30 * day}
}

// Service takes and answers cases.
type Service struct {
	stores   Stores
	keys     *identity.Keyring
	opts     Options
	zone     *time.Location
	prompted prompted
}

// New returns a service over the stores. Keys seal what people write.
func New(stores Stores, keys *identity.Keyring, opts Options) *Service {
	s := &Service{stores: stores, keys: keys, opts: opts, zone: opts.Zone}
	if s.zone == nil {
		s.zone = time.UTC
	}
	return s
}

// due is when a case of a kind wants its answer.
func (s *Service) due(kind store.CaseKind, put time.Time) time.Time {
	within := s.opts.Within[kind]
	if within <= 0 {
		within = AnswerWithin
	}
	return put.Add(within).UTC()
}

// open tells whether a case still waits for an answer.
func open(c store.Case) bool { return c.State == store.CaseReceived || c.State == store.CaseAssigned }
