// Package learning lets communes learn from each other: what one did about a problem, what it cost and what came of it.
// Practices are read in the whole country; whoever wants to know more asks the commune whose practice it is, and whoever
// has read one may say whether it was useful. Anybody may propose one to the clerks; who agreed is sent each month's new ones.
package learning

import (
	"context"
	"fmt"

	"baro/gateway/civic"
	"baro/gateway/civic/question"
	"baro/gateway/civic/voice"
	"baro/store"
)

// maxPractices is what the manifest lets a list have.
const maxPractices = 20

// Practices are read by all and written by the commune they come from.
type Practices interface {
	store.PracticeReader
	store.PracticeWriter
}

// Places tells what a commune is called.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

// Stores are the records the service works on.
type Stores struct {
	Practices Practices
	Places    Places
}

// Service shows practices and takes questions and votes about them.
type Service struct {
	stores    Stores
	questions *question.Service
	voices    *voice.Service
	means     Means
}

// New returns a service over the stores; questions take what is asked and proposed, voices what people think, means reach
// who agreed to the digest.
func New(stores Stores, questions *question.Service, voices *voice.Service, means Means) *Service {
	return &Service{stores: stores, questions: questions, voices: voices, means: means}
}

// A Told is a practice with the name of the commune that tells of it.
type Told struct {
	store.Practice
	From string
}

// Published gives the newest practices: a commune's own ones, or with others those of all other communes.
func (s *Service) Published(ctx context.Context, commune store.PlaceID, others bool) ([]Told, error) {
	found, err := s.stores.Practices.Published(ctx, commune, others, maxPractices)
	if err != nil {
		return nil, fmt.Errorf("list practices: %w", err)
	}
	told := make([]Told, len(found))
	names := map[store.PlaceID]string{}
	for i, p := range found {
		if _, known := names[p.Commune]; !known {
			if names[p.Commune], err = s.name(ctx, p.Commune); err != nil {
				return nil, err
			}
		}
		told[i] = Told{p, names[p.Commune]}
	}
	return told, nil
}

// Get gives one published practice; false when there is none of that id.
func (s *Service) Get(ctx context.Context, id int64) (Told, bool, error) {
	p, err := s.stores.Practices.Get(ctx, id)
	return s.found(ctx, p, err)
}

// Dialled gives a published practice by its number.
func (s *Service) Dialled(ctx context.Context, number int) (Told, bool, error) {
	p, err := s.stores.Practices.ByNumber(ctx, number)
	return s.found(ctx, p, err)
}

func (s *Service) found(ctx context.Context, p store.Practice, err error) (Told, bool, error) {
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return Told{}, false, nil
	case err != nil:
		return Told{}, false, fmt.Errorf("get practice: %w", err)
	}
	name, err := s.name(ctx, p.Commune)
	return Told{p, name}, err == nil, err
}

func (s *Service) name(ctx context.Context, id store.PlaceID) (string, error) {
	p, err := s.stores.Places.Get(ctx, id)
	if err != nil {
		return "", fmt.Errorf("get commune of practice: %w", err)
	}
	return p.Name, nil
}

// Ask puts a question about a practice to the commune it comes from, and gives the case with its number; taken is false,
// and nothing is written, when the caller has too many open cases there.
func (s *Service) Ask(ctx context.Context, c civic.Caller, p store.Practice, words string) (made store.Case, taken bool, err error) {
	made, taken, err = s.questions.Put(ctx, question.Report{
		Commune: p.Commune, Kind: store.CasePractice, Practice: p.ID, Words: words, Asker: store.Pseudonym(c.Pseudonym), At: c.Now,
	})
	if err != nil {
		return store.Case{}, false, fmt.Errorf("ask about practice: %w", err)
	}
	return made, taken, nil
}
