package callback

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

// Binding answers what flows may ask about being called back.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{"callback.offer": s.readOffer},
		Actions: map[string]civic.Actor{"callback.ask": s.actAsk},
	}
}

func (s *Service) readOffer(_ context.Context, c civic.Caller, _ flows.Need) ([]flows.Row, error) {
	terms := s.terms(c.Channel)
	if !terms.Offered {
		return nil, nil
	}
	cost := flows.PartsOf()
	switch {
	case terms.Cost == nil:
	case *terms.Cost == 0:
		cost = flows.PartsOf(flows.Part{Message: "callback.cost.free"})
	default:
		cost = flows.PartsOf(flows.Part{Message: "callback.cost.price", Fields: flows.Record{{Name: "Price", Value: flows.PriceOf(*terms.Cost)}}})
	}
	return []flows.Row{{Fields: flows.Record{{Name: "Cost", Value: cost}}}}, nil
}

func (s *Service) actAsk(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	if !s.terms(c.Channel).Offered {
		return flows.Outcome{Edge: "nobody"}, nil
	}
	fresh, err := s.Ask(ctx, Wish{
		Number: c.Number, Commune: store.PlaceID(need.Args.Int("$commune")), Channel: c.Channel, Subject: need.Args.Text("$subject"), At: c.Now,
	})
	if err != nil {
		return flows.Outcome{}, err
	}
	if !fresh {
		return flows.Outcome{Edge: "already"}, nil
	}
	return flows.Outcome{Edge: "ok"}, nil
}
