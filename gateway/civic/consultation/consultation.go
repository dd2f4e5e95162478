// Package consultation puts a commune's questions to whoever dials, keeps each answer as it is given, counts ballots that
// were confirmed and shows what came of them. Voters are pseudonyms of one consultation alone: ballots of two
// consultations cannot be joined.
package consultation

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strconv"
	"time"

	"baro/gateway/identity"
	"baro/store"
	"baro/store/session"
)

// Few is the number of answers below which no count is shown (domain rule P3).
const Few = 10

// DefaultUnlinkAfter is how long after closing the ballots keep their voters (domain rule P5): long enough to answer a
// complaint about the totals.
const DefaultUnlinkAfter = 30 * 24 * time.Hour

// Stores are the records the service works on.
type Stores struct {
	Reader  store.ConsultationReader
	Writer  store.ConsultationWriter
	Ballots store.Ballots
	Numbers store.DialNumbers
	Cards   store.VoteCards
}

// Options are what an operator may choose. The zero value is usable.
type Options struct {
	Zone        *time.Location  // where days begin and end; UTC by default, which is Bamako's time
	UnlinkAfter time.Duration   // DefaultUnlinkAfter by default
	Limiter     session.Limiter // of guessing the codes of vote cards; nil: no limit
	Random      io.Reader       // of the codes; crypto/rand by default
	Means       Means           // without them nobody is told of results
}

// Service runs consultations.
type Service struct {
	stores      Stores
	keys        *identity.Keyring
	zone        *time.Location
	unlinkAfter time.Duration
	limiter     session.Limiter
	random      io.Reader
	means       Means
}

// New returns a service over the stores; keys make the voters.
func New(stores Stores, keys *identity.Keyring, opts Options) *Service {
	s := &Service{stores: stores, keys: keys, zone: opts.Zone, unlinkAfter: opts.UnlinkAfter, limiter: opts.Limiter, random: opts.Random, means: opts.Means}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.unlinkAfter <= 0 {
		s.unlinkAfter = DefaultUnlinkAfter
	}
	return s
}

// Voter returns the pseudonym of a number in one consultation.
func (s *Service) Voter(consultation int64, number identity.MSISDN) store.Voter {
	return store.Voter(s.keys.PseudonymFor("consultation:"+strconv.FormatInt(consultation, 10), number))
}

// Voters returns the number's voter in every consultation whose ballots are still linked: what an erasure has to cut.
func (s *Service) Voters(ctx context.Context, number identity.MSISDN) ([]store.Voter, error) {
	ids, err := s.stores.Ballots.Linked(ctx)
	if err != nil {
		return nil, fmt.Errorf("list linked consultations: %w", err)
	}
	voters := make([]store.Voter, len(ids))
	for i, id := range ids {
		voters[i] = s.Voter(id, number)
	}
	return voters, nil
}

// AnyOpen tells whether the commune asks something at now.
func (s *Service) AnyOpen(ctx context.Context, commune store.PlaceID, now time.Time) (bool, error) {
	open, err := s.OpenNow(ctx, commune, now)
	return len(open) > 0, err
}

// isOpen tells whether answers are taken at now. The store decides again in the transaction that writes one.
func isOpen(c store.Consultation, now time.Time) bool {
	return c.State == store.ConsultationOpen && !now.Before(c.OpensAt) && now.Before(c.ClosesAt)
}

// find gives one consultation with its questions, or false when the commune has none of that id.
func (s *Service) find(ctx context.Context, commune store.PlaceID, id int64) (store.Consultation, bool, error) {
	c, err := s.stores.Reader.Get(ctx, commune, id)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return store.Consultation{}, false, nil
	case err != nil:
		return store.Consultation{}, false, fmt.Errorf("get consultation: %w", err)
	}
	return c, true, nil
}
