// Package campaign says one thing to many people: once, on time, approved by a second person, at a cost that is shown
// before. The rows of its recipients are the truth of a broadcast; a feeder moves them into the outbox a little ahead of
// the senders, so that a pause, a STOP and the hour of day count until the last moment.
package campaign

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"baro/flows"
	"baro/gateway/identity"
	"baro/locales/charset"
	"baro/store"
)

// Defaults of the service.
const (
	DefaultUndo    = 10 * time.Minute // between an approval and the first message
	DefaultAhead   = 4000             // messages of one broadcast in the outbox at most
	DefaultLease   = 10 * time.Second
	typedFrom      = 1000 // above so many people the approver types their number
	maxLife        = 90 * 24 * time.Hour
	sealRendering  = "broadcast.rendering"
	sealContact    = "contact.language"
	sealMember     = "member.language"
	originPrefix   = "broadcast:"
	reasonSwitch   = "switch"
	reasonErrors   = "errors"
	reasonNoRoutes = "routes"
)

// A Way is a channel that sends SMS, and what it carries.
type Way struct {
	Channel string
	Profile charset.Profile
}

// Outbox is where messages go; within a transaction they stand or fall with it.
type Outbox interface {
	Enqueue(ctx context.Context, messages []store.Outbound) (int64, error)
}

// Broadcasts are the broadcasts and the switches that stop them.
type Broadcasts interface {
	store.BroadcastReader
	store.BroadcastWriter
	store.BroadcastOrigins
	store.Switches
}

// Places are where senders and audiences are.
type Places interface {
	Get(ctx context.Context, id store.PlaceID) (store.Place, error)
}

// Deps are what the service stands on.
type Deps struct {
	Writer     store.Writer
	Broadcasts Broadcasts
	Rules      store.BroadcastRules
	Audiences  store.Audiences
	Recipients store.Recipients
	Care       store.RecipientCare
	Outbox     Outbox
	Leases     store.Leases
	Places     Places
	Keys       *identity.Keyring
	LearnKeys  func(ctx context.Context) error // data keys that another node has made; may be nil
	Program    func() *flows.Program

	Ways     func(commune store.PlaceID) []Way
	Route    func(commune store.PlaceID, to identity.MSISDN) (Way, error) // ErrNoWay for a number that none reaches
	Ring     func(channel string)                                         // tells the outbox that a channel has work
	Dial     func(commune store.PlaceID, keys ...int) string
	Costs    Costs                                                                        // nil: channels have no prices
	Blocked  func(ctx context.Context, place store.PlaceID, day store.Date) (bool, error) // nil: no day is
	Subjects map[string]Subject
	// Coming tells whether a number said it comes to a meeting; nil: nobody is asked.
	Coming func(ctx context.Context, commune store.PlaceID, meeting int64, to identity.MSISDN) (bool, error)

	Quiet     Quiet
	Zone      *time.Location
	UndoFor   time.Duration // 0: DefaultUndo
	LeaseLife time.Duration // of the feeder among nodes; 0: DefaultLease
	Cap       int           // 0: DefaultCap
	Ahead     int           // 0: DefaultAhead
	Node      string
	NewID     func() string
	Now       func() time.Time
	Log       *slog.Logger
}

// Service composes, approves and stops broadcasts. It is safe for concurrent use.
type Service struct{ Deps }

// New returns a service.
func New(d Deps) *Service {
	if d.UndoFor == 0 {
		d.UndoFor = DefaultUndo
	}
	if d.Cap == 0 {
		d.Cap = DefaultCap
	}
	if d.LeaseLife == 0 {
		d.LeaseLife = DefaultLease
	}
	if d.Ahead == 0 {
		d.Ahead = DefaultAhead
	}
	return &Service{d}
}

// What is refused, beside the codes of the store.
var (
	ErrSamePerson = errors.New("campaign: author and approver are the same person")
	ErrTyped      = errors.New("campaign: the number of people has to be typed as it was shown")
	ErrEmpty      = errors.New("campaign: nobody would get it")
	ErrTime       = errors.New("campaign: it would end before it may begin, or too late")
	ErrForeign    = errors.New("campaign: the audience lies outside the sender's own place")
	ErrAuthor     = errors.New("campaign: only its author changes a draft")
)

// A Wish is what an author asks for.
type Wish struct {
	Commune  store.PlaceID
	Sender   int64 // an organisation; 0: the town hall
	Content  Content
	Audience Audience
	Begins   time.Time // zero: as soon as it is approved
	Expires  time.Time
	Urgent   string // why it has to go out in quiet hours; then two people approve it
	Origin   string // what a job makes it for
}

// New stores a draft.
func (s *Service) New(ctx context.Context, w Wish, act store.Act) (store.Broadcast, error) {
	b, err := s.broadcast(ctx, w)
	if err != nil {
		return b, err
	}
	b.Author = act.Actor
	b, err = s.Broadcasts.Create(ctx, b, act)
	if err != nil {
		return b, fmt.Errorf("new broadcast: %w", err)
	}
	return b, nil
}

// Edit replaces what a draft says, to whom and when, if it stands as it was at a time. Only its author does: whoever wrote
// into the draft of another could approve their own words.
func (s *Service) Edit(ctx context.Context, id int64, w Wish, since time.Time, act store.Act) error {
	standing, err := s.Broadcasts.Get(ctx, w.Commune, id)
	if err != nil {
		return fmt.Errorf("edit broadcast: %w", err)
	}
	if act.Actor == "" || act.Actor != standing.Author {
		return ErrAuthor
	}
	b, err := s.broadcast(ctx, w)
	if err != nil {
		return err
	}
	b.ID, b.Updated = id, since
	if err := s.Broadcasts.Edit(ctx, b, act); err != nil {
		return fmt.Errorf("edit broadcast: %w", err)
	}
	return nil
}

// broadcast checks a wish.
func (s *Service) broadcast(ctx context.Context, w Wish) (store.Broadcast, error) {
	b := store.Broadcast{Commune: w.Commune, Sender: w.Sender, Content: w.Content.encode(), Audience: w.Audience.encode(),
		Begins: w.Begins, Expires: w.Expires, Urgent: w.Urgent, Origin: w.Origin}
	if err := s.check(w.Content); err != nil {
		return b, err
	}
	if err := w.Audience.check(); err != nil {
		return b, err
	}
	if w.Audience.Place != 0 {
		if own, err := s.within(ctx, w.Commune, w.Audience.Place); err != nil || !own {
			return b, errors.Join(err, ErrForeign)
		}
	}
	if w.Audience.Organisation != 0 && w.Audience.Organisation != w.Sender { // members agreed to hear theirs
		return b, ErrForeign
	}
	if w.Audience.Broadcast != 0 {
		if _, err := s.Broadcasts.Get(ctx, w.Commune, w.Audience.Broadcast); err != nil {
			return b, fmt.Errorf("find earlier broadcast: %w", err)
		}
	}
	now := s.Now()
	if !w.Expires.After(now) || !w.Expires.After(w.Begins) || w.Expires.Sub(now) > maxLife {
		return b, ErrTime
	}
	return b, nil
}
