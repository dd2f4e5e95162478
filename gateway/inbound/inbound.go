// Package inbound takes what people send and answers it: verify, load the dialogue, take one step, write its effects
// once, save, show. USSD is answered in the request, always with a screen.
package inbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"baro/flows"
	"baro/flows/engine"
	"baro/gateway/channel"
	"baro/gateway/civic"
	"baro/gateway/identity"
	"baro/locales/charset"
	"baro/store"
	"baro/store/session"
)

// Deadline is the hard stop of one USSD step: the strictest networks give up after ten seconds, people sooner.
const Deadline = 4500 * time.Millisecond

// DialogueLife is how long a dialogue is remembered after its last screen unless Deps say otherwise: long enough for a slow thumb
// and a repeated last request, short enough for a shared phone (requirement P5).
const DialogueLife = 5 * time.Minute

// Known tells what is kept for a number.
type Known interface {
	Known(ctx context.Context, p identity.Pseudonym) (language string, commune store.PlaceID, found bool, err error)
}

// Bound tells the commune a channel is bound to, 0 while that commune is not known: it may be imported while the gateway
// runs. A nil Bound binds to none.
type Bound func() int64

// commune is the bound commune, or what is known otherwise.
func (b Bound) commune(otherwise int64) int64 {
	if b != nil {
		if id := b(); id != 0 {
			return id
		}
	}
	return otherwise
}

// A Channel is what inbound must know of a configured USSD channel.
type Channel struct {
	Name     string
	Profile  charset.Profile
	Bound    Bound // nil: people choose their commune
	Callback bool
	Language string        // spoken to people whose language is not known yet; the catalogue's default when empty
	Lasting  bool          // nobody is asked for a language: the channel has one
	Life     time.Duration // of a dialogue, where the gateway in front keeps it for less than we would; 0: it does not
}

// Deps are what the service stands on.
type Deps struct {
	Releases *Releases
	Sessions session.Store
	Limiter  session.Limiter
	PerPhone session.Rule
	PerChan  session.Rule
	Writer   store.Writer
	Steps    store.Steps
	Book     *civic.Book
	Known    Known
	Keys     *identity.Keyring
	// LearnKeys takes up the data keys that other nodes have made; it is asked when something is sealed with an unknown one.
	LearnKeys func(context.Context) error
	Channels  map[string]Channel
	Life      time.Duration // of a dialogue after its last screen; 0: DialogueLife
	Now       func() time.Time
	Rand      io.Reader
	Log       *slog.Logger
}

// USSD answers dialogues.
type USSD struct{ Deps }

// NewUSSD returns the service.
func NewUSSD(d Deps) *USSD { return &USSD{d} }

// Handle answers one request. It always returns a screen: a failure of ours is a short "try again later" that ends the
// dialogue, because an error would reach people as "connection problem or invalid MMI code".
func (u *USSD) Handle(ctx context.Context, ev channel.USSD) (screen flows.Screen) {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			u.Log.Error("ussd step panicked", "channel", ev.Channel, "number", ev.Number, "panic", p)
			screen = u.Fault(FaultLater)
		}
	}()
	ch, ok := u.Channels[ev.Channel]
	if !ok {
		return u.Fault(FaultRequest)
	}
	c := &call{USSD: u, ev: ev, ch: ch, now: u.Now(), who: u.Keys.Pseudonym(ev.Number)}
	if !c.allowed(ctx) {
		return u.Fault(FaultBusy)
	}
	screen, err := c.answer(ctx)
	if err != nil {
		u.Log.Error("ussd step", "channel", ev.Channel, "number", ev.Number, "error", err)
		return u.Fault(FaultLater)
	}
	return screen
}

// Ended takes an end notice. It is a statistic; partial answers were written when they came.
func (u *USSD) Ended(ctx context.Context, n channel.EndNotice) {
	u.Log.DebugContext(ctx, "ussd ended", "channel", n.Channel, "number", n.Number, "status", n.Status)
}

// FaultKind names the screens of our own failures.
type FaultKind uint8

// The faults people can meet.
const (
	FaultLater   FaultKind = iota // the gateway cannot answer now
	FaultBusy                     // too many requests of one number
	FaultRequest                  // the request cannot be read
	FaultEnded                    // the dialogue is over
)

// Fault is the screen that ends a dialogue for a reason of ours, in the default language.
func (u *USSD) Fault(kind FaultKind) flows.Screen { return u.Releases.fault(kind) }

// life is how long a dialogue waits.
func (c *call) life() time.Duration {
	life := DialogueLife
	if c.Life > 0 {
		life = c.Life
	}
	if c.ch.Life > 0 {
		life = min(life, c.ch.Life)
	}
	return life
}

// allowed asks the rate limits. A limiter that cannot answer lets people through: it protects, it does not decide.
func (c *call) allowed(ctx context.Context) bool {
	for _, limit := range []struct {
		key  string
		rule session.Rule
	}{
		{session.PersonKey(c.who.Hex(), c.ch.Name, "rate"), c.PerPhone},
		{session.ChannelKey(c.ch.Name, "rate"), c.PerChan},
	} {
		if c.Limiter == nil || limit.rule.Unlimited() {
			continue
		}
		if d, err := c.Limiter.Allow(ctx, limit.key, limit.rule, c.now); err == nil && !d.Allowed {
			return false
		}
	}
	return true
}

// A call is one request under way.
type call struct {
	*USSD
	ev  channel.USSD
	ch  Channel
	now time.Time
	who identity.Pseudonym
	sid [16]byte // keyed hash of channel, provider session and number
	key string   // of the session store
}

func (c *call) answer(ctx context.Context) (flows.Screen, error) {
	c.identify()
	rec, err := c.Sessions.Load(ctx, c.key)
	switch {
	case errors.Is(err, session.ErrNotFound):
		return c.begin(ctx, 0)
	case err != nil:
		return flows.Screen{}, err
	}
	d, err := decodeDialogue(rec.Data)
	if err != nil {
		return c.begin(ctx, rec.Version) // another version of the program wrote it: the dialogue is lost
	}
	in := c.read(d)
	switch {
	case in.repeat:
		return c.shown(d)
	case d.ended && !in.restart:
		return c.Fault(FaultEnded), nil
	case in.restart:
		return c.restart(ctx, d, rec.Version)
	}
	return c.step(ctx, d, in.typed, rec.Version)
}

// resolver is what reads and acts for this caller.
func (c *call) resolver() flows.Resolver {
	return c.Book.For(civic.Caller{
		Number: c.ev.Number, Pseudonym: c.who, Channel: c.ch.Name, Source: "dial", Now: c.now,
	})
}

// drive answers every need of a run until it shows a screen or wants to write outside a transaction.
func drive(ctx context.Context, run *engine.Run, res flows.Resolver, mayWrite bool) (wantsWrite bool, err error) {
	for need := run.Next(); need != nil; need = run.Next() {
		if !need.Action {
			rows, err := res.Read(ctx, *need)
			if err != nil {
				return false, err
			}
			run.Got(rows)
			continue
		}
		if need.Effect == flows.Writes && !mayWrite {
			return true, nil
		}
		out, err := res.Act(ctx, *need)
		if err != nil {
			return false, err
		}
		run.Did(out)
	}
	return false, run.Err()
}

// learning opens something, and once more after learning the data keys of other nodes if its key is unknown.
func learning[T any](ctx context.Context, learn func(context.Context) error, open func() (T, error)) (T, error) {
	v, err := open()
	if !errors.Is(err, identity.ErrUnknownKey) || learn == nil {
		return v, err
	}
	if err := learn(ctx); err != nil {
		return v, fmt.Errorf("learn data keys: %w", err)
	}
	return open()
}

// readFull fills buf from the source of randomness.
func readFull(r io.Reader, buf []byte) (int, error) {
	n, err := io.ReadFull(r, buf)
	if err != nil {
		return n, fmt.Errorf("random bytes: %w", err)
	}
	return n, nil
}
