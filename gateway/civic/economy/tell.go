package economy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"baro/flows"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/wording"
	"baro/gateway/identity"
	"baro/store"
)

const (
	maxTold    = 3                  // offers that one letter names; the others wait for the next run
	alertLives = 3 * 24 * time.Hour // what was not sent by then is not sent
	alertPage  = 500                // people written to at a time
	mainItem   = 4                  // the key of the economy in the main menu
)

// TellOffers writes to everybody who agreed to hear of a kind of offer in their commune which ones are new, and gives the
// number of letters. A run names three offers of a kind at most, the nearest deadlines first, so that nobody gets more than
// one letter for each kind from it. Letters and the note that an offer was told are one transaction: nothing is told twice.
// What nobody is to hear of, or no channel can send, counts as told. A kind of a commune that fails does not keep the others.
func (s *Service) TellOffers(ctx context.Context, now time.Time) (sent int, err error) {
	unheard, err := s.Unheard(ctx, now)
	if err != nil {
		return 0, err
	}
	var problems []error
	for _, offers := range grouped(unheard) {
		n, err := s.tell(ctx, offers[:min(len(offers), maxTold)], now)
		sent += n
		if err != nil {
			problems = append(problems, err)
		}
	}
	return sent, errors.Join(problems...)
}

// grouped puts offers of one kind in one commune together; the order within and of the groups stays.
func grouped(offers []store.Opportunity) (groups [][]store.Opportunity) {
	for _, o := range offers {
		i := slices.IndexFunc(groups, func(g []store.Opportunity) bool { return g[0].Commune == o.Commune && g[0].Kind == o.Kind })
		if i < 0 {
			groups = append(groups, []store.Opportunity{o})
			continue
		}
		groups[i] = append(groups[i], o)
	}
	return groups
}

// tell writes the letters of one kind of offer in one commune.
func (s *Service) tell(ctx context.Context, offers []store.Opportunity, now time.Time) (sent int, err error) {
	write := func(send bool) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			sent = 0
			for _, o := range offers {
				if err := s.Told(ctx, o, now); err != nil {
					return err
				}
			}
			if !send {
				return nil
			}
			sent, err = s.sendAll(ctx, offers, now)
			return err
		}
	}
	err = s.means.Tx.Write(ctx, write(true))
	if errors.Is(err, letter.ErrNoWay) {
		err = s.means.Tx.Write(ctx, write(false))
	}
	switch {
	case store.CodeOf(err) == store.CodeConflict: // told meanwhile
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("tell of offers in commune %d: %w", offers[0].Commune, err)
	}
	return sent, nil
}

func (s *Service) sendAll(ctx context.Context, offers []store.Opportunity, now time.Time) (sent int, err error) {
	for after := (store.Pseudonym{}); ; {
		people, err := s.Due(ctx, offers[0], after, alertPage)
		if err != nil || len(people) == 0 {
			return sent, err
		}
		letters := make([]letter.Letter, len(people))
		for i, p := range people {
			if letters[i], err = s.alert(offers, p, now); err != nil {
				return sent, err
			}
		}
		if err := s.means.Letters.Send(ctx, letters...); err != nil {
			return sent, err
		}
		sent += len(letters)
		after = people[len(people)-1].Pseudonym
	}
}

// alert is the letter to one person. It is of no use past the first deadline it names.
func (s *Service) alert(offers []store.Opportunity, c store.Contact, now time.Time) (letter.Letter, error) {
	to, language, err := s.means.People.Reach(c)
	if err != nil {
		return letter.Letter{}, err
	}
	first, ids, expires := offers[0], make([]string, len(offers)), now.Add(alertLives)
	var named []flows.Part
	for i, o := range offers {
		ids[i] = fmt.Sprint(o.ID)
		named = append(named, flows.Part{Message: "economy.letter.offer", Fields: flows.Record{
			{Name: "Title", Value: flows.TextOf(wording.In(o.Title, language))}, {Name: "Until", Value: flows.DayOf(s.lastDay(o.Deadline))},
			{Name: "Dial", Value: flows.TextOf(s.means.Dials.String(o.Commune, mainItem, o.Number))},
		}})
		if o.Deadline.Before(expires) {
			expires = o.Deadline
		}
	}
	about := "offers:" + strings.Join(ids, ",")
	return letter.Letter{
		To: to, Language: language, Message: "economy.letter", Commune: first.Commune, Origin: about,
		Key: letter.KeyOf(identity.Pseudonym(c.Pseudonym), about), Purpose: store.PurposeOpportunities(first.Kind), Priority: store.PriorityBulk,
		ExpiresAt: expires, Fields: flows.Record{{Name: "Offers", Value: flows.ListOf(named...)}},
	}, nil
}
