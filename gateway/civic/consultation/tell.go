package consultation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/wording"
	"baro/gateway/identity"
	"baro/store"
)

const (
	maxUntold   = 100                // consultations told of in one run
	maxRows     = 4                  // rows of a result that a letter has room for
	resultLives = 7 * 24 * time.Hour // what was not sent by then is not sent
	tellPage    = 500                // people written to at a time
	mainItem    = 2                  // the key of consultations in the main menu
)

// People knows how contacts are reached.
type People interface {
	Reach(c store.Contact) (identity.MSISDN, string, error)
}

// Letters sends single messages.
type Letters interface {
	Send(ctx context.Context, letters ...letter.Letter) error
}

// Dials tells what to dial to reach a screen.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// Means are what the service tells people of results with.
type Means struct {
	People  People
	Agreed  store.Alerts
	Letters Letters
	Dials   Dials
	Tx      store.Writer // joins letters and the note that they were written
}

// TellResults writes the results that were published since the last run to everybody in their communes who agreed to it, and
// gives the number of letters. The letters of a consultation and the note that it was told are one transaction: nothing is
// told twice, and who agrees later is not told. Where no channel sends SMS, nothing can be dialled or too few answered for
// anything to be shown, it counts as told. One that fails does not keep the others.
func (s *Service) TellResults(ctx context.Context, now time.Time) (sent int, err error) {
	if s.means.Tx == nil {
		return 0, nil
	}
	untold, err := s.stores.Reader.Untold(ctx, maxUntold)
	if err != nil {
		return 0, fmt.Errorf("list results to tell: %w", err)
	}
	var problems []error
	for _, c := range untold {
		n, err := s.tell(ctx, c, now)
		if err != nil {
			problems = append(problems, fmt.Errorf("tell the result of consultation %d: %w", c.ID, err))
		}
		sent += n
	}
	return sent, errors.Join(problems...)
}

func (s *Service) tell(ctx context.Context, c store.Consultation, now time.Time) (sent int, err error) {
	dial := s.means.Dials.String(c.Commune, mainItem, c.Number)
	c, tallies, public, err := s.Tallies(ctx, c.Commune, c.ID)
	if err != nil {
		return 0, err
	}
	public = public && len(tallies) > 0 // who dials where nothing may be shown reads that there is no result
	write := func(send bool) error {
		return s.means.Tx.Write(ctx, func(ctx context.Context) error {
			sent = 0
			if err := s.stores.Writer.Told(ctx, c.Commune, c.ID, now); err != nil || !send {
				return err
			}
			var err error
			sent, err = s.sendAll(ctx, c, tallies, dial, now)
			return err
		})
	}
	err = write(public && dial != "")
	if errors.Is(err, letter.ErrNoWay) {
		err = write(false)
	}
	switch {
	case store.CodeOf(err) == store.CodeConflict: // another node was first
		return 0, nil
	case err != nil:
		return 0, err
	}
	return sent, nil
}

func (s *Service) sendAll(ctx context.Context, c store.Consultation, tallies []Tally, dial string, now time.Time) (sent int, err error) {
	for after := (store.Pseudonym{}); ; {
		people, err := s.means.Agreed.Agreed(ctx, c.Commune, store.PurposeConsultations, after, tellPage)
		if err != nil || len(people) == 0 {
			return sent, err
		}
		letters := make([]letter.Letter, len(people))
		for i, p := range people {
			if letters[i], err = s.write(c, tallies, dial, p, now); err != nil {
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

// write is the letter to one person. The counts of a consultation with one short question stand in it, and are those of the
// screen; others are read on the phone.
func (s *Service) write(c store.Consultation, tallies []Tally, dial string, to store.Contact, now time.Time) (letter.Letter, error) {
	number, language, err := s.means.People.Reach(to)
	if err != nil {
		return letter.Letter{}, err
	}
	about := fmt.Sprintf("result:%d", c.ID)
	l := letter.Letter{
		To: number, Language: language, Message: "consultation.letter.several", Commune: c.Commune, Origin: about,
		Key: letter.KeyOf(identity.Pseudonym(to.Pseudonym), about), Purpose: store.PurposeConsultations, Priority: store.PriorityBulk,
		ExpiresAt: now.Add(resultLives), Fields: flows.Record{{Name: "Title", Value: flows.TextOf(wording.In(c.Title, language))}},
	}
	if len(c.Questions) == 1 {
		if rows := tallyParts(tallies[0], language); len(rows) <= maxRows {
			l.Message = "consultation.letter"
			l.Fields = append(l.Fields, flows.Field{Name: "Results", Value: flows.ListOf(rows...)})
		}
	}
	l.Fields = append(l.Fields, flows.Field{Name: "Dial", Value: flows.TextOf(dial)})
	return l, nil
}
