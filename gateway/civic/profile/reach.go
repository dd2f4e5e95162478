package profile

import (
	"fmt"

	"baro/gateway/identity"
	"baro/store"
)

// Reach opens what sending to a contact needs: the number, and the language, "" when none is kept.
func (s *Service) Reach(c store.Contact) (identity.MSISDN, string, error) {
	number, err := s.Keys.OpenNumber(identity.Sealed(c.Phone))
	if err != nil {
		return identity.MSISDN{}, "", fmt.Errorf("reach contact: %w", err)
	}
	language, err := s.language(c)
	if err != nil {
		return identity.MSISDN{}, "", fmt.Errorf("reach contact: %w", err)
	}
	return number, language, nil
}
