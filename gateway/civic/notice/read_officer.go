package notice

import (
	"context"
	"fmt"
	"slices"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

// Most rows the manifest lets lists have.
const (
	venuesShown  = 4
	waitingShown = 10
	ownShown     = 20
)

func (s *Service) readVenues(ctx context.Context, _ civic.Caller, need flows.Need) (rows []flows.Row, err error) {
	all, err := s.Venues.List(ctx, commune(need))
	if err != nil {
		return nil, fmt.Errorf("list venues: %w", err)
	}
	row := func(key int64, p flows.Part) {
		rows = append(rows, flows.Row{Key: flows.IntOf(key), Fields: flows.Record{{Name: "Place", Value: flows.PartsOf(p)}}})
	}
	for _, v := range all[:min(len(all), venuesShown)] {
		row(v.ID, flows.Part{Message: "leader.place.named", Fields: flows.Record{{Name: "Venue", Value: flows.TextOf(v.Name)}}})
	}
	if len(all) > venuesShown {
		row(otherKey, flows.Part{Message: "leader.place.other"})
	}
	return rows, nil
}

func (s *Service) readDays(ctx context.Context, c civic.Caller, need flows.Need) (rows []flows.Row, err error) {
	days, err := s.Days(ctx, commune(need), c.Now)
	if err != nil {
		return nil, err
	}
	row := func(key int64, p flows.Part) {
		rows = append(rows, flows.Row{Key: flows.IntOf(key), Fields: flows.Record{{Name: "Day", Value: flows.PartsOf(p)}}})
	}
	for _, day := range days {
		p := flows.Part{Message: "leader.day.on", Fields: moment(s.Zone, day)[:2]}
		if s.dayNumber(day) == s.dayNumber(c.Now)+1 {
			p.Message = "leader.day.tomorrow"
		}
		row(s.dayNumber(day), p)
	}
	row(otherKey, flows.Part{Message: "leader.day.other"})
	return rows, nil
}

func (s *Service) readHours(context.Context, civic.Caller, flows.Need) (rows []flows.Row, err error) {
	row := func(key int64, p flows.Part) {
		rows = append(rows, flows.Row{Key: flows.IntOf(key), Fields: flows.Record{{Name: "Hour", Value: flows.PartsOf(p)}}})
	}
	for _, m := range hours() {
		row(m, flows.Part{Message: "leader.hour.at", Fields: flows.Record{{Name: "Clock", Value: flows.ClockOf(m)}}})
	}
	row(otherKey, flows.Part{Message: "leader.hour.other"})
	return rows, nil
}

func (s *Service) readPreview(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	if _, err := s.officer(ctx, c, need); err != nil {
		return nil, absent(err)
	}
	p := s.proposal(need)
	n := store.Notice{Commune: p.Commune, Organisation: p.Group, Audience: p.Audience, Content: p.Content}
	return s.shown(ctx, n, store.NoticeVersion{Change: store.ChangeNew, Content: p.Content})
}

func (s *Service) readChangePreview(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	if _, err := s.officer(ctx, c, need); err != nil {
		return nil, absent(err)
	}
	n, err := s.owned(ctx, need)
	if err != nil {
		return nil, absent(err)
	}
	change, content := s.changed(n, need)
	return s.shown(ctx, n, store.NoticeVersion{Notice: n.ID, Change: change, Content: content})
}

func (s *Service) readFrozen(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	v, n, _, err := s.waiting(ctx, c, need)
	if err != nil {
		return nil, absent(err)
	}
	return s.shown(ctx, n, v)
}

// shown is a version as it would go out: what, when, where, to how many, at what cost. Once it was asked for, the numbers
// are those that were shown then.
func (s *Service) shown(ctx context.Context, n store.Notice, v store.NoticeVersion) ([]flows.Row, error) {
	where, err := s.where(ctx, n.Commune, v.Content)
	if err != nil {
		return nil, err
	}
	who, err := s.who(ctx, n)
	if err != nil {
		return nil, err
	}
	reach := Reach{Recipients: v.Recipients, Cost: v.Cost}
	if v.Version == 0 {
		if reach, err = s.Announcer.Estimate(ctx, n, v); err != nil {
			return nil, err
		}
	}
	var facts []flows.Part
	switch {
	case n.Audience == store.AudiencePublic:
		facts = append(facts, flows.Part{Message: "leader.fact.public"})
	case reach.Recipients < few:
		facts = append(facts, flows.Part{Message: "leader.fact.few"})
	default:
		facts = append(facts, counted("leader.fact.members", reach.Recipients))
	}
	if reach.Cost != nil {
		facts = append(facts, flows.Part{Message: "leader.fact.cost", Fields: flows.Record{{Name: "Cost", Value: flows.PriceOf(*reach.Cost)}}})
	}
	fields := append(flows.Record{who, {Name: "Change", Value: change(v.Change)}, {Name: "Topic", Value: topic(v.Content.Topic)}},
		moment(s.Zone, v.Content.StartsAt)...)
	return []flows.Row{{Fields: append(fields, flows.Record{
		{Name: "Where", Value: flows.TextOf(where)}, {Name: "Facts", Value: flows.PartsOf(facts...)},
		{Name: "Public", Value: flows.FlagOf(n.Audience == store.AudiencePublic)},
	}...)}}, nil
}

func (s *Service) readAsked(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	id, version := parseWaiting(need.Args.Text("waiting"))
	v, err := s.Notices.Version(ctx, commune(need), id, version)
	if store.CodeOf(err) == store.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find notice: %w", err)
	}
	return []flows.Row{{Fields: moment(s.Zone, v.ApproveBy)}}, nil
}

func (s *Service) readWaiting(ctx context.Context, c civic.Caller, need flows.Need) (rows []flows.Row, err error) {
	organisation := need.Args.Int("group")
	roles := []store.Role{store.RoleLeader, store.RoleSecond}
	if organisation == 0 {
		roles = []store.Role{store.RoleApprover}
	}
	if _, err := s.Groups.By(ctx, commune(need), need.Args.Int("officer"), organisation, c.Pseudonym, roles...); err != nil {
		return nil, absent(err)
	}
	all, err := s.Waiting(ctx, commune(need), organisation)
	for _, v := range all[:min(len(all), waitingShown)] {
		rows = append(rows, flows.Row{Key: flows.TextOf(waitingKey(v)), Fields: flows.Record{
			{Name: "Change", Value: change(v.Change)}, {Name: "Topic", Value: topic(v.Content.Topic)},
			{Name: "Day", Value: flows.DayOf(v.Content.StartsAt.In(s.Zone))},
		}})
	}
	return rows, err
}

// own lists the notices of the organisation a caller acts for whose day is still to come.
func (s *Service) own(ctx context.Context, c civic.Caller, need flows.Need) ([]store.Notice, error) {
	if _, err := s.officer(ctx, c, need); err != nil {
		return nil, absent(err)
	}
	all, err := s.Notices.Own(ctx, commune(need), need.Args.Int("group"), ownShown)
	if err != nil {
		return nil, fmt.Errorf("list own notices: %w", err)
	}
	return slices.DeleteFunc(all, func(n store.Notice) bool {
		return n.State == store.NoticeCancelled || n.State == store.NoticePast || !n.Content.StartsAt.After(c.Now)
	}), nil
}

func (s *Service) readOwn(ctx context.Context, c civic.Caller, need flows.Need) (rows []flows.Row, err error) {
	all, err := s.own(ctx, c, need)
	for _, n := range all {
		rows = append(rows, flows.Row{Key: flows.IntOf(n.ID), Fields: flows.Record{
			{Name: "Topic", Value: topic(n.Content.Topic)}, {Name: "Day", Value: flows.DayOf(n.Content.StartsAt.In(s.Zone))},
			{Name: "State", Value: flows.LabelOf("notice.state." + string(n.State))},
		}})
	}
	return rows, err
}

func (s *Service) readMine(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	if _, err := s.officer(ctx, c, need); err != nil {
		return nil, absent(err)
	}
	n, err := s.owned(ctx, need)
	if err != nil {
		return nil, absent(err)
	}
	where, err := s.where(ctx, n.Commune, n.Content)
	if err != nil {
		return nil, err
	}
	var why []flows.Part
	asked := n.State == store.NoticeAsked
	if n.Version > 0 {
		v, err := s.Notices.Version(ctx, n.Commune, n.ID, n.Version)
		if err != nil {
			return nil, fmt.Errorf("find notice: %w", err)
		}
		asked = v.State == store.VersionAsked
		if v.State == store.VersionRefused && slices.Contains(Reasons(), v.Reason) {
			why = append(why, flows.Part{Message: "leader.why." + v.Reason})
		}
		if n.State.Told() && asked {
			why = append(why, flows.Part{Message: "leader.why.pending"})
		}
	}
	if n.Appeal != store.AppealNone {
		why = append(why, flows.Part{Message: "leader.why.appeal_" + string(n.Appeal)})
	}
	refused := n.State == store.NoticeRefused
	fields := append(flows.Record{{Name: "Topic", Value: topic(n.Content.Topic)}}, moment(s.Zone, n.Content.StartsAt)...)
	return []flows.Row{{Fields: append(fields, flows.Record{
		{Name: "Where", Value: flows.TextOf(where)}, {Name: "State", Value: flows.LabelOf("notice.state." + string(n.State))},
		{Name: "Why", Value: flows.PartsOf(why...)}, {Name: "Told", Value: flows.FlagOf(n.State.Told() && !asked)},
		{Name: "Asked", Value: flows.FlagOf(asked)}, {Name: "Draft", Value: flows.FlagOf(n.State == store.NoticeDraft || refused)},
		{Name: "Refused", Value: flows.FlagOf(refused && n.Audience == store.AudiencePublic && n.Appeal == store.AppealNone)},
	}...)}}, nil
}

func (s *Service) readCounts(ctx context.Context, c civic.Caller, need flows.Need) (rows []flows.Row, err error) {
	all, err := s.own(ctx, c, need)
	for _, n := range all {
		if !n.State.Told() {
			continue
		}
		coming, err := s.Coming(ctx, n.Commune, n.ID)
		if err != nil {
			return nil, err
		}
		rows = append(rows, flows.Row{Key: flows.IntOf(n.ID), Fields: flows.Record{
			{Name: "Topic", Value: topic(n.Content.Topic)}, {Name: "Day", Value: flows.DayOf(n.Content.StartsAt.In(s.Zone))},
			{Name: "Count", Value: flows.IntOf(coming)},
		}})
	}
	return rows, err
}
