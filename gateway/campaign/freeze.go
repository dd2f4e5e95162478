package campaign

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"baro/store"
)

// freezePart is how many people of a source one transaction writes down: it bounds memory, and how long a database with
// one writer keeps others waiting.
const freezePart = 10_000

// freeze writes down the next part of an approved broadcast's recipients, with the exact totals of parts by channel, and
// tells whether all are there. It goes on where a crash interrupted it: progress stands in the transaction of the rows.
func (s *Service) freeze(ctx context.Context, b *store.Broadcast, texts renderings) (done bool, err error) {
	if !b.FrozenAt.IsZero() {
		return true, nil
	}
	a, err := audienceOf(*b)
	if err != nil {
		return false, err
	}
	sources, err := s.sources(ctx, *b, a)
	if err != nil {
		return false, err
	}
	f := b.Freeze
	if f.Source == 0 && f.After == "" {
		if err := s.discard(ctx, b.ID); err != nil { // of an approval that was taken back by a node that died
			return false, err
		}
	}
	if f.Source >= len(sources) {
		return true, s.frozen(ctx, b, f, true)
	}
	q := sources[f.Source]
	if _, err := hex.Decode(q.After[:], []byte(f.After)); err != nil {
		return false, fmt.Errorf("freeze audience: %w", err)
	}
	upTo, more, err := s.Audiences.Bound(ctx, q, freezePart)
	if err != nil {
		return false, fmt.Errorf("freeze audience: %w", err)
	}
	if more {
		q.UpTo = upTo
	}
	var next store.Freeze
	err = s.Writer.Write(ctx, func(ctx context.Context) error {
		rows, err := s.Audiences.Freeze(ctx, b.ID, q)
		if err != nil {
			return err
		}
		if rows, err = s.coming(ctx, b, a, rows); err != nil {
			return err
		}
		if next, err = s.totals(ctx, b.Commune, f, texts, rows); err != nil {
			return err
		}
		if next.After = hex.EncodeToString(upTo[:]); !more {
			next.Source, next.After = f.Source+1, ""
		}
		done = next.Source >= len(sources)
		return s.frozen(ctx, b, next, done)
	})
	if err != nil {
		return false, fmt.Errorf("freeze audience: %w", err)
	}
	return done, nil
}

// coming keeps those who said they come to a meeting. Their words lie under a pseudonym of that meeting alone, so that
// each has to be asked for by its number.
func (s *Service) coming(ctx context.Context, b *store.Broadcast, a Audience, rows []store.Recipient) ([]store.Recipient, error) {
	if a.Coming == 0 {
		return rows, nil
	}
	var come []store.Recipient
	var others []store.Pseudonym
	for _, r := range rows {
		to, err := s.number(ctx, r.Phone)
		if err != nil {
			return nil, err
		}
		yes, err := s.Coming(ctx, b.Commune, a.Coming, to)
		if err != nil {
			return nil, err
		}
		if yes {
			come = append(come, r)
		} else {
			others = append(others, r.Pseudonym)
		}
	}
	return come, s.Care.Remove(ctx, b.ID, others)
}

// frozen records progress; with the last part it prices the whole.
func (s *Service) frozen(ctx context.Context, b *store.Broadcast, f store.Freeze, done bool) error {
	now := s.Now()
	if done && s.Costs != nil {
		f.Cost = make(map[string]int64, len(f.Parts))
		for channel, parts := range f.Parts {
			cost, priced, err := s.Costs.Cost(ctx, channel, parts, s.begin(*b), b.ID)
			if err != nil {
				return err
			}
			if priced {
				f.Cost[channel] = cost.Milli
			}
		}
	}
	if err := s.Audiences.SaveFreeze(ctx, b.ID, f, done, now); err != nil {
		return err
	}
	b.Freeze = f
	if done {
		b.FrozenAt = now
	}
	return nil
}

// totals adds the parts of new recipients. Only sums are kept: how many read which language is counted nowhere.
func (s *Service) totals(ctx context.Context, commune store.PlaceID, f store.Freeze, texts renderings, rows []store.Recipient) (store.Freeze, error) {
	parts := make(map[string]int64, len(f.Parts)+1)
	for channel, n := range f.Parts {
		parts[channel] = n
	}
	f.Parts = parts
	for _, r := range rows {
		way, text, err := s.choose(ctx, commune, texts, r)
		if errors.Is(err, ErrNoWay) {
			continue // skipped with its reason when its turn comes
		}
		if err != nil {
			return f, err
		}
		parts[way.Channel] += int64(text.Parts)
	}
	f.Recipients += int64(len(rows))
	return f, nil
}
