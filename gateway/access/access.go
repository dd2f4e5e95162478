// Package access knows who works with baro and what each may do: accounts with passwords and second factors, sessions,
// invitations, tokens of the API, roles and the communes they hold for. It serves nothing; the console and the API ask it.
package access

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"baro/gateway/identity"
	"baro/store"
	"baro/store/session"
)

// Stores are what the service keeps its records in.
type Stores struct {
	Tx       store.Writer
	Accounts interface {
		store.AccountReader
		store.AccountWriter
	}
	Factors     store.SecondFactors
	Invitations store.Invitations
	Sessions    store.ConsoleSessions
	Tokens      store.APITokens
	Drafts      store.FormDrafts
	Places      store.PlaceReader
}

// Keys seals secrets and names people to the limiter without telling who they are; *identity.Keyring does.
type Keys interface {
	Seal(purpose string, plain []byte) (identity.Sealed, error)
	Open(purpose string, s identity.Sealed) ([]byte, error)
	MAC(label string, parts ...[]byte) [16]byte
}

// Hasher hashes passwords; *identity.SecretHasher does.
type Hasher interface {
	Hash(ctx context.Context, purpose, secret string) (string, error)
	Verify(ctx context.Context, purpose, secret, hash string) (bool, error)
}

// Texter sends the code of an invitation to somebody's phone, within the transaction of ctx.
type Texter interface {
	SendCode(ctx context.Context, to identity.MSISDN, locale, code string) error
}

var (
	_ Keys   = (*identity.Keyring)(nil)
	_ Hasher = (*identity.SecretHasher)(nil)
)

// Deps are what a Service works with.
type Deps struct {
	Stores
	Keys    Keys
	Hasher  Hasher
	Limiter session.Limiter
	Texter  Texter // nil: invitations go by link only
	Now     func() time.Time
	Rand    io.Reader
	Issuer  string // name that authenticator apps show; "baro" when empty
}

// How long things last.
const (
	IdleLife       = 2 * time.Hour // of a session that nobody uses
	SessionLife    = 12 * time.Hour
	PendingLife    = 10 * time.Minute // of a sign-in that waits for its second factor
	InvitationLife = 72 * time.Hour
	TokenLife      = 365 * 24 * time.Hour // the longest
	DraftLife      = 14 * 24 * time.Hour
	seenEvery      = time.Minute // how precisely the use of a session is noted
)

// Refusals that are told to people as they are. Whoever signs in is never told which part was wrong.
var (
	ErrWrong    = errors.New("access: login, password or code is wrong")
	ErrExpired  = errors.New("access: the invitation was used or has run out")
	ErrSignedIn = errors.New("access: nobody is signed in")
)

// Throttled refuses for a while.
type Throttled struct{ RetryAfter time.Duration }

func (t Throttled) Error() string {
	return fmt.Sprintf("access: too many attempts, again in %s", t.RetryAfter)
}

// Service is the door. It is safe for concurrent use.
type Service struct{ Deps }

// New checks its parts.
func New(d Deps) (*Service, error) {
	if d.Tx == nil || d.Accounts == nil || d.Factors == nil || d.Invitations == nil || d.Sessions == nil || d.Tokens == nil || d.Drafts == nil ||
		d.Places == nil || d.Keys == nil || d.Hasher == nil || d.Limiter == nil || d.Now == nil || d.Rand == nil {
		return nil, errors.New("new access service: every part but Texter and Issuer is needed")
	}
	if d.Issuer == "" {
		d.Issuer = "baro"
	}
	return &Service{d}, nil
}

// Purge forgets what has lasted long enough, and tells how many rows went.
func (s *Service) Purge(ctx context.Context) (int64, error) {
	now := s.Now()
	sessions, err := s.Sessions.Purge(ctx, now, now.Add(-IdleLife))
	if err != nil {
		return 0, err
	}
	drafts, err := s.Drafts.Purge(ctx, now.Add(-DraftLife))
	return sessions + drafts, err
}
