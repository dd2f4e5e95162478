package service

import (
	"context"
	"strings"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/wording"
	"baro/store"
)

// Binding answers what flows may ask of the directory. Of the caller it uses the clock only.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"service.nearest":  s.readNearest,
			"service.detail":   s.readDetail,
			"service.papers":   s.readPapers,
			"service.contacts": s.readContacts,
		},
		Actions: map[string]civic.Actor{
			"service.asked":       s.actAsked,
			"service.closed":      s.actClosed,
			"service.overcharged": s.actOvercharged,
		},
	}
}

func (s *Service) readNearest(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	found, err := s.Nearest(ctx, commune(need), need.Args.Text("need"), near(need), c.Now)
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, f := range found {
		rows = append(rows, flows.Row{Key: flows.IntOf(keyOf(commune(need), f.Service)), Fields: flows.Record{
			{Name: "Service", Value: flows.TextOf(f.Name)}, distanceField(f), {Name: "Far", Value: flows.FlagOf(f.Far)},
		}})
	}
	return rows, nil
}

func (s *Service) readDetail(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	v, ok, err := s.chosen(ctx, c, need)
	if err != nil || !ok {
		return nil, err
	}
	f, err := s.Locate(ctx, commune(need), v, near(need))
	if err != nil {
		return nil, err
	}
	facts := s.facts(f, c.Now)
	if aid(v.Need) { // where to say that somebody asked for money all the same (domain rule P10)
		contacts, err := s.Contacts(ctx, commune(need), store.ReferralAbuse, c.Now)
		if err != nil {
			return nil, err
		}
		if len(contacts) > 0 {
			facts = append(facts, part("service.fact.report", "Phone", flows.TextOf(contacts[0].Phone)))
		}
	}
	return []flows.Row{{Fields: flows.Record{
		{Name: "Service", Value: flows.TextOf(v.Name)},
		{Name: "Facts", Value: flows.PartsOf(facts...)},
		{Name: "Papers", Value: flows.FlagOf(papers(v, need.Lang) != "")},
	}}}, nil
}

func (s *Service) readPapers(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	v, ok, err := s.chosen(ctx, c, need)
	if err != nil || !ok {
		return nil, err
	}
	list := papers(v, need.Lang)
	if list == "" {
		return nil, nil
	}
	return []flows.Row{{Fields: flows.Record{
		{Name: "Service", Value: flows.TextOf(v.Name)}, {Name: "Papers", Value: flows.TextOf(list)},
	}}}, nil
}

func (s *Service) readContacts(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	contacts, err := s.Contacts(ctx, commune(need), purposeOf(need.Args.Text("need")), c.Now)
	if err != nil || len(contacts) == 0 {
		return nil, err
	}
	var parts []flows.Part
	for _, r := range contacts {
		parts = append(parts, flows.Part{Message: "service.contact", Fields: flows.Record{
			{Name: "Name", Value: flows.TextOf(r.Name)}, {Name: "Phone", Value: flows.TextOf(r.Phone)},
		}})
	}
	return []flows.Row{{Fields: flows.Record{{Name: "Contacts", Value: flows.PartsOf(parts...)}}}}, nil
}

func (s *Service) actAsked(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	return done(s.Asked(ctx, commune(need), need.Args.Text("need"), c.Now))
}

// Reports are counted with the commune that answers for the service, which may be a neighbour.
func (s *Service) actClosed(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	owner, id := ownerOf(commune(need), need.Args.Int("service"))
	return done(s.FoundClosed(ctx, owner, id, c.Now))
}

func (s *Service) actOvercharged(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	owner, id := ownerOf(commune(need), need.Args.Int("service"))
	return done(s.Overcharged(ctx, owner, id, c.Now))
}

// chosen gives the service behind the key a flow saved.
func (s *Service) chosen(ctx context.Context, c civic.Caller, need flows.Need) (store.Service, bool, error) {
	owner, id := ownerOf(commune(need), need.Args.Int("service"))
	return s.Get(ctx, owner, id, c.Now)
}

func done(err error) (flows.Outcome, error) {
	if err != nil {
		return flows.Outcome{}, err
	}
	return flows.Outcome{Edge: "ok"}, nil
}

// distanceField is absent (kind None, written as nothing) where no distance can be claimed.
func distanceField(f Found) flows.Field {
	if !f.Known {
		return flows.Field{Name: "Distance"}
	}
	return flows.Field{Name: "Distance", Value: flows.DistanceOf(f.Metres)}
}

func papers(v store.Service, lang string) string {
	var list []string
	for _, p := range v.Papers {
		if text := wording.In(p, lang); text != "" {
			list = append(list, text)
		}
	}
	return strings.Join(list, ", ")
}

func commune(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("$commune")) }

func near(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("place")) }
