package poster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"baro/locales"
	"baro/store"
)

func (s *Service) budget(ctx context.Context, sheet *Sheet, t *texts, commune store.PlaceID, year int) error {
	documents, err := s.Budgets.Published(ctx, commune)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(documents, func(d store.BudgetDocument) bool { return d.Year == year })
	if i < 0 {
		return missing("no published budget of that year")
	}
	figures, err := s.Budgets.Figures(ctx, documents[i])
	if err != nil {
		return err
	}
	sheet.Title = fmt.Sprintf(t.budget, year)
	sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.total, amount(figures.Expenditure.Planned)))
	var parts []string
	for _, share := range figures.Shares() {
		parts = append(parts, fmt.Sprintf("%s %d", s.Label(t.lang, share.Sector.Message()), share.Of100))
	}
	if len(parts) > 0 {
		sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.shares, strings.Join(parts, ", ")))
	}
	number, err := s.Budgets.Number(ctx, commune, year)
	if err != nil {
		return err
	}
	sheet.Ask, sheet.Dial = t.askBudget, s.Dials.String(commune, keyBudget, number)
	return nil
}

// behind is what a dialled number leads to, when it is of the kind.
func (s *Service) behind(ctx context.Context, commune store.PlaceID, number int, kind store.DialKind) (int64, error) {
	target, err := s.Numbers.Lookup(ctx, commune, number)
	if err != nil {
		return 0, err
	}
	if target.Kind != kind {
		return 0, missing("the number is another thing's")
	}
	return target.Ref, nil
}

func (s *Service) work(ctx context.Context, sheet *Sheet, t *texts, commune store.PlaceID, number int) error {
	id, err := s.behind(ctx, commune, number, store.DialWork)
	if err != nil {
		return err
	}
	w, err := s.Works.Get(ctx, commune, id)
	if err != nil {
		return err
	}
	sheet.Title = w.Operation
	if w.Village != "" {
		sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.at, w.Village))
	}
	sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.planned, amount(w.Planned)), fmt.Sprintf(t.townHall, s.Label(t.lang, "budget.state."+string(w.State))))
	sheet.Ask, sheet.Dial = t.askWork, s.Dials.String(commune, keyBudget, number)
	return nil
}

func (s *Service) consultation(ctx context.Context, sheet *Sheet, t *texts, commune store.PlaceID, number int) error {
	c, ok, err := s.Consultations.Dialled(ctx, commune, number, s.Now())
	if err != nil {
		return err
	}
	if !ok {
		return missing("no consultation that residents may see")
	}
	sheet.Title = words(c.Title, t.lang)
	for _, q := range c.Questions {
		sheet.Facts = append(sheet.Facts, words(q.Text, t.lang))
	}
	if c.State == store.ConsultationOpen {
		sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.until, s.day(c.ClosesAt)))
		sheet.Ask = t.askConsultation
	} else {
		sheet.Ask = t.askResult
	}
	sheet.Dial = s.Dials.String(commune, keyDialogue, number)
	return nil
}

func (s *Service) meeting(ctx context.Context, sheet *Sheet, t *texts, commune store.PlaceID, number int) error {
	all, shielded, err := s.Meetings.Public(ctx, commune, s.Now())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(n store.Notice) bool { return n.Number == number })
	if i < 0 {
		return missing("no public meeting to come has that number")
	}
	n := all[i]
	sheet.Title = fmt.Sprintf(t.meeting, s.Label(t.lang, "notice.topic."+string(n.Content.Topic)))
	if n.Organisation != 0 {
		o, err := s.Organisations.Get(ctx, commune, n.Organisation)
		if err != nil {
			return err
		}
		sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.invites, words(o.Name, t.lang)))
	}
	sheet.Dial, sheet.Ask = s.Dials.String(commune, keyDialogue, number), t.askMeeting
	if shielded {
		sheet.Facts = append(sheet.Facts, t.hear)
		return nil
	}
	where := n.Content.Place
	if n.Content.Venue != 0 {
		v, err := s.Venues.Get(ctx, commune, n.Content.Venue)
		if err != nil {
			return err
		}
		where = v.Name
	}
	local := n.Content.StartsAt.In(s.Zone)
	sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.when, s.Label(t.lang, fmt.Sprintf("day.short.%d", weekday(local))), s.day(local), clock(local)))
	if where != "" {
		sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.at, where))
	}
	return nil
}

func (s *Service) offer(ctx context.Context, sheet *Sheet, t *texts, commune store.PlaceID, number int) error {
	target, err := s.Offers.Dialled(ctx, commune, number, s.Now())
	if err != nil {
		return err
	}
	if target.Kind != store.DialOpportunity {
		return missing("the number is another thing's")
	}
	o, ok, err := s.Offers.Get(ctx, commune, target.Ref, s.Now())
	if err != nil {
		return err
	}
	if !ok {
		return missing("no open offer")
	}
	sheet.Title = words(o.Title, t.lang)
	sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.offers, o.Organisation))
	if o.PlaceName != "" {
		sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.at, o.PlaceName))
	}
	sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.before, s.day(o.Deadline)))
	sheet.Ask, sheet.Dial = t.askOffer, s.Dials.String(commune, keyEconomy, number)
	return nil
}

func (s *Service) practice(ctx context.Context, sheet *Sheet, t *texts, commune store.PlaceID, number int) error {
	p, ok, err := s.Practices.Dialled(ctx, number)
	if err != nil {
		return err
	}
	if !ok {
		return missing("no published practice has that number")
	}
	sheet.Title = words(p.Title, t.lang)
	sheet.Facts = []string{words(p.Problem, t.lang), words(p.Measure, t.lang), words(p.Result, t.lang)}
	if p.Cost != nil {
		sheet.Facts = append(sheet.Facts, fmt.Sprintf(t.cost, amount(*p.Cost)))
	}
	sheet.Ask, sheet.Dial = t.askPractice, s.Dials.String(commune, keyLearning, number)
	return nil
}

// words is a text in a language, else in French, else in whatever it was written in.
func words(all store.Texts, lang string) string {
	for _, l := range []string{lang, "fr"} {
		if all[l] != "" {
			return all[l]
		}
	}
	for _, text := range all {
		return text
	}
	return ""
}

func amount(n int64) string { return string(locales.AppendAmount(nil, n, locales.Full)) }

func (s *Service) day(at time.Time) string { return string(locales.AppendDate(nil, at.In(s.Zone))) }

func clock(at time.Time) string { return string(locales.AppendClock(nil, at)) }

// weekday counts from Monday, 1, as messages do.
func weekday(at time.Time) int { return (int(at.Weekday())+6)%7 + 1 }
