package learning

import (
	"context"
	"fmt"

	"baro/gateway/civic"
	"baro/gateway/civic/profile"
	"baro/gateway/civic/question"
	"baro/store"
)

// Propose puts a practice that a caller thinks worth telling to the clerks of the commune, who ask on and write it down: a
// case with a number to follow it by. Taken is false when the caller has too many open cases there.
func (s *Service) Propose(ctx context.Context, c civic.Caller, commune store.PlaceID, words string) (made store.Case, taken bool, err error) {
	made, taken, err = s.questions.Put(ctx, question.Report{
		Commune: commune, Kind: store.CasePractice, Words: words, Asker: store.Pseudonym(c.Pseudonym), At: c.Now,
	})
	if err != nil {
		return store.Case{}, false, fmt.Errorf("propose practice: %w", err)
	}
	return made, taken, nil
}

// monthlyQuestion is what is read before somebody agrees to the digest.
const monthlyQuestion = "learning.monthly"

// Subscribe keeps that a caller wants the digest each month, which STOP ends.
func (s *Service) Subscribe(ctx context.Context, c civic.Caller, commune store.PlaceID, language, lang string) error {
	permission := profile.Permission{Purpose: store.PurposePractices, Message: monthlyQuestion}
	if err := s.means.People.Allow(ctx, c, permission, profile.Choice{Language: language, Commune: commune}, lang); err != nil {
		return fmt.Errorf("agree to the digest: %w", err)
	}
	return nil
}
