// Package notice tells people of meetings: what is coming up, where and when, and who comes. A meeting is data that every
// reader gets in their own language; what was put forward is frozen and goes out only after a second person has agreed:
// the second officer for an organisation's own members, the commune for the public.
package notice

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"baro/gateway/civic/group"
	"baro/gateway/identity"
	"baro/store"
)

// Notices are meetings with their versions.
type Notices interface {
	store.NoticeReader
	store.NoticeWriter
	store.NoticeCare
}

// Stores are the records the service works on.
type Stores struct {
	Tx          store.Writer
	Notices     Notices
	Attendances store.Attendances
	Venues      store.Venues
	Blocked     store.BlockedDates
	Safety      store.Safety
	Numbers     store.DialNumbers
}

// Means are what the service works with beside its records.
type Means struct {
	Groups    *group.Service
	Announcer Announcer
	Keys      *identity.Keyring
	Zone      *time.Location
}

// Service announces meetings and takes who comes. It is safe for concurrent use.
type Service struct {
	Stores
	Means
}

// New returns a service.
func New(s Stores, m Means) *Service { return &Service{Stores: s, Means: m} }

// What is refused of a notice. The screens have words for each.
var (
	ErrForeign  = group.ErrForeign
	ErrGone     = errors.New("notice: it is not as it was when it was shown")
	ErrMandate  = errors.New("notice: no mandate to speak to the public")
	ErrQuota    = errors.New("notice: the month's meetings are used up")
	ErrSilenced = errors.New("notice: the organisation is not active")
	ErrNobody   = errors.New("notice: there is no second officer to agree")
	ErrBlocked  = errors.New("notice: no meetings are held on that day")
	ErrTime     = errors.New("notice: too soon or too far away")
	ErrOwn      = errors.New("notice: nobody approves their own")
	ErrLate     = errors.New("notice: the time for a decision is over")
	ErrBusy     = errors.New("notice: another version is under way")
	ErrOutside  = errors.New("notice: an appeal is decided outside the commune")
)

// dataset names the pseudonyms of one notice.
func dataset(notice int64) string { return "notice " + strconv.FormatInt(notice, 10) }

// Voter is the pseudonym of a number in one notice.
func (s *Service) Voter(notice int64, number identity.MSISDN) store.Voter {
	return store.Voter(s.Keys.PseudonymFor(dataset(notice), number))
}

// Voters are a number's pseudonyms in every notice whose attendances are still linked: what an erasure has to cut.
func (s *Service) Voters(ctx context.Context, number identity.MSISDN) (all []store.Voter, err error) {
	linked, err := s.Attendances.Linked(ctx)
	if err != nil {
		return nil, fmt.Errorf("list linked notices: %w", err)
	}
	for _, id := range linked {
		all = append(all, s.Voter(id, number))
	}
	return all, nil
}

// where is the place of a content as people call it.
func (s *Service) where(ctx context.Context, commune store.PlaceID, c store.NoticeContent) (string, error) {
	if c.Venue == 0 {
		return c.Place, nil
	}
	v, err := s.Venues.Get(ctx, commune, c.Venue)
	if err != nil {
		return "", fmt.Errorf("find venue: %w", err)
	}
	return v.Name, nil
}
