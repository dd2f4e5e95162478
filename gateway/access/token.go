package access

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"baro/store"
)

// tokenPrefix lets people and scanners recognise a token that was left lying about.
const tokenPrefix = "baro_"

// NewToken makes a token of the API. It never does more than its account: scopes are permissions that the account has in
// the commune (0: wherever it has them). The secret is returned once and only its hash kept. CodeInvalid names the field.
func (s *Service) NewToken(ctx context.Context, p *Principal, name string, scopes []Permission, commune store.PlaceID, life time.Duration, act store.Act) (secret string, err error) {
	const op = "new API token"
	name = strings.TrimSpace(name)
	switch {
	case name == "" || utf8.RuneCountInString(name) > 80:
		return "", store.NewError(store.CodeInvalid, op, "name")
	case life <= 0 || life > TokenLife:
		return "", store.NewError(store.CodeInvalid, op, "life")
	case len(scopes) == 0:
		return "", store.NewError(store.CodeInvalid, op, "scopes")
	}
	words := make([]string, len(scopes))
	for i, need := range scopes {
		if commune != 0 && !p.Can(need, commune) || !p.Anywhere(need) {
			return "", store.NewError(store.CodeDenied, op, "more than the account may do")
		}
		words[i] = string(need)
	}
	slices.Sort(words)
	secret, hash, err := s.token(tokenPrefix)
	if err != nil {
		return "", err
	}
	_, err = s.Tokens.Create(ctx, store.APIToken{Hash: hash, Account: p.Account.ID, Name: name, Scopes: slices.Compact(words), Commune: commune,
		Expires: s.Now().Add(life)}, act)
	return secret, err
}

// TokensOf lists somebody's own tokens, newest first.
func (s *Service) TokensOf(ctx context.Context, p *Principal) ([]store.APIToken, error) {
	return s.Tokens.List(ctx, p.Account.ID)
}

// RevokeToken ends one of somebody's own tokens.
func (s *Service) RevokeToken(ctx context.Context, p *Principal, id int64, act store.Act) error {
	return s.Tokens.Revoke(ctx, p.Account.ID, id, act)
}

// Bearer gives who a token of the API acts for; ErrSignedIn when it is none, was revoked or has run out, or its account is
// no longer active. What it may do is the account's roles as they are now, within the token's scopes.
func (s *Service) Bearer(ctx context.Context, secret string) (*Principal, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return nil, ErrSignedIn
	}
	v, err := s.Tokens.Find(ctx, hashToken(secret))
	if store.CodeOf(err) == store.CodeNotFound {
		return nil, ErrSignedIn
	}
	if err != nil {
		return nil, err
	}
	now := s.Now()
	if !v.Revoked.IsZero() || !now.Before(v.Expires) {
		return nil, ErrSignedIn
	}
	a, err := s.Accounts.Get(ctx, v.Account)
	if err != nil {
		return nil, err
	}
	if a.State != store.AccountActive || a.MustChange {
		return nil, ErrSignedIn
	}
	if now.Sub(v.Used) >= seenEvery {
		if err := s.Tokens.Used(ctx, v.ID, now); err != nil {
			return nil, err
		}
	}
	scopes := make([]Permission, len(v.Scopes))
	for i, word := range v.Scopes {
		scopes[i] = Permission(word)
	}
	return &Principal{Account: a, scopes: scopes, commune: v.Commune}, nil
}
