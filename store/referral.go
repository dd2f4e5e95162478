package store

import (
	"context"
	"time"
)

// ReferralPurpose is what somebody turns to a contact for.
type ReferralPurpose string

const (
	ReferralAbuse      ReferralPurpose = "abuse"      // abuse and exploitation, also by helpers
	ReferralProtection ReferralPurpose = "protection" // somebody to talk to
	ReferralThreat     ReferralPurpose = "threat"     // threats and urgent matters
	ReferralMediation  ReferralPurpose = "mediation"  // land, chieftaincy, herders and farmers
)

// Valid tells whether p is a known purpose.
func (p ReferralPurpose) Valid() bool {
	switch p {
	case ReferralAbuse, ReferralProtection, ReferralThreat, ReferralMediation:
		return true
	}
	return false
}

// Referral is a contact outside every town hall, for an area above communes.
type Referral struct {
	ID       int64
	Area     PlaceID // cercle, région or country
	Purpose  ReferralPurpose
	Name     string // an office, never a person
	Phone    string // public
	Verified time.Time
	Updated  time.Time
}

// Referrals keeps whom people can turn to.
type Referrals interface {
	// List gives the contacts of an area for a purpose, all with "", by name.
	List(ctx context.Context, area PlaceID, purpose ReferralPurpose) ([]Referral, error)
	// Put stores a contact, or overwrites the one of that name and purpose in
	// the area, with the audit row. CodeInvalid for an area that is a commune
	// or lies within one.
	Put(ctx context.Context, r Referral, act Act) (Referral, error)
	// Unchecked counts the contacts of all areas that nobody has checked since a
	// time, or ever.
	Unchecked(ctx context.Context, since time.Time) (int64, error)
	// Remove deletes a contact; CodeNotFound when the area has none of that id.
	Remove(ctx context.Context, area PlaceID, id int64, act Act) error
}
