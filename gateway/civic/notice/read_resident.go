package notice

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

func (s *Service) readSoon(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	all, err := s.Upcoming(ctx, c, commune(need))
	if err != nil {
		return nil, err
	}
	var soon []flows.Part
	if len(all) > 0 {
		soon = append(soon, flows.Part{Message: "notice.next", Fields: moment(s.Zone, all[0].Content.StartsAt)[1:2]})
	}
	return []flows.Row{{Fields: flows.Record{{Name: "Soon", Value: flows.PartsOf(soon...)}}}}, nil
}

func (s *Service) readUpcoming(ctx context.Context, c civic.Caller, need flows.Need) (rows []flows.Row, err error) {
	all, err := s.Upcoming(ctx, c, commune(need))
	for _, n := range all {
		who, err := s.who(ctx, n)
		if err != nil {
			return nil, err
		}
		rows = append(rows, flows.Row{Key: flows.IntOf(n.ID), Fields: flows.Record{
			who, {Name: "Topic", Value: topic(n.Content.Topic)}, {Name: "Day", Value: flows.DayOf(n.Content.StartsAt.In(s.Zone))},
		}})
	}
	return rows, err
}

func (s *Service) readDetail(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	n, seen, err := s.Seen(ctx, c, commune(need), notice(need))
	if err != nil || !seen {
		return nil, err
	}
	who, err := s.who(ctx, n)
	if err != nil {
		return nil, err
	}
	where, err := s.where(ctx, n.Commune, n.Content)
	if err != nil {
		return nil, err
	}
	coming, err := s.Coming(ctx, n.Commune, n.ID)
	if err != nil {
		return nil, err
	}
	own, err := s.Attendances.Get(ctx, n.Commune, n.ID, s.Voter(n.ID, c.Number))
	if err != nil {
		return nil, err
	}
	member, err := s.member(ctx, c, n)
	if err != nil {
		return nil, err
	}
	var facts []flows.Part
	if n.State == store.NoticePostponed {
		facts = append(facts, flows.Part{Message: "notice.fact.moved"})
	}
	if told := Told(coming); told > 0 {
		facts = append(facts, counted("notice.fact.coming", told))
	}
	if own.Answered && own.Coming {
		facts = append(facts, flows.Part{Message: "notice.fact.you"})
	}
	facts = append(facts, flows.Part{Message: "notice.fact.number", Fields: flows.Record{{Name: "Number", Value: flows.IntOf(int64(n.Number))}}})
	fields := append(flows.Record{who, {Name: "Topic", Value: topic(n.Content.Topic)}}, moment(s.Zone, n.Content.StartsAt)...)
	return []flows.Row{{Fields: append(fields, flows.Record{
		{Name: "Where", Value: flows.TextOf(where)}, {Name: "Facts", Value: flows.PartsOf(facts...)},
		{Name: "Coming", Value: flows.FlagOf(own.Answered && own.Coming)}, {Name: "Member", Value: flows.FlagOf(member)},
	}...)}}, nil
}

// who is the field of whose meeting it is.
func (s *Service) who(ctx context.Context, n store.Notice) (flows.Field, error) {
	part := flows.Part{Message: "notice.who.town_hall"}
	if n.Organisation != 0 {
		o, err := s.Groups.Organisations.Get(ctx, n.Commune, n.Organisation)
		if err != nil {
			return flows.Field{}, err
		}
		part = flows.Part{Message: "notice.who.group", Fields: flows.Record{{Name: "Group", Value: flows.TextOf(o.ShortName)}}}
	}
	return flows.Field{Name: "Who", Value: flows.PartsOf(part)}, nil
}

func counted(message string, n int64) flows.Part {
	return flows.Part{Message: message, Fields: flows.Record{{Name: "Count", Value: flows.IntOf(n)}}}
}
