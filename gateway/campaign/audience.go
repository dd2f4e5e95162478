package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"baro/store"
)

// An Audience says whom a broadcast is for: everybody of a place and all below it, the members of the organisation that
// speaks, or exactly those who got an earlier broadcast; of these whoever agreed to the purpose. It never goes by language.
type Audience struct {
	Place        store.PlaceID `json:"place,omitempty"`
	Organisation int64         `json:"organisation,omitempty"` // its members, who agreed by joining
	Broadcast    int64         `json:"broadcast,omitempty"`    // who got this one: corrections, postponements
	Coming       int64         `json:"coming,omitempty"`       // of these only who said they come to a meeting
	Purpose      store.Purpose `json:"purpose"`
	Channel      string        `json:"channel,omitempty"` // only those who agreed there
}

var errAudience = errors.New("campaign: an audience is a place, an organisation's members, or an earlier broadcast, and a purpose")

// check refuses what is none or several of these.
func (a Audience) check() error {
	kinds := 0
	for _, there := range []bool{a.Place != 0, a.Organisation != 0, a.Broadcast != 0} {
		if there {
			kinds++
		}
	}
	if kinds != 1 || a.Purpose == "" || a.Purpose == store.PurposeAll || a.Organisation != 0 && a.Purpose != store.PurposeGroups {
		return errAudience
	}
	return nil
}

func (a Audience) encode() json.RawMessage {
	raw, err := json.Marshal(a)
	if err != nil {
		panic(fmt.Sprintf("campaign: encode audience: %v", err)) // numbers and texts
	}
	return raw
}

// A Count is a number of people. Below ten it is not told exactly.
type Count int64

// few is the least number that is told.
const few = 10

// String is the number, or "fewer than 10".
func (c Count) String() string {
	if c < few {
		return "fewer than 10"
	}
	return strconv.FormatInt(int64(c), 10)
}

// MarshalJSON writes null for a number that is not told.
func (c Count) MarshalJSON() ([]byte, error) {
	if c < few {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, int64(c), 10), nil
}

// Size is an audience counted: who would get the broadcast now, and who would not, each counted once, under the first
// reason that holds.
type Size struct {
	In          Count `json:"in"`
	OptedOut    Count `json:"opted_out"`
	NoConsent   Count `json:"no_consent"`
	Unreachable Count `json:"unreachable"`
	Capped      Count `json:"capped"`
	Quiet       Count `json:"quiet"` // all who would be in, when the broadcast would end before quiet hours do
}

// query is the audience of a broadcast as the store looks for it, without its source.
func (s *Service) query(b store.Broadcast, a Audience, at time.Time) store.AudienceQuery {
	q := store.AudienceQuery{Purpose: a.Purpose, Channel: a.Channel, Sender: senderOf(b), Month: s.month(at), Cap: s.Cap}
	if a.Broadcast != 0 { // they know that something comes
		q.Cap = 0
	}
	if a.Purpose == store.PurposeGroups {
		q.Organisation = b.Sender
	}
	return q
}

// sources lists where people are looked for; nobody is in two sources of a place.
func (s *Service) sources(ctx context.Context, b store.Broadcast, a Audience) (all []store.AudienceQuery, err error) {
	q := s.query(b, a, s.Now())
	for i := range q.UpTo {
		q.UpTo[i] = 0xff
	}
	add := func(source store.AudienceSource, id int64) {
		q.Source, q.ID = source, id
		all = append(all, q)
	}
	switch {
	case a.Broadcast != 0:
		add(store.SourceBroadcast, a.Broadcast)
	case a.Organisation != 0:
		add(store.SourceOrganisation, a.Organisation)
	default:
		communes, err := s.Audiences.Communes(ctx, a.Place)
		if err != nil {
			return nil, fmt.Errorf("find audience: %w", err)
		}
		for _, id := range communes {
			add(store.SourcePlace, int64(id))
		}
	}
	return all, nil
}

// size counts an audience as it is now.
func (s *Service) size(ctx context.Context, b store.Broadcast, a Audience) (Size, error) {
	all, err := s.sources(ctx, b, a)
	if err != nil {
		return Size{}, err
	}
	sum := make(store.Tally)
	for _, q := range all {
		tally, err := s.Audiences.Tally(ctx, q)
		if err != nil {
			return Size{}, fmt.Errorf("count audience: %w", err)
		}
		for reason, n := range tally {
			sum[reason] += n
		}
	}
	size := Size{
		In: Count(sum[store.ReasonNone]), OptedOut: Count(sum[store.ReasonOptedOut]), NoConsent: Count(sum[store.ReasonNoConsent]),
		Unreachable: Count(sum[store.ReasonUnreachable]), Capped: Count(sum[store.ReasonCapped]),
	}
	if b.Urgent == "" && !s.Quiet.Within(s.begin(b), b.Expires) {
		size.In, size.Quiet = 0, size.In
	}
	return size, nil
}

// begin is the earliest instant at which a broadcast could leave if it were approved now.
func (s *Service) begin(b store.Broadcast) time.Time {
	first := s.Now().Add(s.UndoFor)
	if b.Begins.After(first) {
		return b.Begins
	}
	return first
}

// within tells whether a place is a broadcast's own or lies below it: a town hall does not write to its neighbours.
func (s *Service) within(ctx context.Context, owner, place store.PlaceID) (bool, error) {
	for range 8 { // levels
		if place == owner {
			return true, nil
		}
		p, err := s.Places.Get(ctx, place)
		if err != nil {
			return false, fmt.Errorf("find place of audience: %w", err)
		}
		if place = p.ParentID; place == 0 {
			return false, nil
		}
	}
	return false, nil
}
