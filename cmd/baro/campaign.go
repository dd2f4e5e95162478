package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"baro/config"
	"baro/flows"
	"baro/gateway/campaign"
	"baro/gateway/civic"
	"baro/gateway/civic/notice"
	"baro/gateway/civic/question"
	"baro/gateway/civic/wording"
	"baro/gateway/identity"
	"baro/gateway/inbound"
	"baro/store"
)

// openCampaign builds what speaks to many. The feeder runs only where messages can leave.
func (n *node) openCampaign() {
	db := n.db
	zone := n.set.zone
	n.campaign = campaign.New(campaign.Deps{
		Writer: db, Broadcasts: db.Broadcasts(), Rules: db.BroadcastRules(), Audiences: db.Recipients(), Recipients: db.Recipients(),
		Care: db.Recipients(), Outbox: db.Outbox(), Leases: db.Leases(), Places: db.Places(), Keys: n.keys, LearnKeys: n.learner.learn,
		Program: func() *flows.Program { return n.releases.Current() },
		Ways:    n.smsWays, Route: n.smsWay, Ring: n.ring, Dial: n.dials.String, Blocked: n.blockedDay,
		Subjects: map[string]campaign.Subject{"budget": n.budgetSubject, "practice": n.practiceSubject},
		Coming:   n.saidComing,
		Costs:    prices{n},
		Quiet:    n.quiet(),
		Zone:     zone, Node: n.id, NewID: uuid.NewString, Now: n.set.now, Log: n.log,
	})
	n.announcer = campaign.NewAnnouncer(n.campaign, db.Notices(), notice.Voice{
		Organisations: db.Organisations(), Places: db.Places(), Venues: db.Venues(), Safety: db.Safety(), Zone: zone,
	})
	n.feeder = campaign.NewFeeder(n.campaign, n.id)
}

// quiet are the configured hours in which only replies leave.
func (n *node) quiet() campaign.Quiet {
	return campaign.Quiet{Daily: quietSpan(n.set.quiet.Daily), Friday: quietSpan(n.set.quiet.Friday), Zone: n.set.zone}
}

// quietUntil tells the outbox whether they hold.
func (n *node) quietUntil(now time.Time) (until time.Time, quiet bool) {
	until = n.quiet().Opens(now)
	return until, until.After(now)
}

func quietSpan(s config.Span) campaign.Span { return campaign.Span{From: int(s.From), To: int(s.To)} }

// smsWay is the channel for a number.
func (n *node) smsWay(commune store.PlaceID, to identity.MSISDN) (campaign.Way, error) {
	if n.outbox == nil {
		return campaign.Way{}, campaign.ErrNoWay
	}
	name, _, err := n.outbox.Route(commune, to)
	if err != nil {
		return campaign.Way{}, campaign.ErrNoWay
	}
	for _, ch := range n.outbox.Channels() {
		if ch.Name == name {
			return campaign.Way{Channel: name, Profile: ch.Provider.Profile()}, nil
		}
	}
	return campaign.Way{}, campaign.ErrNoWay
}

// smsWays are the channels over which messages of a commune may leave.
func (n *node) smsWays(commune store.PlaceID) (all []campaign.Way) {
	if n.outbox == nil {
		return nil
	}
	for _, ch := range n.outbox.Channels() {
		if ch.Bound == nil || ch.Bound() == commune {
			all = append(all, campaign.Way{Channel: ch.Name, Profile: ch.Provider.Profile()})
		}
	}
	return all
}

// ring tells this node's outbox, and those of others, that a channel has work.
func (n *node) ring(channel string) {
	if bell := n.db.Bell(); bell != nil {
		if err := bell.Ring(context.Background(), channel); err != nil {
			n.log.Debug("bell not rung", "error", err)
		}
	}
	if n.outbox != nil {
		n.outbox.Wake(channel)
	}
}

// blockedDay tells whether a commune sends nothing on a day.
func (n *node) blockedDay(ctx context.Context, commune store.PlaceID, day store.Date) (bool, error) {
	blocked, err := n.db.BlockedDates().Between(ctx, commune, day, day)
	return len(blocked) > 0, err
}

// budgetSubject tells the budget as the menu's first screen does.
func (n *node) budgetSubject(ctx context.Context, commune store.PlaceID, _ time.Time) (campaign.Content, error) {
	rows, err := n.subjects.budget.Binding().Sources["budget.summary"](ctx, civic.Caller{}, flows.Need{
		Name: "budget.summary", Args: flows.Args{{Name: "$commune", Value: flows.IntOf(int64(commune))}}})
	if err != nil {
		return campaign.Content{}, err
	}
	if len(rows) == 0 {
		return campaign.Content{}, campaign.ErrNothing
	}
	c := campaign.Content{Letter: "broadcast.budget", Path: []int{1}}
	for _, name := range []string{"Year", "Stage", "Total", "Shares"} {
		c.Fields = append(c.Fields, flows.Field{Name: name, Value: rows[0].Fields.Get(name)})
	}
	return c, nil
}

// practices told in turn, one a week.
const practicesInTurn = 52

// practiceSubject tells what another commune did, each week the next.
func (n *node) practiceSubject(ctx context.Context, commune store.PlaceID, at time.Time) (campaign.Content, error) {
	list, err := n.db.Practices().Published(ctx, commune, true, practicesInTurn)
	if err != nil {
		return campaign.Content{}, err
	}
	if len(list) == 0 {
		return campaign.Content{}, campaign.ErrNothing
	}
	_, week := at.In(n.set.zone).ISOWeek()
	p := list[week%len(list)]
	fallback := n.set.fallback
	return campaign.Content{Letter: "broadcast.practice", Path: []int{6, p.Number}, Told: map[string]store.Texts{"Title": p.Title, "Measure": p.Measure}, Fields: flows.Record{
		{Name: "Title", Value: flows.TextOf(wording.In(p.Title, fallback))}, {Name: "Measure", Value: flows.TextOf(wording.In(p.Measure, fallback))},
	}}, nil
}

// fireRules makes the broadcasts of recurring rules whose hour has come.
func (n *node) fireRules(ctx context.Context) (string, error) {
	made, err := n.campaign.FireRules(ctx)
	if made > 0 {
		n.feeder.Wake()
	}
	return counted(int64(made), "broadcasts made by rules"), err
}

// announce makes what follows from notices and consultations: reminders, openings, last days.
func (n *node) announce(ctx context.Context) (string, error) {
	made, err := n.announcer.Remind(ctx)
	if err != nil {
		return "", err
	}
	communes, err := n.db.Places().Communes(ctx)
	if err != nil {
		return "", err
	}
	for _, c := range communes {
		open, err := n.db.Consultations().List(ctx, c.ID, store.ConsultationOpen)
		if err != nil {
			return "", err
		}
		if len(n.smsWays(c.ID)) == 0 || len(open) == 0 {
			continue
		}
		told, err := n.campaign.TellConsultations(ctx, c.ID, open)
		if err != nil {
			return "", err
		}
		made += told
	}
	return counted(int64(made), "broadcasts put forward"), nil
}

// confirmDeliveries takes over what delivery reports have said since.
func (n *node) confirmDeliveries(ctx context.Context) (string, error) {
	return "", n.campaign.Confirm(ctx)
}

// communeOf finds the commune that a command names by number or p-code.
func (n *node) communeOf(ctx context.Context, name string) (store.PlaceID, error) {
	id, err := n.subjects.bound(ctx, name)
	if err == nil && id == 0 {
		err = usageError{fmt.Errorf("no commune in use has the number or p-code %q", name)}
	}
	return id, err
}

// answers takes what people send back after a broadcast. The service behind it is built after the inbox that asks it.
func (n *node) answers() inbound.Answers { return lateAnswers{n} }

type lateAnswers struct{ node *node }

func (l lateAnswers) Might(text string) bool { return campaign.Answers{}.Might(text) }

func (l lateAnswers) Answer(ctx context.Context, c civic.Caller, text string) (string, flows.Record, bool, error) {
	n := l.node
	return campaign.Answers{Service: n.campaign, Ask: n.askTownHall, Attend: n.subjects.notice.Answer}.Answer(ctx, c, text)
}

// lateAnnouncer is the node's announcer, which is built after the notices it carries.
type lateAnnouncer struct{ node *node }

func (l lateAnnouncer) Estimate(ctx context.Context, n store.Notice, v store.NoticeVersion) (notice.Reach, error) {
	return l.node.announcer.Estimate(ctx, n, v)
}

func (l lateAnnouncer) Announce(ctx context.Context, n store.Notice, v store.NoticeVersion, act store.Act) error {
	return l.node.announcer.Announce(ctx, n, v, act)
}

// saidComing tells whether a number said it comes to a meeting.
func (n *node) saidComing(ctx context.Context, commune store.PlaceID, meeting int64, to identity.MSISDN) (bool, error) {
	a, err := n.db.Attendances().Get(ctx, commune, meeting, n.subjects.notice.Voter(meeting, to))
	return a.Answered && a.Coming, err
}

// askTownHall makes a question of words that answer no menu. Words that no case takes are left to the menus.
func (n *node) askTownHall(ctx context.Context, c civic.Caller, commune store.PlaceID, words string) (string, bool, error) {
	k, taken, err := n.subjects.question.Put(ctx, question.Report{
		Commune: commune, Kind: store.CaseOther, Words: words, Asker: store.Pseudonym(c.Pseudonym), At: c.Now,
	})
	return k.Number, taken, err
}
