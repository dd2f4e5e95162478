package question

import (
	"context"
	"fmt"
	"sync/atomic"

	"baro/store"
)

// prompted are the numbers that are to be asked whether a case is solved, as a node last read them. Every call wants to know
// whether its number is one of them, few are, and without this each call would ask the database.
type prompted struct {
	numbers atomic.Pointer[map[store.Pseudonym]struct{}]
}

// none tells that a number is surely not to be asked: it was not when the numbers were read. Before that nothing is sure.
func (p *prompted) none(caller store.Pseudonym) bool {
	known := p.numbers.Load()
	if known == nil {
		return false
	}
	_, waits := (*known)[caller]
	return !waits
}

// ReadPrompted reads anew who is to be asked whether a case is solved. Whoever becomes one of them on another node is asked at
// a call after the next reading.
func (s *Service) ReadPrompted(ctx context.Context) error {
	all, err := s.stores.Reader.Prompted(ctx)
	if err != nil {
		return fmt.Errorf("read who is asked about questions: %w", err)
	}
	known := make(map[store.Pseudonym]struct{}, len(all))
	for _, p := range all {
		known[p] = struct{}{}
	}
	s.prompted.numbers.Store(&known)
	return nil
}
