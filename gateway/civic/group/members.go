package group

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/letter"
	"baro/gateway/identity"
	"baro/store"
)

// Limits of invitations: one SMS each, which the commune pays, to people who have not asked for it.
const (
	inviteAgain   = 30 * 24 * time.Hour // to the same number
	invitesPerDay = 20                  // of an organisation
	inviteLife    = 3 * 24 * time.Hour  // of the SMS
)

// What is refused of an invitation.
var (
	ErrLimit    = errors.New("group: too many invitations today")
	ErrSilenced = errors.New("group: the organisation is not active")
)

// Invite asks a number to become a member, by one SMS; the person dials to agree. Whether the number is a member already,
// was asked not long ago or has said STOP is not told: leaders do not learn who.
func (s *Service) Invite(ctx context.Context, commune store.PlaceID, o store.Officer, organisation int64, to identity.MSISDN, lang string, now time.Time) error {
	group, err := s.Organisations.Get(ctx, commune, organisation)
	if err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	if group.State != store.OrganisationActive {
		return ErrSilenced
	}
	sent, err := s.Members.CountInvited(ctx, commune, organisation, now.Add(-24*time.Hour))
	if err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	if sent >= invitesPerDay {
		return ErrLimit
	}
	p := store.Pseudonym(s.Keys.Pseudonym(to))
	stopped, err := s.Consents.Suppressed(ctx, p, store.PurposeGroups)
	if err != nil || stopped {
		return err
	}
	phone, err := s.Keys.SealNumber(to)
	if err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	err = s.Tx.Write(ctx, func(ctx context.Context) error {
		err := s.Members.Invite(ctx, commune, store.Member{
			Organisation: organisation, Pseudonym: p, Phone: store.Sealed(phone), InvitedBy: o.ID, InvitedAt: now,
		}, now.Add(-inviteAgain), Act(o.ID, ""))
		if err != nil {
			return err
		}
		return s.Letters.Send(ctx, letter.Letter{
			To: to, Language: lang, Message: "group.invite", Commune: commune, Origin: fmt.Sprintf("organisation:%d", organisation),
			Fields: flows.Record{
				{Name: "Group", Value: flows.TextOf(group.ShortName)},
				{Name: "Dial", Value: flows.TextOf(s.Dials.String(commune, 2, 2))},
			},
			Priority: store.PriorityNotice, Purpose: store.PurposeGroups, ExpiresAt: now.Add(inviteLife), Scrub: true,
		})
	})
	if err != nil && store.CodeOf(err) != store.CodeConflict {
		return fmt.Errorf("invite: %w", err)
	}
	return nil
}

// Join makes a caller a member with the proof of how they agreed. It tells false without an invitation, or when they are a
// member already. To agree to one group is not to agree to what the caller has stopped before: who had stopped everything
// is left with each other kind of message stopped.
func (s *Service) Join(ctx context.Context, c civic.Caller, commune store.PlaceID, organisation int64, lang string) (bool, error) {
	p := store.Pseudonym(c.Pseudonym)
	m, err := s.Members.Get(ctx, commune, organisation, p)
	if store.CodeOf(err) == store.CodeNotFound || err == nil && m.State != store.MemberInvited {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("join: %w", err)
	}
	return s.join(ctx, c, commune, organisation, lang)
}

// Enrol makes a number a member after it agreed on paper; source names the sheet.
func (s *Service) Enrol(ctx context.Context, commune store.PlaceID, organisation int64, number identity.MSISDN, lang, source string, now time.Time) (bool, error) {
	return s.join(ctx, civic.Caller{Number: number, Pseudonym: s.Keys.Pseudonym(number), Channel: "paper", Source: source, Now: now}, commune, organisation, lang)
}

func (s *Service) join(ctx context.Context, c civic.Caller, commune store.PlaceID, organisation int64, lang string) (joined bool, err error) {
	p := store.Pseudonym(c.Pseudonym)
	phone, err := s.Keys.SealNumber(c.Number)
	if err != nil {
		return false, fmt.Errorf("join: %w", err)
	}
	own, err := s.Keys.Seal(sealMember, []byte(lang))
	if err != nil {
		return false, fmt.Errorf("join: %w", err)
	}
	proof, err := s.Keys.Seal(sealConsent, []byte(lang))
	if err != nil {
		return false, fmt.Errorf("join: %w", err)
	}
	version := s.TextVersion(joinText, lang)
	err = s.Tx.Write(ctx, func(ctx context.Context) error {
		stopped, err := s.Consents.Suppressed(ctx, p, store.PurposeAll)
		if err != nil {
			return err
		}
		joined, err = s.Members.Join(ctx, commune, store.Member{
			Organisation: organisation, Pseudonym: p, Phone: store.Sealed(phone), Language: store.Sealed(own),
			TextVersion: version, Channel: c.Channel, Source: c.Source, JoinedAt: c.Now,
		})
		if err != nil || !joined {
			return err
		}
		_, err = s.Consents.Give(ctx, store.Consent{Pseudonym: p, Purpose: store.PurposeGroups, TextVersion: version,
			Language: store.Sealed(proof), Channel: c.Channel, Source: c.Source, GivenAt: c.Now})
		if err != nil || !stopped {
			return err
		}
		for _, purpose := range store.MessagePurposes() {
			if purpose == store.PurposeGroups {
				continue
			}
			if err := s.Consents.Withdraw(ctx, p, purpose, c.Now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("join: %w", err)
	}
	return joined, nil
}

// Leave ends a caller's membership or refuses an invitation.
func (s *Service) Leave(ctx context.Context, c civic.Caller, commune store.PlaceID, organisation int64) error {
	if _, err := s.Members.Leave(ctx, commune, organisation, store.Pseudonym(c.Pseudonym), c.Now); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}

// Of gives the organisations of a commune in which a caller is in a state: joined, or invited.
func (s *Service) Of(ctx context.Context, c civic.Caller, commune store.PlaceID, state store.MemberState) (all []store.Organisation, err error) {
	memberships, err := s.Members.Of(ctx, store.Pseudonym(c.Pseudonym))
	if err != nil {
		return nil, fmt.Errorf("list memberships: %w", err)
	}
	for _, m := range memberships {
		if m.Commune != commune || m.State != state {
			continue
		}
		o, err := s.Organisations.Get(ctx, commune, m.Organisation)
		if err != nil {
			return nil, fmt.Errorf("list memberships: %w", err)
		}
		if o.State != store.OrganisationClosed {
			all = append(all, o)
		}
	}
	return all, nil
}

// Purge deletes invitations that nobody answered within their time, and memberships that ended long ago.
func (s *Service) Purge(ctx context.Context, leftBefore, now time.Time) (int64, error) {
	n, err := s.Members.Purge(ctx, now.Add(-inviteAgain), leftBefore)
	if err != nil {
		return 0, fmt.Errorf("purge memberships: %w", err)
	}
	return n, nil
}
