package access

import (
	"context"
	"time"

	"baro/store"
)

// begin makes a session and its token.
func (s *Service) begin(ctx context.Context, a store.Account, stage store.SessionStage, agent string) (Signed, error) {
	token, hash, err := s.token("")
	if err != nil {
		return Signed{}, err
	}
	now, life := s.Now(), SessionLife
	if stage == store.StageCode {
		life = PendingLife
	}
	if len(agent) > 80 {
		agent = agent[:80]
	}
	err = s.Sessions.Insert(ctx, store.ConsoleSession{Hash: hash, Account: a.ID, Stage: stage, Agent: agent, Created: now, Seen: now, Expires: now.Add(life)})
	return Signed{Token: token, Stage: stage, Expires: now.Add(life)}, err
}

// Recognise gives who holds the token of a session; ErrSignedIn when it is none, is over or belongs to an account that is
// no longer active.
func (s *Service) Recognise(ctx context.Context, token string) (*Principal, error) {
	hash := hashToken(token)
	v, err := s.Sessions.Find(ctx, hash)
	if store.CodeOf(err) == store.CodeNotFound {
		return nil, ErrSignedIn
	}
	if err != nil {
		return nil, err
	}
	now := s.Now()
	if s.over(v, now) {
		return nil, ErrSignedIn
	}
	a, err := s.Accounts.Get(ctx, v.Account)
	if err != nil {
		return nil, err
	}
	if a.State != store.AccountActive {
		return nil, ErrSignedIn
	}
	if now.Sub(v.Seen) >= seenEvery {
		if err := s.Sessions.Seen(ctx, hash, now); err != nil {
			return nil, err
		}
	}
	return &Principal{Account: a, Session: v}, nil
}

func (s *Service) over(v store.ConsoleSession, now time.Time) bool {
	return !now.Before(v.Expires) || now.Sub(v.Seen) >= IdleLife
}

// SignOut ends the session somebody is in.
func (s *Service) SignOut(ctx context.Context, p *Principal) error {
	err := s.Sessions.Delete(ctx, p.Account.ID, p.Session.ID)
	if store.CodeOf(err) == store.CodeNotFound {
		return nil
	}
	return err
}

// SessionsOf lists the standing sessions of an account, last used first.
func (s *Service) SessionsOf(ctx context.Context, account int64) ([]store.ConsoleSession, error) {
	all, err := s.Sessions.List(ctx, account)
	now := s.Now()
	standing := all[:0]
	for _, v := range all {
		if !s.over(v, now) {
			standing = append(standing, v)
		}
	}
	return standing, err
}

// EndSession ends one of somebody's own sessions.
func (s *Service) EndSession(ctx context.Context, p *Principal, id int64) error {
	return s.Sessions.Delete(ctx, p.Account.ID, id)
}
