package notice

import (
	"context"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic/group"
	"baro/store"
)

// A Teller writes what a version says as a letter of the catalogue, and who says it.
type Teller interface {
	Body(ctx context.Context, n store.Notice, v store.NoticeVersion) (message string, fields flows.Record, err error)
	Sender(ctx context.Context, n store.Notice) (string, error)
}

// A Voice writes what versions say, for whoever carries them. Its letters are notice.body.* of the manifest.
type Voice struct {
	Organisations group.Organisations
	Places        interface {
		Get(ctx context.Context, id store.PlaceID) (store.Place, error)
	}
	Venues store.Venues
	Safety store.Safety
	Zone   *time.Location
}

var _ Teller = Voice{}

// Body gives the letter of a version. In a shielded commune it tells neither place nor time: who dials hears them.
func (w Voice) Body(ctx context.Context, n store.Notice, v store.NoticeVersion) (message string, fields flows.Record, err error) {
	fields = flows.Record{{Name: "Topic", Value: topic(v.Content.Topic)}}
	level, err := w.Safety.Level(ctx, n.Commune)
	if err != nil {
		return "", nil, fmt.Errorf("tell notice: %w", err)
	}
	if level == store.SafetyShielded {
		return "notice.body.shielded", append(fields, flows.Field{Name: "Change", Value: change(v.Change)}), nil
	}
	fields = append(fields, moment(w.Zone, v.Content.StartsAt)...)
	if v.Change == store.ChangeCancelled {
		return "notice.body.cancelled", fields[:len(fields)-1], nil // without the hour
	}
	where := v.Content.Place
	if v.Content.Venue != 0 {
		venue, err := w.Venues.Get(ctx, n.Commune, v.Content.Venue)
		if err != nil {
			return "", nil, fmt.Errorf("tell notice: %w", err)
		}
		where = venue.Name
	}
	return "notice.body." + string(v.Change), append(fields, flows.Field{Name: "Where", Value: flows.TextOf(where)}), nil
}

// Sender names who speaks: the organisation by its short name, or the commune.
func (w Voice) Sender(ctx context.Context, n store.Notice) (string, error) {
	if n.Organisation == 0 {
		p, err := w.Places.Get(ctx, n.Commune)
		if err != nil {
			return "", fmt.Errorf("name sender: %w", err)
		}
		if p.ShortName != "" {
			return p.ShortName, nil
		}
		return p.Name, nil
	}
	o, err := w.Organisations.Get(ctx, n.Commune, n.Organisation)
	if err != nil {
		return "", fmt.Errorf("name sender: %w", err)
	}
	return o.ShortName, nil
}

func topic(t store.NoticeTopic) flows.Value { return flows.LabelOf("notice.topic." + string(t)) }

func change(c store.NoticeChange) flows.Value { return flows.LabelOf("notice.change." + string(c)) }

// moment is an instant as screens and letters tell it: weekday, day, hour.
func moment(zone *time.Location, t time.Time) flows.Record {
	t = t.In(zone)
	return flows.Record{
		{Name: "Weekday", Value: weekday(t)}, {Name: "Day", Value: flows.DayOf(t)},
		{Name: "Clock", Value: flows.ClockOf(int64(t.Hour()*60 + t.Minute()))},
	}
}

// weekday is the short name of a day; ISO 8601 counts from Monday.
func weekday(t time.Time) flows.Value {
	return flows.LabelOf(fmt.Sprintf("day.short.%d", (int(t.Weekday())+6)%7+1))
}
