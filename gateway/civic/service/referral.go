package service

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"baro/store"
)

// Limits of a contact: what the screens are proved for.
const (
	MaxContact  = 30 // characters of its name
	MaxPhone    = 16
	maxContacts = 3
)

// purposeOf tells for what contacts are looked up when somebody has a need of the menu.
func purposeOf(need string) store.ReferralPurpose {
	if need == "abuse" {
		return store.ReferralAbuse
	}
	return store.ReferralProtection
}

// Contacts gives up to three contacts outside the town hall, those of the nearest area first: cercle, région, country. One
// that nobody has checked for HotLineFreshness is hidden, as a hot line is (domain rule P9).
func (s *Service) Contacts(ctx context.Context, commune store.PlaceID, purpose store.ReferralPurpose, now time.Time) ([]store.Referral, error) {
	var found []store.Referral
	for at := commune; at != 0 && len(found) < maxContacts; {
		p, err := s.places.Get(ctx, at)
		if store.CodeOf(err) == store.CodeNotFound {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("get area: %w", err)
		}
		list, err := s.referrals.List(ctx, at, purpose)
		if err != nil {
			return nil, fmt.Errorf("list contacts: %w", err)
		}
		for _, r := range list {
			if s.trusted(r, now) && len(found) < maxContacts {
				found = append(found, r)
			}
		}
		at = p.ParentID
	}
	return found, nil
}

// trusted tells whether somebody checked a contact lately enough.
func (s *Service) trusted(r store.Referral, now time.Time) bool {
	return !r.Verified.IsZero() && now.Sub(r.Verified) <= HotLineFreshness
}

// StaleContacts counts the contacts of all areas that are hidden until somebody checks them.
func (s *Service) StaleContacts(ctx context.Context, now time.Time) (int64, error) {
	n, err := s.referrals.Unchecked(ctx, now.Add(-HotLineFreshness))
	if err != nil {
		return 0, fmt.Errorf("count stale contacts: %w", err)
	}
	return n, nil
}

// Referrals lists all contacts of an area above communes, hidden ones too, for who keeps them.
func (s *Service) Referrals(ctx context.Context, area store.PlaceID) ([]store.Referral, error) {
	list, err := s.referrals.List(ctx, area, "")
	if err != nil {
		return nil, fmt.Errorf("list contacts: %w", err)
	}
	return list, nil
}

// PutReferral stores a contact; CodeInvalid when it does not fit a screen, or belongs to a commune.
func (s *Service) PutReferral(ctx context.Context, r store.Referral, act store.Act) (store.Referral, error) {
	const op = "put contact"
	if utf8.RuneCountInString(r.Name) > MaxContact || len(r.Phone) > MaxPhone {
		return store.Referral{}, store.NewError(store.CodeInvalid, op, "name or phone are longer than a screen is proved for")
	}
	stored, err := s.referrals.Put(ctx, r, act)
	if err != nil {
		return store.Referral{}, fmt.Errorf("%s: %w", op, err)
	}
	return stored, nil
}

// RemoveReferral deletes a contact of an area.
func (s *Service) RemoveReferral(ctx context.Context, area store.PlaceID, id int64, act store.Act) error {
	if err := s.referrals.Remove(ctx, area, id, act); err != nil {
		return fmt.Errorf("remove contact: %w", err)
	}
	return nil
}
