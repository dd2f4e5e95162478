package profile

import (
	"context"
	"fmt"

	"baro/gateway/civic"
	"baro/store"
)

// A Permission is what a caller agreed to receive: a purpose, and the message id of the question that was read.
type Permission struct {
	Purpose store.Purpose
	Message string
}

// Allow stores a permission that a caller has given, and keeps of them what sending needs: number, language and commune. A
// commune that was kept before is overwritten; a language is not. It belongs into the transaction of the step.
func (s *Service) Allow(ctx context.Context, c civic.Caller, p Permission, choice Choice, lang string) error {
	former, found, err := s.contact(ctx, c.Pseudonym)
	if err != nil {
		return err
	}
	if found && former.Language.Box != nil {
		choice.Language = ""
	}
	if choice.Commune == 0 {
		choice.Commune = former.Commune
	}
	if err := s.write(ctx, c, choice, former.Language); err != nil {
		return err
	}
	if err := s.consent(ctx, c, p, lang); err != nil {
		return fmt.Errorf("keep consent: %w", err)
	}
	return nil
}
