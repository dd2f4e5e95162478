package store

import (
	"context"
	"time"
)

// Role is what somebody with a PIN may do by phone.
type Role string

const (
	RoleLeader   Role = "leader"   // announces for an organisation
	RoleSecond   Role = "second"   // agrees to what the leader announces, and may announce
	RoleApprover Role = "approver" // approves public notices for the commune
)

// Valid tells whether r is a known role.
func (r Role) Valid() bool { return r == RoleLeader || r == RoleSecond || r == RoleApprover }

// Post is one role of an officer.
type Post struct {
	Organisation int64 // 0: the commune, for approvers
	Role         Role
}

// Officer is a number that acts in a commune with a PIN. One person with posts
// in two organisations is one officer with one PIN.
type Officer struct {
	ID        int64
	Commune   PlaceID
	Pseudonym *Pseudonym // nil: the number was erased
	Phone     Sealed
	PINHash   string // encoded hash, "" when none is set
	Fresh     bool   // the PIN was handed out and is to be changed at its first use
	Tries     int    // wrong PINs in a row
	WaitUntil time.Time
	LockedAt  time.Time
	Account   int64 // console account of the same person, 0 without one
	Created   time.Time
	Posts     []Post
}

// Holds tells whether the officer has a role in an organisation (0: the commune).
func (o Officer) Holds(organisation int64, roles ...Role) bool {
	for _, p := range o.Posts {
		for _, r := range roles {
			if p.Organisation == organisation && p.Role == r {
				return true
			}
		}
	}
	return false
}

// OfficerReader reads officers.
type OfficerReader interface {
	// Get gives an officer with the posts held.
	Get(ctx context.Context, commune PlaceID, id int64) (Officer, error)
	// ByPhone gives the officer of a number with the posts held.
	ByPhone(ctx context.Context, commune PlaceID, p Pseudonym) (Officer, error)
	// List gives the officers with a post in an organisation, or with 0 the
	// commune's approvers, by id.
	List(ctx context.Context, commune PlaceID, organisation int64) ([]Officer, error)
}

// OfficerWriter appoints officers.
type OfficerWriter interface {
	// Appoint gives a number a post; a number that is no officer of the commune
	// yet becomes one with the given PIN hash, phone and account, which are
	// ignored otherwise. CodeConflict when the organisation has a leader already
	// or the number holds the post; CodeInvalid for a role that does not go with
	// the organisation.
	Appoint(ctx context.Context, o Officer, post Post, act Act) (Officer, error)
	// Dismiss takes a post away; CodeNotFound when it is not held.
	Dismiss(ctx context.Context, commune PlaceID, id int64, post Post, act Act) error
	// SetPIN replaces the PIN's hash, takes off a lock and forgets wrong tries.
	SetPIN(ctx context.Context, commune PlaceID, id int64, hash string, fresh bool, act Act) error
}

// PINTries counts wrong PINs. A try is counted before it is judged, so that
// tries made at once cannot outrun the limit.
type PINTries interface {
	// Begin counts a try and gives the officer with it counted; CodeDenied, and
	// nothing counted, while the officer is locked, has to wait, has no PIN or
	// has had limit tries.
	Begin(ctx context.Context, commune PlaceID, id int64, limit int, now time.Time) (Officer, error)
	// Passed forgets the tries.
	Passed(ctx context.Context, commune PlaceID, id int64) error
	// Failed makes the officer wait until a time, or with a zero time locks the
	// PIN for good.
	Failed(ctx context.Context, commune PlaceID, id int64, wait, now time.Time, act Act) error
}
