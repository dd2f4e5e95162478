package campaign

import (
	"context"
	"fmt"
	"time"

	"baro/gateway/identity"
	"baro/store"
)

// A Preview is what author and approver see before anything is decided.
type Preview struct {
	Size    Size      `json:"size"`
	Texts   []Text    `json:"texts"`
	Quotes  []Quote   `json:"quotes"`
	Dial    string    `json:"dial,omitempty"` // what proves it genuine; "": the texts alone know
	Begins  time.Time `json:"begins"`         // the first message, if it were approved now
	Expires time.Time `json:"expires"`
}

// Preview counts, writes and prices a broadcast as it stands. Once it is submitted the texts are those that will be sent.
func (s *Service) Preview(ctx context.Context, commune store.PlaceID, id int64) (Preview, error) {
	b, err := s.Broadcasts.Get(ctx, commune, id)
	if err != nil {
		return Preview{}, fmt.Errorf("preview broadcast: %w", err)
	}
	return s.preview(ctx, b)
}

func (s *Service) preview(ctx context.Context, b store.Broadcast) (Preview, error) {
	a, err := audienceOf(b)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Expires: b.Expires, Begins: s.begin(b)}
	if b.Urgent == "" {
		p.Begins = s.Quiet.Opens(p.Begins)
	}
	if p.Size, err = s.size(ctx, b, a); err != nil {
		return p, err
	}
	if p.Dial, err = s.proof(ctx, b); err != nil {
		return p, err
	}
	ways := s.Ways(b.Commune)
	if len(ways) == 0 {
		return p, ErrNoWay
	}
	if p.Texts, err = s.written(ctx, b, ways); err != nil {
		return p, err
	}
	// Of few people as for ten: parts of one's own would tell how many they are.
	if p.Quotes, err = s.quotes(ctx, ways, p.Texts, max(int64(p.Size.In), few), p.Begins, b.ID); err != nil {
		return p, fmt.Errorf("price broadcast: %w", err)
	}
	return p, nil
}

// written gives the texts of a broadcast: a draft's are written anew, later ones were kept.
func (s *Service) written(ctx context.Context, b store.Broadcast, ways []Way) ([]Text, error) {
	if b.State != store.BroadcastDraft {
		kept, err := s.kept(ctx, b.ID)
		if err != nil || len(kept.byKey) > 0 {
			return kept.list(), err
		}
	}
	c, err := contentOf(b)
	if err != nil {
		return nil, err
	}
	if c, err = s.compose(ctx, b.Commune, c); err != nil {
		return nil, err
	}
	w, err := s.writer(ctx, b, c)
	if err != nil {
		return nil, err
	}
	return w.texts(ways)
}

// proof is the number to dial that shows the same as a broadcast says. What was made from the records and submitted holds its
// own: the records go on, and the same subject would name another today.
func (s *Service) proof(ctx context.Context, b store.Broadcast) (string, error) {
	c, err := contentOf(b)
	if err != nil || c.Subject != "" && b.State != store.BroadcastDraft {
		return "", err
	}
	c, err = s.compose(ctx, b.Commune, c)
	return s.Dial(b.Commune, c.Path...), err
}

// Weigh writes the texts of a wish as those of its draft, and stores nothing: authors learn at once what cannot be sent. What
// is wrong with a text of theirs comes as a *TextError.
func (s *Service) Weigh(ctx context.Context, w Wish) ([]Text, error) {
	b, err := s.broadcast(ctx, w)
	if err != nil {
		return nil, err
	}
	ways := s.Ways(w.Commune)
	if len(ways) == 0 {
		return nil, ErrNoWay
	}
	b.State = store.BroadcastDraft
	return s.written(ctx, b, ways)
}

// Foresee previews a wish as if it were a draft now, and stores nothing.
func (s *Service) Foresee(ctx context.Context, w Wish) (Preview, error) {
	b, err := s.broadcast(ctx, w)
	if err != nil {
		return Preview{}, err
	}
	b.State = store.BroadcastDraft
	return s.preview(ctx, b)
}

// Try sends one text of a broadcast to a number, the author's own, before others get it.
func (s *Service) Try(ctx context.Context, commune store.PlaceID, id int64, to identity.MSISDN, language string) error {
	b, err := s.Broadcasts.Get(ctx, commune, id)
	if err != nil {
		return fmt.Errorf("try broadcast: %w", err)
	}
	way, err := s.Route(commune, to)
	if err != nil {
		return err
	}
	texts, err := s.written(ctx, b, s.Ways(commune))
	if err != nil {
		return err
	}
	for _, t := range texts {
		if t.Language != language || t.Profile != way.Profile.Name {
			continue
		}
		row, err := s.message(b, t.Text, 0)
		if err != nil {
			return err
		}
		phone, err := s.Keys.SealNumber(to)
		if err != nil {
			return err
		}
		row.ID, row.Origin, row.Priority, row.ExpiresAt = s.NewID(), "try", store.PriorityNotice, row.Created.Add(time.Hour)
		row.Channel, row.Recipient, row.Phone = way.Channel, store.Pseudonym(s.Keys.Pseudonym(to)), store.Sealed(phone)
		if _, err := s.Outbox.Enqueue(ctx, []store.Outbound{row}); err != nil {
			return fmt.Errorf("try broadcast: %w", err)
		}
		s.Ring(way.Channel)
		return nil
	}
	return fmt.Errorf("%w: nothing in %s", ErrContent, language)
}
