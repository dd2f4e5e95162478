package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// BodyPurpose binds sealed texts to their column: whoever fills the outbox past Enqueue seals with it.
const BodyPurpose = "outbox.body"

// What Enqueue refuses.
var (
	ErrNoChannel = errors.New("outbox: no such channel")
	ErrEmpty     = errors.New("outbox: a message needs somebody to go to and something to say")
	ErrTooLong   = errors.New("outbox: more parts than the channel carries")
	ErrOver      = errors.New("outbox: it would expire before it may be sent")
)

// A Message is one text for one person, in official orthography.
type Message struct {
	ID        string // a UUID, the key that makes a repeat harmless; empty: a new one
	Channel   string // empty: the one that Route chooses, and another while that is down
	Commune   store.PlaceID
	Origin    string        // what it belongs to, for example case:12
	Purpose   store.Purpose // asked for again when it is about to be sent; "" for answers
	To        identity.MSISDN
	Text      string
	Language  string // decides how letters are spelt that the channel does not carry
	Priority  store.Priority
	NotBefore time.Time // zero: now
	ExpiresAt time.Time // never sent from then on; zero: DefaultLife after it may be sent
	Scrub     bool      // the text is dropped as soon as it is sent
	Quiet     bool      // honours quiet hours; a reply never does
}

// Enqueue puts messages into the outbox; in a transaction of the caller's they stand or fall with it. Texts are converted
// to what their channel carries, counted, and sealed. A message whose ID is there already is left as it was. Messages of
// one call to the same person leave in their order.
func (s *Service) Enqueue(ctx context.Context, messages ...Message) error {
	now := s.Now()
	rows := make([]store.Outbound, len(messages))
	channels := make(map[string]struct{}, 1)
	for i, m := range messages {
		row, err := s.row(m, now)
		if err != nil {
			return fmt.Errorf("enqueue message: %w", err)
		}
		// The outbox is read by this time; equal times would leave the order to chance.
		row.NotBefore = row.NotBefore.Add(time.Duration(i) * time.Microsecond)
		rows[i] = row
		channels[row.Channel] = struct{}{}
	}
	fresh, err := s.Outbox.Enqueue(ctx, rows)
	if err != nil {
		return fmt.Errorf("enqueue message: %w", err)
	}
	if fresh == 0 {
		return nil
	}
	for name := range channels {
		if s.Bell != nil {
			if err := s.Bell.Ring(ctx, name); err != nil {
				return fmt.Errorf("enqueue message: ring: %w", err)
			}
		}
		s.Wake(name)
	}
	return nil
}

func (s *Service) row(m Message, now time.Time) (store.Outbound, error) {
	routed := ""
	if m.Channel == "" && !m.To.IsZero() {
		name, why, err := s.Route(m.Commune, m.To)
		if err != nil {
			return store.Outbound{}, err
		}
		m.Channel, routed = name, why
	}
	p := s.pumps[m.Channel]
	if p == nil {
		return store.Outbound{}, ErrNoChannel
	}
	if m.Text == "" || m.To.IsZero() {
		return store.Outbound{}, ErrEmpty
	}
	profile := p.Provider.Profile()
	text, _ := profile.Convert(m.Text, m.Language)
	if !profile.Fits(text) {
		return store.Outbound{}, ErrTooLong
	}
	if m.ID == "" {
		m.ID = s.NewID()
	}
	if m.NotBefore.IsZero() {
		m.NotBefore = now
	}
	if m.ExpiresAt.IsZero() {
		m.ExpiresAt = m.NotBefore.Add(DefaultLife)
		if m.NotBefore.Before(now) {
			m.ExpiresAt = now.Add(DefaultLife)
		}
	}
	if !m.ExpiresAt.After(m.NotBefore) || !m.ExpiresAt.After(now) {
		return store.Outbound{}, ErrOver
	}
	phone, err := s.Keys.SealNumber(m.To)
	if err != nil {
		return store.Outbound{}, err
	}
	body, err := s.Keys.Seal(BodyPurpose, []byte(text))
	if err != nil {
		return store.Outbound{}, err
	}
	return store.Outbound{
		ID: m.ID, Channel: m.Channel, Commune: m.Commune, Origin: m.Origin, Purpose: m.Purpose, Recipient: store.Pseudonym(s.Keys.Pseudonym(m.To)),
		Phone: store.Sealed(phone), Body: store.Sealed(body), Scrub: m.Scrub, Quiet: m.Quiet && m.Priority != store.PriorityReply,
		Routed: routed, Priority: m.Priority,
		NotBefore: m.NotBefore, ExpiresAt: m.ExpiresAt, Created: now,
	}, nil
}
