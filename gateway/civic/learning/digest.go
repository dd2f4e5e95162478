package learning

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/profile"
	"baro/gateway/civic/wording"
	"baro/gateway/identity"
	"baro/store"
)

const (
	maxDigest   = 3                  // practices that one letter names
	digestLives = 7 * 24 * time.Hour // a digest that was not sent within a week is not sent
	digestPage  = 500                // people written to at a time
	mainItem    = 6                  // the key of practices in the main menu
)

// Letters sends single messages.
type Letters interface {
	Send(ctx context.Context, letters ...letter.Letter) error
}

// Dials tells what to dial to reach a screen.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// People knows who agreed to the digest, and how they are reached.
type People interface {
	Allow(ctx context.Context, c civic.Caller, p profile.Permission, choice profile.Choice, lang string) error
	Reach(c store.Contact) (identity.MSISDN, string, error)
}

// Means are what the service reaches people with.
type Means struct {
	People  People
	Agreed  store.Alerts
	Letters Letters
	Dials   Dials
}

// A Digest is what other communes have told in a month.
type Digest struct {
	First time.Time // the month's first day
	Ideas []Idea
}

// An Idea is a practice and what to dial to read it; Dial is "" where there is no way to dial.
type Idea struct {
	Told
	Dial string
}

// Digest gives the practices that other communes have published in the month that holds day, newest first: what clerks are
// shown, and leaders who agreed are sent.
func (s *Service) Digest(ctx context.Context, commune store.PlaceID, day time.Time) (Digest, error) {
	y, m, _ := day.UTC().Date()
	d := Digest{First: time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)}
	told, err := s.Published(ctx, commune, true)
	if err != nil {
		return Digest{}, err
	}
	for _, p := range told {
		if p.Practice.Published.Before(d.First) || !p.Practice.Published.Before(d.First.AddDate(0, 1, 0)) {
			continue
		}
		d.Ideas = append(d.Ideas, Idea{Told: p, Dial: s.means.Dials.String(commune, mainItem, p.Number)})
	}
	return d, nil
}

// SendDigest writes the digest of the month that holds day to everybody in a commune who agreed to it, and tells to how many.
// Doing it again sends nothing twice. A month without news, and a commune without a channel for SMS, send nothing.
func (s *Service) SendDigest(ctx context.Context, commune store.PlaceID, day, now time.Time) (int, error) {
	d, err := s.Digest(ctx, commune, day)
	if err != nil || len(d.Ideas) == 0 {
		return 0, err
	}
	sent := 0
	for after := (store.Pseudonym{}); ; {
		people, err := s.means.Agreed.Agreed(ctx, commune, store.PurposePractices, after, digestPage)
		if err != nil || len(people) == 0 {
			return sent, err
		}
		letters := make([]letter.Letter, 0, len(people))
		for _, p := range people {
			l, err := s.write(d, commune, p, now)
			if err != nil {
				return sent, err
			}
			letters = append(letters, l)
		}
		err = s.means.Letters.Send(ctx, letters...)
		switch {
		case errors.Is(err, letter.ErrNoWay):
			return sent, nil
		case err != nil:
			return sent, fmt.Errorf("send digest: %w", err)
		}
		sent += len(letters)
		after = people[len(people)-1].Pseudonym
	}
}

func (s *Service) write(d Digest, commune store.PlaceID, c store.Contact, now time.Time) (letter.Letter, error) {
	to, language, err := s.means.People.Reach(c)
	if err != nil {
		return letter.Letter{}, err
	}
	var ideas []flows.Part
	for _, i := range d.Ideas[:min(len(d.Ideas), maxDigest)] {
		idea := flows.Part{Message: "learning.digest.idea", Fields: flows.Record{
			{Name: "Title", Value: flows.TextOf(wording.In(i.Title, language))}, {Name: "Dial", Value: flows.TextOf(i.Dial)},
		}}
		ideas = append(ideas, idea)
	}
	return letter.Letter{
		To: to, Language: language, Message: "learning.digest", Commune: commune, Origin: "digest:" + d.First.Format("2006-01"),
		Key:     letter.KeyOf(identity.Pseudonym(c.Pseudonym), fmt.Sprintf("digest:%d %s", commune, d.First.Format(time.DateOnly))),
		Purpose: store.PurposePractices, Priority: store.PriorityBulk, ExpiresAt: now.Add(digestLives),
		Fields: flows.Record{{Name: "Ideas", Value: flows.ListOf(ideas...)}},
	}, nil
}
