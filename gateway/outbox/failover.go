package outbox

import (
	"context"

	"baro/gateway/identity"
	"baro/store"
)

const (
	// failoverPart bounds the messages of one look at a channel that is down.
	failoverPart = 500
	// failoverParts bounds the looks of one round, so that the keeper has time for the rest.
	failoverParts = 20
)

// failover lets messages that wait on channels that are down wait on others, where their sender left the choice to us.
// What has been begun stays: it may have been sent.
func (s *Service) failover(ctx context.Context) (moved int64, err error) {
	if s.Moves == nil {
		return 0, nil
	}
	for _, p := range s.order {
		if p.health(s.Now()).State != stateDown {
			continue
		}
		after := int64(0)
		for range failoverParts {
			rows, err := s.Moves.Stranded(ctx, p.Name, after, failoverPart)
			if err != nil {
				return moved, err
			}
			n, err := s.moveAway(ctx, p.Name, rows)
			moved += n
			if err != nil {
				return moved, err
			}
			if len(rows) < failoverPart {
				break // the next channel may be down as well
			}
			after = rows[len(rows)-1].Seq
		}
	}
	return moved, nil
}

// moveAway finds each message its channel and moves those that have another.
func (s *Service) moveAway(ctx context.Context, from string, rows []store.Outbound) (moved int64, err error) {
	type way struct{ to, why string }
	ways := make(map[way][]int64)
	for _, row := range rows {
		to, err := s.Keys.OpenNumber(identity.Sealed(row.Phone))
		if err != nil {
			continue // its claim will tell
		}
		name, why, err := s.Route(row.Commune, to)
		if err == nil && name != from {
			ways[way{name, why}] = append(ways[way{name, why}], row.Seq)
		}
	}
	for w, messages := range ways {
		n, err := s.Moves.Move(ctx, from, w.to, w.why, messages, s.Now())
		if err != nil {
			return moved, err
		}
		moved += n
		s.Log.Info("messages moved", "from", from, "to", w.to, "messages", n, "why", w.why)
		s.Wake(w.to)
	}
	return moved, nil
}
