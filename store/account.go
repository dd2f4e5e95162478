package store

import (
	"context"
	"time"
)

// Account is somebody who works with baro: signs in to the console or holds a
// token of the API. Residents have none.
type Account struct {
	ID         int64
	Login      string // small letters; what is typed to sign in
	Name       string // how colleagues call them
	Locale     string // fr or en: the language of their pages
	State      AccountState
	Password   string // argon2id in its text form; "" until an invitation is accepted
	MustChange bool   // the password was given by somebody else
	TOTP       Sealed // secret of the second factor; no Box: there is none
	TOTPStep   int64  // last time step (RFC 6238) whose code was used
	Created    time.Time
	SignedIn   time.Time
	Grants     []Grant
}

// AccountState tells whether an account can be used.
type AccountState string

const (
	AccountInvited  AccountState = "invited"
	AccountActive   AccountState = "active"
	AccountDisabled AccountState = "disabled"
)

// CanBecome tells whether an account in state s may move to another one.
func (s AccountState) CanBecome(to AccountState) bool {
	switch s {
	case AccountInvited:
		return to == AccountActive || to == AccountDisabled
	case AccountActive:
		return to == AccountDisabled
	case AccountDisabled:
		return to == AccountInvited || to == AccountActive
	}
	return false
}

// Grant gives a role within a scope: the whole platform, one commune, or one
// organisation of a commune. Whoever follows several communes has one for each.
type Grant struct {
	Role         string  // a word of package access
	Commune      PlaceID // 0: the platform
	Organisation int64   // 0: none
}

// AccountReader finds accounts, each with its grants.
type AccountReader interface {
	// Get gives one account by key.
	Get(ctx context.Context, id int64) (Account, error)
	// ByLogin gives one account by what is typed to sign in.
	ByLogin(ctx context.Context, login string) (Account, error)
	// List gives those with a grant in the commune, by login; commune 0 gives
	// all, which is for the platform's administrators.
	List(ctx context.Context, commune PlaceID) ([]Account, error)
}

// AccountWriter changes accounts. Each change leaves its audit row, without
// secrets.
type AccountWriter interface {
	// Create adds an account with its grants; CodeConflict when the login is
	// taken.
	Create(ctx context.Context, a Account, act Act) (Account, error)
	// Describe sets name, locale and grants.
	Describe(ctx context.Context, a Account, act Act) error
	// SetPassword sets the hash and ends every session of the account except
	// the kept one; an invited account becomes active.
	SetPassword(ctx context.Context, id int64, hash string, mustChange bool, keep [32]byte, act Act) error
	// Move changes the state. Disabling ends sessions, tokens and invitation;
	// an account without a password cannot become active.
	Move(ctx context.Context, id int64, from, to AccountState, act Act) error
	// SignedIn notes the time of a sign-in.
	SignedIn(ctx context.Context, id int64, at time.Time, act Act) error
}

// SecondFactors keeps what proves a person beside the password.
type SecondFactors interface {
	// Set replaces the secret and all recovery codes, given by their hashes.
	Set(ctx context.Context, account int64, secret Sealed, codes [][32]byte, act Act) error
	// Remove takes both away.
	Remove(ctx context.Context, account int64, act Act) error
	// Step takes a time step; CodeConflict unless it is later than the last
	// one: a code that was seen once opens nothing.
	Step(ctx context.Context, account, step int64) error
	// Spend uses up a recovery code; CodeNotFound when there is none.
	Spend(ctx context.Context, account int64, hash [32]byte, act Act) error
	// Left counts the recovery codes.
	Left(ctx context.Context, account int64) (int, error)
}

// Invitation lets somebody set the first password of an account. It is proved
// by a long token (Hash) or by a short code (Code, hashed slowly), never both.
type Invitation struct {
	Account int64
	Hash    [32]byte
	Code    string
	Expires time.Time
}

// Invitations keeps at most one for each account.
type Invitations interface {
	// Put replaces the invitation of an account.
	Put(ctx context.Context, v Invitation, act Act) error
	// ByHash finds the one a link leads to, also when it has run out.
	ByHash(ctx context.Context, hash [32]byte) (Invitation, error)
	// Of gives the invitation of an account.
	Of(ctx context.Context, account int64) (Invitation, error)
	// Spend uses it up; CodeConflict when it was used or replaced meanwhile.
	Spend(ctx context.Context, v Invitation) error
}

// SessionStage tells how far a sign-in has come.
type SessionStage string

const (
	StageCode     SessionStage = "code"     // the second factor is still to be shown
	StagePassword SessionStage = "password" // the password has to be changed first
	StageFull     SessionStage = "full"
)

// ConsoleSession is one browser that somebody signed in with, known by the hash
// of its cookie.
type ConsoleSession struct {
	ID      int64
	Hash    [32]byte
	Account int64
	Stage   SessionStage
	Agent   string // browser and system as their owner recognises them
	Created time.Time
	Seen    time.Time
	Expires time.Time // whatever happens
}

// ConsoleSessions keeps them.
type ConsoleSessions interface {
	// Insert adds a session.
	Insert(ctx context.Context, s ConsoleSession) error
	// Find gives one by hash, also when its time is over.
	Find(ctx context.Context, hash [32]byte) (ConsoleSession, error)
	// Seen notes when a session was last used.
	Seen(ctx context.Context, hash [32]byte, at time.Time) error
	// List gives those of an account, last used first.
	List(ctx context.Context, account int64) ([]ConsoleSession, error)
	// Delete ends one session of an account.
	Delete(ctx context.Context, account, id int64) error
	// Purge deletes those that expired or were not seen since a time.
	Purge(ctx context.Context, now, seenBefore time.Time) (int64, error)
}

// APIToken lets a program act for an account within scopes that are no wider
// than the account's own.
type APIToken struct {
	ID      int64
	Hash    [32]byte
	Account int64
	Name    string
	Scopes  []string
	Commune PlaceID // 0: wherever the account has its roles
	Created time.Time
	Expires time.Time
	Used    time.Time
	Revoked time.Time
}

// APITokens keeps them.
type APITokens interface {
	// Create adds a token.
	Create(ctx context.Context, v APIToken, act Act) (APIToken, error)
	// Find gives one by hash, also when it was revoked or has run out.
	Find(ctx context.Context, hash [32]byte) (APIToken, error)
	// List gives those of an account, newest first.
	List(ctx context.Context, account int64) ([]APIToken, error)
	// Revoke ends one token of an account; CodeConflict when it has ended.
	Revoke(ctx context.Context, account, id int64, act Act) error
	// Used notes when a token was last used.
	Used(ctx context.Context, id int64, at time.Time) error
}

// FormDraft is what somebody typed into a form and has not sent.
type FormDraft struct {
	Account int64
	Form    string // name of the form and of what it edits
	Content Sealed
	Saved   time.Time
}

// FormDrafts keeps one for each account and form.
type FormDrafts interface {
	// Put saves a draft over the one before; CodeDenied when the account has
	// as many as limit of other forms.
	Put(ctx context.Context, d FormDraft, limit int) error
	// Get gives a draft.
	Get(ctx context.Context, account int64, form string) (FormDraft, error)
	// Delete forgets a draft; none is no error.
	Delete(ctx context.Context, account int64, form string) error
	// Purge deletes those saved before a time.
	Purge(ctx context.Context, before time.Time) (int64, error)
}
