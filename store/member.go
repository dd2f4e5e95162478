package store

import (
	"context"
	"time"
)

// PurposeGroups is the consent to get the notices of organisations one is a
// member of.
const PurposeGroups Purpose = "groups"

// MemberState is the life of a membership: invited → joined → left, and back by
// a new invitation.
type MemberState string

const (
	MemberInvited MemberState = "invited"
	MemberJoined  MemberState = "joined"
	MemberLeft    MemberState = "left"
)

// Member is a number in an organisation. The proof of its consent is the row
// itself: text version, channel and source. Who left has no number any more.
type Member struct {
	Organisation int64
	Commune      PlaceID // of the organisation; filled when read
	Pseudonym    Pseudonym
	Phone        Sealed
	Language     Sealed // as read when joining
	State        MemberState
	InvitedBy    int64 // officer, 0: not invited by phone
	InvitedAt    time.Time
	TextVersion  string
	Channel      string
	Source       string // dial, sheet
	JoinedAt     time.Time
	LeftAt       time.Time
}

// Members keeps who belongs to which organisation. Withdrawing the consent to
// groups, or to everything, ends every membership of a number; Contacts.Erase
// deletes them.
type Members interface {
	// Invite stores an invitation, also of one who left; CodeConflict when the
	// number is a member or has an invitation younger than since.
	Invite(ctx context.Context, commune PlaceID, m Member, since time.Time, act Act) error
	// Join makes a number a member with the proof of its consent; it tells false
	// when it was one already. CodeInvalid without number, text version, channel,
	// source and time.
	Join(ctx context.Context, commune PlaceID, m Member) (bool, error)
	// Leave ends a membership or refuses an invitation; it tells false when
	// there was none.
	Leave(ctx context.Context, commune PlaceID, organisation int64, p Pseudonym, at time.Time) (bool, error)
	// Get gives one membership.
	Get(ctx context.Context, commune PlaceID, organisation int64, p Pseudonym) (Member, error)
	// Of lists the memberships and invitations of a number in all communes.
	Of(ctx context.Context, p Pseudonym) ([]Member, error)
	// Count counts those who joined.
	Count(ctx context.Context, commune PlaceID, organisation int64) (int64, error)
	// Joined gives up to limit members after a pseudonym, in its order: a zero
	// one begins.
	Joined(ctx context.Context, commune PlaceID, organisation int64, after Pseudonym, limit int) ([]Member, error)
	// CountInvited counts an organisation's invitations since a time.
	CountInvited(ctx context.Context, commune PlaceID, organisation int64, since time.Time) (int64, error)
	// Purge deletes invitations nobody answered and memberships that ended
	// before the given times.
	Purge(ctx context.Context, invitedBefore, leftBefore time.Time) (int64, error)
}
