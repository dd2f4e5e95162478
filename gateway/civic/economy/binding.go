package economy

import (
	"context"
	"strconv"
	"time"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/wording"
	"baro/store"
)

// Binding answers what flows may ask of work, markets, projects and answers to businesses.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"economy.offers":        s.readOffers,
			"economy.offer":         s.readOffer,
			"economy.offer_summary": s.readSummary,
			"economy.markets":       s.readMarkets,
			"economy.market":        s.readMarket,
			"economy.answers":       s.readAnswers,
			"economy.answer":        s.readAnswer,
			"economy.projects":      s.readProjects,
			"economy.project":       s.readProject,
		},
		Actions: map[string]civic.Actor{
			"economy.dialled": s.actDialled,
			"economy.support": s.actSupport,
			"economy.alert":   s.actAlert,
		},
	}
}

func (s *Service) readOffers(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	open, err := s.Open(ctx, commune(need), store.OpportunityKind(need.Args.Text("kind")), c.Now)
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, o := range open {
		rows = append(rows, flows.Row{Key: flows.IntOf(o.ID), Fields: flows.Record{
			text("Title", o.Title, need.Lang), {Name: "Until", Value: flows.DayOf(s.lastDay(o.Deadline))},
		}})
	}
	return rows, nil
}

func (s *Service) readOffer(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	o, ok, err := s.Get(ctx, commune(need), need.Args.Int("offer"), c.Now)
	if err != nil || !ok {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{
		text("Title", o.Title, need.Lang),
		{Name: "Facts", Value: flows.PartsOf(s.facts(o)...)},
		{Name: "More", Value: flows.FlagOf(wording.In(o.Summary, need.Lang) != "")},
	}}}, nil
}

// facts are who offers it, where, until when, and the number under which it is found again.
func (s *Service) facts(o store.Opportunity) []flows.Part {
	parts := []flows.Part{part("economy.fact.organisation", "Organisation", flows.TextOf(o.Organisation))}
	if o.PlaceName != "" {
		parts = append(parts, part("economy.fact.place", "Place", flows.TextOf(o.PlaceName)))
	}
	until := part("economy.fact.until", "Until", flows.DayOf(s.lastDay(o.Deadline)))
	if at := o.Deadline.In(s.zone); !midnight(at) {
		until = part("economy.fact.before", "Until", flows.DayOf(at))
		until.Fields = append(until.Fields, flows.Field{Name: "At", Value: flows.ClockOf(int64(at.Hour()*60 + at.Minute()))})
	}
	return append(parts, until, part("economy.fact.number", "Number", flows.IntOf(int64(o.Number))))
}

func (s *Service) readSummary(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	o, ok, err := s.Get(ctx, commune(need), need.Args.Int("offer"), c.Now)
	if err != nil || !ok || wording.In(o.Summary, need.Lang) == "" {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{
		text("Title", o.Title, need.Lang), text("Summary", o.Summary, need.Lang),
	}}}, nil
}

func (s *Service) readMarkets(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	markets, err := s.Markets(ctx, commune(need))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, m := range markets[:min(len(markets), maxMarkets)] {
		rows = append(rows, flows.Row{Key: flows.IntOf(m.ID), Fields: flows.Record{
			{Name: "Market", Value: flows.TextOf(m.PlaceName)}, days(m), {Name: "For", Value: flows.PartsOf(sector("economy.market.of", m)...)},
		}})
	}
	return rows, nil
}

func (s *Service) readMarket(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	markets, err := s.Markets(ctx, commune(need))
	if err != nil {
		return nil, err
	}
	for _, m := range markets {
		if m.ID != need.Args.Int("market") {
			continue
		}
		facts := sector("economy.market.sector", m)
		facts = append(facts, part("economy.market.next", "Next", flows.DayOf(s.Next(m, c.Now))))
		if note := wording.In(m.Note, need.Lang); note != "" {
			facts = append(facts, part("economy.market.note", "Note", flows.TextOf(note)))
		}
		return []flows.Row{{Fields: flows.Record{
			{Name: "Market", Value: flows.TextOf(m.PlaceName)}, days(m), {Name: "Facts", Value: flows.PartsOf(facts...)},
		}}}, nil
	}
	return nil, nil
}

func (s *Service) readAnswers(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	answers, err := s.Answers(ctx, commune(need))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, a := range answers {
		rows = append(rows, flows.Row{Key: flows.IntOf(a.ID), Fields: flows.Record{text("Subject", a.Subject, need.Lang)}})
	}
	return rows, nil
}

func (s *Service) readAnswer(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	a, ok, err := s.answer(ctx, commune(need), need.Args.Int("topic"))
	if err != nil || !ok {
		return nil, err
	}
	n, shown, err := s.Supporters(ctx, commune(need), a.ID)
	if err != nil {
		return nil, err
	}
	var facts []flows.Part
	if shown {
		facts = append(facts, part("economy.answer.support", "Count", flows.IntOf(n)))
	}
	return []flows.Row{{Fields: flows.Record{
		text("Subject", a.Subject, need.Lang), text("Answer", a.Answer, need.Lang), {Name: "Facts", Value: flows.PartsOf(facts...)},
	}}}, nil
}

func (s *Service) actDialled(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	target, err := s.Dialled(ctx, commune(need), int(need.Args.Int("number")), c.Now)
	if err != nil {
		return flows.Outcome{}, err
	}
	found := func(edge string, offer, project int64) flows.Outcome {
		return flows.Outcome{Edge: edge, Fields: flows.Record{{Name: "Offer", Value: flows.IntOf(offer)}, {Name: "Project", Value: flows.IntOf(project)}}}
	}
	switch target.Kind {
	case store.DialOpportunity:
		return found("ok", target.Ref, 0), nil
	case store.DialProject:
		return found("project", 0, target.Ref), nil
	}
	return flows.Outcome{Edge: "unknown"}, nil
}

func (s *Service) actSupport(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	ok, err := s.Support(ctx, commune(need), need.Args.Int("topic"), c.Number, c.Now)
	return done(ok, err)
}

// actAlert takes the kind of the offer that is shown, or of the list that is empty.
func (s *Service) actAlert(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	kind := store.OpportunityKind(need.Args.Text("kind"))
	if offer := need.Args.Int("offer"); offer != 0 {
		o, ok, err := s.Get(ctx, commune(need), offer, c.Now)
		if err != nil {
			return flows.Outcome{}, err
		}
		if ok {
			kind = o.Kind
		}
	}
	ok, err := s.Alert(ctx, c, commune(need), kind, need.Args.Text("$language"), need.Lang)
	return done(ok, err)
}

func done(ok bool, err error) (flows.Outcome, error) {
	if err != nil || !ok {
		return flows.Outcome{Edge: "unknown"}, err
	}
	return flows.Outcome{Edge: "ok"}, nil
}

// lastDay is the last day on which one may still apply: a deadline at midnight ends the day before.
func (s *Service) lastDay(deadline time.Time) time.Time {
	return deadline.Add(-time.Microsecond).In(s.zone)
}

func midnight(t time.Time) bool { return t.Hour() == 0 && t.Minute() == 0 }

func days(m store.MarketDay) flows.Field {
	var parts []flows.Part
	for _, n := range m.Days.Numbers() {
		parts = append(parts, flows.Part{Message: "day.short." + strconv.Itoa(n)})
	}
	return flows.Field{Name: "Days", Value: flows.ListOf(parts...)}
}

// sector tells what a market is for; a general one is for everything.
func sector(message string, m store.MarketDay) []flows.Part {
	if m.Sector == store.MarketGeneral {
		return nil
	}
	return []flows.Part{part(message, "Sector", flows.LabelOf("economy.sector."+string(m.Sector)))}
}

func part(message, field string, v flows.Value) flows.Part {
	return flows.Part{Message: message, Fields: flows.Record{{Name: field, Value: v}}}
}

func text(name string, t store.Texts, lang string) flows.Field {
	return flows.Field{Name: name, Value: flows.TextOf(wording.In(t, lang))}
}

func commune(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("$commune")) }
