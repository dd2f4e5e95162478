package notice

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/group"
	"baro/store"
)

// otherKey is the key of the row that leads to a question instead.
const otherKey = 0

// Binding answers notice.* of the manifest: what residents read and say, and what officers do.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"notice.soon":           s.readSoon,
			"notice.upcoming":       s.readUpcoming,
			"notice.detail":         s.readDetail,
			"notice.venues":         s.readVenues,
			"notice.days":           s.readDays,
			"notice.hours":          s.readHours,
			"notice.preview":        s.readPreview,
			"notice.asked":          s.readAsked,
			"notice.waiting":        s.readWaiting,
			"notice.frozen":         s.readFrozen,
			"notice.own":            s.readOwn,
			"notice.mine":           s.readMine,
			"notice.counts":         s.readCounts,
			"notice.change_preview": s.readChangePreview,
		},
		Actions: map[string]civic.Actor{
			"notice.dialled":         s.actDialled,
			"notice.answer":          s.actAnswer,
			"notice.venue_by_number": s.actVenue,
			"notice.day_by_number":   s.actDay,
			"notice.hour_by_number":  s.actHour,
			"notice.ask":             s.officially(s.actAsk),
			"notice.ask_again":       s.officially(s.actAskAgain),
			"notice.change":          s.officially(s.actChange),
			"notice.accept":          s.deciding(true),
			"notice.refuse":          s.deciding(false),
			"notice.withdraw":        s.officially(s.actWithdraw),
			"notice.appeal":          s.officially(s.actAppeal),
		},
	}
}

func (s *Service) actDialled(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	target, err := s.Numbers.Lookup(ctx, commune(need), int(need.Args.Int("number")))
	if store.CodeOf(err) == store.CodeNotFound || err == nil && target.Kind != store.DialNotice {
		return flows.Outcome{Edge: "unknown"}, nil
	}
	if err != nil {
		return flows.Outcome{}, fmt.Errorf("look up number: %w", err)
	}
	n, seen, err := s.Seen(ctx, c, commune(need), target.Ref)
	if err != nil || !seen {
		return flows.Outcome{Edge: "unknown"}, err
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Notice", Value: flows.IntOf(n.ID)}}}, nil
}

func (s *Service) actAnswer(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	taken, err := s.Answer(ctx, c, commune(need), notice(need), need.Args.Int("coming") != 0)
	if err != nil || !taken {
		return flows.Outcome{Edge: "gone"}, err
	}
	return flows.Outcome{Edge: "ok"}, nil
}

func (s *Service) actVenue(ctx context.Context, _ civic.Caller, need flows.Need) (flows.Outcome, error) {
	v, err := s.Venues.ByNumber(ctx, commune(need), int(need.Args.Int("number")))
	if store.CodeOf(err) == store.CodeNotFound {
		return flows.Outcome{Edge: "unknown"}, nil
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Venue", Value: flows.IntOf(v.ID)}}}, err
}

func (s *Service) actDay(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	day, err := s.Day(ctx, commune(need), need.Args.Int("number"), c.Now)
	switch {
	case errors.Is(err, ErrTime):
		return flows.Outcome{Edge: "unknown"}, nil
	case errors.Is(err, ErrBlocked):
		return flows.Outcome{Edge: "blocked"}, nil
	case err != nil:
		return flows.Outcome{}, err
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Day", Value: flows.IntOf(s.dayNumber(day))}}}, nil
}

func (s *Service) actHour(_ context.Context, _ civic.Caller, need flows.Need) (flows.Outcome, error) {
	minute, ok := Minute(need.Args.Int("number"))
	if !ok {
		return flows.Outcome{Edge: "unknown"}, nil
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Minute", Value: flows.IntOf(minute)}}}, nil
}

// officially lets an act be carried out by an officer of the organisation, and turns what is refused into its edge.
func (s *Service) officially(act func(context.Context, civic.Caller, flows.Need, store.Officer) (flows.Outcome, error)) civic.Actor {
	return func(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
		o, err := s.officer(ctx, c, need)
		if err == nil {
			var out flows.Outcome
			if out, err = act(ctx, c, need, o); err == nil {
				return out, nil
			}
		}
		for refusal, edge := range map[error]string{
			ErrForeign: "gone", ErrGone: "gone", ErrBusy: "gone", ErrTime: "time", ErrBlocked: "time",
			ErrMandate: "mandate", ErrQuota: "quota", ErrSilenced: "silenced", ErrNobody: "nobody",
		} {
			if errors.Is(err, refusal) {
				return flows.Outcome{Edge: edge}, nil
			}
		}
		return flows.Outcome{}, err
	}
}

// officer is the one the dialogue proved to be, for the organisation it chose.
func (s *Service) officer(ctx context.Context, c civic.Caller, need flows.Need) (store.Officer, error) {
	return s.Groups.By(ctx, commune(need), need.Args.Int("officer"), need.Args.Int("group"), c.Pseudonym, store.RoleLeader, store.RoleSecond)
}

func (s *Service) actAsk(ctx context.Context, c civic.Caller, need flows.Need, o store.Officer) (flows.Outcome, error) {
	p := s.proposal(need)
	p.Author, p.Act = store.By{Officer: o.ID}, group.Act(o.ID, "")
	n, v, err := s.Propose(ctx, p, c.Now)
	if err != nil {
		return flows.Outcome{}, err
	}
	return asked(n, v), nil
}

func (s *Service) actAskAgain(ctx context.Context, c civic.Caller, need flows.Need, o store.Officer) (flows.Outcome, error) {
	n, err := s.owned(ctx, need)
	if err != nil {
		return flows.Outcome{}, err
	}
	v, err := s.AskAgain(ctx, n.Commune, n.ID, store.By{Officer: o.ID}, group.Act(o.ID, ""), c.Now)
	if err != nil {
		return flows.Outcome{}, err
	}
	return asked(n, v), nil
}

func (s *Service) actChange(ctx context.Context, c civic.Caller, need flows.Need, o store.Officer) (flows.Outcome, error) {
	n, err := s.owned(ctx, need)
	if err != nil {
		return flows.Outcome{}, err
	}
	change, content := s.changed(n, need)
	v, err := s.Change(ctx, n.Commune, n.ID, change, content, store.By{Officer: o.ID}, group.Act(o.ID, ""), c.Now)
	if err != nil {
		return flows.Outcome{}, err
	}
	return asked(n, v), nil
}

func asked(n store.Notice, v store.NoticeVersion) flows.Outcome {
	edge := "ok"
	if n.Audience == store.AudiencePublic {
		edge = "public"
	}
	return flows.Outcome{Edge: edge, Fields: flows.Record{{Name: "Waiting", Value: flows.TextOf(waitingKey(v))}}}
}

func (s *Service) actWithdraw(ctx context.Context, _ civic.Caller, need flows.Need, o store.Officer) (flows.Outcome, error) {
	n, err := s.owned(ctx, need)
	if err != nil {
		return flows.Outcome{}, err
	}
	return flows.Outcome{Edge: "ok"}, s.Withdraw(ctx, n.Commune, n.ID, group.Act(o.ID, ""))
}

func (s *Service) actAppeal(ctx context.Context, _ civic.Caller, need flows.Need, o store.Officer) (flows.Outcome, error) {
	n, err := s.owned(ctx, need)
	if err != nil {
		return flows.Outcome{}, err
	}
	return flows.Outcome{Edge: "ok"}, s.Appeal(ctx, n.Commune, n.ID, group.Act(o.ID, ""))
}

// deciding is the second officer's word, or with group 0 that of the commune's approver.
func (s *Service) deciding(approve bool) civic.Actor {
	return func(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
		v, _, o, err := s.waiting(ctx, c, need)
		if err != nil {
			return flows.Outcome{Edge: "gone"}, absent(err)
		}
		d := store.Decision{Approve: approve, By: store.By{Officer: o.ID}}
		if !approve {
			d.Reason = need.Args.Text("reason")
		}
		err = s.Decide(ctx, commune(need), v.Notice, v.Version, d, group.Act(o.ID, d.Reason))
		switch {
		case err == nil:
			return flows.Outcome{Edge: "ok"}, nil
		case errors.Is(err, ErrOwn):
			return flows.Outcome{Edge: "own"}, nil
		case errors.Is(err, ErrLate), errors.Is(err, ErrGone):
			return flows.Outcome{Edge: "gone"}, nil
		}
		return flows.Outcome{}, err
	}
}

// waiting finds the version a decider chose, as far as it is theirs to decide.
func (s *Service) waiting(ctx context.Context, c civic.Caller, need flows.Need) (v store.NoticeVersion, n store.Notice, o store.Officer, err error) {
	organisation := need.Args.Int("group")
	roles := []store.Role{store.RoleLeader, store.RoleSecond}
	if organisation == 0 {
		roles = []store.Role{store.RoleApprover}
	}
	if o, err = s.Groups.By(ctx, commune(need), need.Args.Int("officer"), organisation, c.Pseudonym, roles...); err != nil {
		return v, n, o, err
	}
	id, version := parseWaiting(need.Args.Text("waiting"))
	if n, err = s.Notices.Get(ctx, commune(need), id); err != nil {
		return v, n, o, gone(err)
	}
	if members := n.Audience == store.AudienceMembers; members != (organisation != 0) || members && n.Organisation != organisation {
		return v, n, o, ErrForeign
	}
	v, err = s.Notices.Version(ctx, commune(need), id, version)
	if err != nil {
		return v, n, o, gone(err)
	}
	if v.State != store.VersionAsked {
		return v, n, o, ErrGone
	}
	return v, n, o, nil
}

// waitingKey names a version, so that what is decided is what was read.
func waitingKey(v store.NoticeVersion) string { return fmt.Sprintf("%d.%d", v.Notice, v.Version) }

func parseWaiting(key string) (notice int64, version int) {
	id, number, _ := strings.Cut(key, ".")
	notice, _ = strconv.ParseInt(id, 10, 64) // what is none is found nowhere
	version, _ = strconv.Atoi(number)
	return notice, version
}

// owned is the notice of the organisation that a dialogue chose.
func (s *Service) owned(ctx context.Context, need flows.Need) (store.Notice, error) {
	n, err := s.Notices.Get(ctx, commune(need), notice(need))
	if err != nil {
		return n, gone(err)
	}
	if n.Organisation != need.Args.Int("group") || n.Organisation == 0 {
		return n, ErrForeign
	}
	return n, nil
}

// proposal reads what was picked.
func (s *Service) proposal(need flows.Need) Proposal {
	p := Proposal{Commune: commune(need), Group: need.Args.Int("group"), Audience: store.AudienceMembers, Content: store.NoticeContent{
		Topic: store.NoticeTopic(need.Args.Text("topic")), Venue: need.Args.Int("venue"), StartsAt: s.at(need.Args.Int("day"), need.Args.Int("minute")),
	}}
	if need.Args.Text("audience") == string(store.AudiencePublic) {
		p.Audience = store.AudiencePublic
	}
	return p
}

// changed reads a change: what was not picked stays.
func (s *Service) changed(n store.Notice, need flows.Need) (store.NoticeChange, store.NoticeContent) {
	c := n.Content
	if day := need.Args.Get("day"); day.Kind != flows.None {
		c.StartsAt = s.at(day.Num, need.Args.Int("minute"))
	}
	if venue := need.Args.Int("venue"); venue != 0 {
		c.Venue, c.Place = venue, ""
	}
	return store.NoticeChange(need.Args.Text("change")), c
}

func commune(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("$commune")) }

func notice(need flows.Need) int64 { return need.Args.Int("notice") }

// absent turns what is not there, or not the caller's, into the edge or empty list chosen for it.
func absent(err error) error {
	if errors.Is(err, ErrForeign) || errors.Is(err, ErrGone) {
		return nil
	}
	return err
}
