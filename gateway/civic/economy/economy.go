// Package economy makes known what work, training and contracts there are in a commune, when its markets are held, what it
// does with private partners, and what the town hall has answered to businesses; others say that they have the same
// question, and who agrees is told of new offers. Nothing is shown past its deadline, and nothing that is no longer
// published: a walk to a closed office costs a day.
package economy

import (
	"context"
	"fmt"
	"time"

	"baro/gateway/civic/voice"
	"baro/store"
)

// Most rows the manifest lets a list have.
const (
	maxOffers  = 20
	maxMarkets = 20
	maxAnswers = 20
)

// Opportunities are jobs, trainings and tenders.
type Opportunities interface {
	store.OpportunityReader
	store.OpportunityWriter
}

// Stores are the records the service works on.
type Stores struct {
	Opportunities Opportunities
	Markets       store.MarketDays
	Answers       store.PublicCases
	Numbers       store.DialNumbers
	Projects      store.Projects
	Alerts        store.Alerts
}

// Service shows and composes what a commune makes known.
type Service struct {
	stores Stores
	voices *voice.Service
	means  Means
	zone   *time.Location
}

// New returns a service over the stores; voices count who has the same question, means reach who agreed to alerts. Days begin
// in zone; nil is UTC.
func New(stores Stores, voices *voice.Service, means Means, zone *time.Location) *Service {
	if zone == nil {
		zone = time.UTC
	}
	return &Service{stores: stores, voices: voices, means: means, zone: zone}
}

// Open gives what residents may still apply or bid for at now, the nearest deadline first.
func (s *Service) Open(ctx context.Context, commune store.PlaceID, kind store.OpportunityKind, now time.Time) ([]store.Opportunity, error) {
	open, err := s.stores.Opportunities.Open(ctx, commune, kind, now, maxOffers)
	if err != nil {
		return nil, fmt.Errorf("list opportunities: %w", err)
	}
	return open, nil
}

// Get gives one opportunity residents may see at now; false when the commune has none of that id, and when it is over,
// withdrawn or not yet published.
func (s *Service) Get(ctx context.Context, commune store.PlaceID, id int64, now time.Time) (store.Opportunity, bool, error) {
	o, err := s.stores.Opportunities.Get(ctx, commune, id)
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return store.Opportunity{}, false, nil
	case err != nil:
		return store.Opportunity{}, false, fmt.Errorf("get opportunity: %w", err)
	}
	return o, o.State == store.OpportunityPublished && now.Before(o.Deadline), nil
}

// Dialled gives what stands behind a permanent number of the commune, if it is an opportunity or a project that may be seen
// at now; the kind is empty otherwise.
func (s *Service) Dialled(ctx context.Context, commune store.PlaceID, number int, now time.Time) (store.DialTarget, error) {
	target, err := s.stores.Numbers.Lookup(ctx, commune, number)
	if err != nil && store.CodeOf(err) != store.CodeNotFound {
		return store.DialTarget{}, fmt.Errorf("look up dialled number: %w", err)
	}
	seen := false
	switch target.Kind {
	case store.DialOpportunity:
		_, seen, err = s.Get(ctx, commune, target.Ref, now)
	case store.DialProject:
		_, seen, err = s.Project(ctx, commune, target.Ref)
	default:
		return store.DialTarget{}, nil
	}
	if err != nil || !seen {
		return store.DialTarget{}, err
	}
	return target, nil
}

// Answers gives what the town hall has published of its answers to businesses, newest first.
func (s *Service) Answers(ctx context.Context, commune store.PlaceID) ([]store.PublicAnswer, error) {
	answers, err := s.stores.Answers.Published(ctx, commune, store.CaseBusiness, maxAnswers)
	if err != nil {
		return nil, fmt.Errorf("list answers to businesses: %w", err)
	}
	return answers, nil
}

// Markets gives the markets of a commune by name and sector.
func (s *Service) Markets(ctx context.Context, commune store.PlaceID) ([]store.MarketDay, error) {
	markets, err := s.stores.Markets.List(ctx, commune)
	if err != nil {
		return nil, fmt.Errorf("list markets: %w", err)
	}
	return markets, nil
}

// Next gives the day of the next market, from the day of now on, which counts until it ends.
func (s *Service) Next(m store.MarketDay, now time.Time) time.Time {
	day := now.In(s.zone)
	for range 7 {
		if m.Days.Has(day.Weekday()) {
			return day
		}
		day = day.AddDate(0, 0, 1)
	}
	return time.Time{} // the store takes no market without a day
}
