package group

import (
	"context"
	"errors"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/wording"
	"baro/gateway/identity"
	"baro/store"
)

// Most rows the manifest lets a list have.
const maxRows = 9

// Binding answers group.* of the manifest.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"group.invitations": s.lists(store.MemberInvited),
			"group.joined":      s.lists(store.MemberJoined),
			"group.one":         s.readOne,
			"group.posts":       s.readPosts,
			"group.tries":       s.readTries,
		},
		Actions: map[string]civic.Actor{
			"group.join":       s.actJoin,
			"group.leave":      s.actLeave,
			"group.enter":      s.actEnter,
			"group.new_pin":    s.actNewPIN,
			"group.repeat_pin": s.actRepeatPIN,
			"group.invite":     s.actInvite,
		},
	}
}

func (s *Service) lists(state store.MemberState) civic.Reader {
	return func(ctx context.Context, c civic.Caller, need flows.Need) (rows []flows.Row, err error) {
		all, err := s.Of(ctx, c, commune(need), state)
		for _, o := range all[:min(len(all), maxRows)] {
			rows = append(rows, flows.Row{Key: flows.IntOf(o.ID), Fields: flows.Record{{Name: "Group", Value: flows.TextOf(o.ShortName)}}})
		}
		return rows, err
	}
}

func (s *Service) readOne(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	o, err := s.Organisations.Get(ctx, commune(need), need.Args.Int("group"))
	if store.CodeOf(err) == store.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{
		{Name: "Group", Value: flows.TextOf(o.ShortName)}, {Name: "Name", Value: flows.TextOf(wording.In(o.Name, need.Lang))},
	}}}, nil
}

func (s *Service) readPosts(ctx context.Context, c civic.Caller, need flows.Need) (rows []flows.Row, err error) {
	o, err := s.own(ctx, c, need)
	if err != nil {
		return nil, ignore(err)
	}
	for _, p := range o.Posts[:min(len(o.Posts), maxRows)] {
		part := flows.Part{Message: "leader.post.town_hall"}
		if p.Organisation != 0 {
			group, err := s.Organisations.Get(ctx, commune(need), p.Organisation)
			if err != nil {
				return nil, err
			}
			part = flows.Part{Message: "leader.post.group", Fields: flows.Record{{Name: "Group", Value: flows.TextOf(group.ShortName)}}}
		}
		rows = append(rows, flows.Row{Key: flows.IntOf(p.Organisation), Fields: flows.Record{{Name: "Post", Value: flows.PartsOf(part)}}})
	}
	return rows, nil
}

func (s *Service) readTries(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	left, err := s.Left(ctx, c, commune(need))
	if err != nil || left == 0 {
		return nil, err
	}
	return []flows.Row{{Fields: flows.Record{{Name: "Left", Value: flows.IntOf(int64(left))}}}}, nil
}

func (s *Service) actJoin(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	joined, err := s.Join(ctx, c, commune(need), need.Args.Int("group"), need.Lang)
	return verdict(joined, "ok", "gone"), err
}

func (s *Service) actLeave(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	return flows.Outcome{Edge: "ok"}, s.Leave(ctx, c, commune(need), need.Args.Int("group"))
}

func (s *Service) actEnter(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	o, v, err := s.Enter(ctx, c, commune(need), need.Args.Text("pin"))
	if err != nil || v != Right {
		return flows.Outcome{Edge: string(v)}, err
	}
	out := flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Officer", Value: flows.IntOf(o.ID)}}}
	if o.Fresh {
		out.Edge = "fresh"
	}
	return out, nil
}

func (s *Service) actNewPIN(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	o, err := s.own(ctx, c, need)
	if err != nil || !o.Fresh {
		return flows.Outcome{Edge: "gone"}, ignore(err)
	}
	chosen, err := s.Choose(ctx, commune(need), o, need.Args.Text("pin"))
	return verdict(chosen, "ok", "weak"), err
}

func (s *Service) actRepeatPIN(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	o, err := s.own(ctx, c, need)
	if err != nil || !o.Fresh {
		return flows.Outcome{Edge: "gone"}, ignore(err)
	}
	same, err := s.Confirm(ctx, commune(need), o, need.Args.Text("pin"))
	return verdict(same, "ok", "other"), err
}

func (s *Service) actInvite(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	group := need.Args.Int("group")
	o, err := s.By(ctx, commune(need), need.Args.Int("officer"), group, c.Pseudonym, store.RoleLeader, store.RoleSecond)
	if err != nil {
		return flows.Outcome{Edge: "gone"}, ignore(err)
	}
	to, err := identity.Parse(need.Args.Text("phone"))
	if err != nil {
		return flows.Outcome{Edge: "bad"}, nil
	}
	switch err := s.Invite(ctx, commune(need), o, group, to, need.Lang, c.Now); {
	case err == nil:
		return flows.Outcome{Edge: "ok"}, nil
	case errors.Is(err, ErrLimit):
		return flows.Outcome{Edge: "limit"}, nil
	case errors.Is(err, ErrSilenced):
		return flows.Outcome{Edge: "silenced"}, nil
	case errors.Is(err, letter.ErrNoWay):
		return flows.Outcome{Edge: "unreachable"}, nil
	default:
		return flows.Outcome{}, err
	}
}

// own is the officer a dialogue has proved to be, in whatever post.
func (s *Service) own(ctx context.Context, c civic.Caller, need flows.Need) (store.Officer, error) {
	o, err := s.Officers.Get(ctx, commune(need), need.Args.Int("officer"))
	if store.CodeOf(err) == store.CodeNotFound {
		return o, ErrForeign
	}
	if err == nil && (o.Pseudonym == nil || *o.Pseudonym != store.Pseudonym(c.Pseudonym) || !o.LockedAt.IsZero()) {
		return o, ErrForeign
	}
	return o, err
}

// ignore turns a missing post into the edge that was chosen for it.
func ignore(err error) error {
	if errors.Is(err, ErrForeign) {
		return nil
	}
	return err
}

func verdict(yes bool, ok, no string) flows.Outcome {
	if yes {
		return flows.Outcome{Edge: ok}
	}
	return flows.Outcome{Edge: no}
}

func commune(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("$commune")) }
