package store

import (
	"context"
	"time"
)

// Contact is what is kept of a person who agreed to be remembered. Phone and
// language are sealed; a new commune overwrites the former one.
type Contact struct {
	Pseudonym  Pseudonym
	Phone      Sealed
	Language   Sealed
	Commune    PlaceID // 0: not chosen
	Created    time.Time
	LastActive time.Time
}

// Erasure names everything that ties records to one number, as only the moment
// when the number is at hand can compute it.
type Erasure struct {
	Pseudonym Pseudonym
	Voters    []Voter // the number's pseudonym in each data set still linked: consultations, works, practices, notices
}

// Contacts keeps remembered people.
type Contacts interface {
	// Get gives the contact of a pseudonym.
	Get(ctx context.Context, p Pseudonym) (Contact, error)
	// Keep stores a contact or overwrites the former one; Created stays.
	Keep(ctx context.Context, c Contact) error
	// Touch notes activity; it never moves the time backwards and does nothing
	// for a stranger.
	Touch(ctx context.Context, p Pseudonym, at time.Time) error
	// Erase deletes the contact, its consents and memberships, takes posts away,
	// cuts answers, attendances, cases and messages from the number, drops what
	// was still to be sent and leaves one suppression for every purpose.
	Erase(ctx context.Context, e Erasure) error
	// Forget deletes the contact alone: what was agreed to and asked stays.
	Forget(ctx context.Context, p Pseudonym) error
	// PurgeInactive deletes contacts and consents without activity since before
	// and tells how many contacts went.
	PurgeInactive(ctx context.Context, before time.Time) (int64, error)
}

// Purpose is what a consent or a suppression is about.
type Purpose string

const (
	PurposeNotices       Purpose = "notices"
	PurposeConsultations Purpose = "consultations"
	PurposeContactBack   Purpose = "contact_back"
	// PurposeAll suppresses every purpose; nobody consents to it.
	PurposeAll Purpose = "all"
)

// Consent is one permission, with the proof of how it was given.
type Consent struct {
	ID          int64
	Pseudonym   Pseudonym
	Purpose     Purpose
	TextVersion string
	Language    Sealed
	Channel     string
	Source      string // dial, sheet, sms, …
	GivenAt     time.Time
	WithdrawnAt time.Time
}

// Consents keeps permissions and refusals. Suppressions outlive an erasure.
type Consents interface {
	// Give stores a consent and lifts the suppression of its purpose and of all
	// purposes. It tells false when the same permission stood already.
	Give(ctx context.Context, c Consent) (bool, error)
	// Withdraw ends the standing consent of one purpose, or of every purpose
	// with PurposeAll, and stores the suppression; repeating it changes nothing.
	Withdraw(ctx context.Context, p Pseudonym, purpose Purpose, at time.Time) error
	// Standing lists the consents not withdrawn.
	Standing(ctx context.Context, p Pseudonym) ([]Consent, error)
	// Suppressed tells whether a purpose, or all, was refused.
	Suppressed(ctx context.Context, p Pseudonym, purpose Purpose) (bool, error)
}
