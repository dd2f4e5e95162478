package inbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/civic"
	"baro/gateway/civic/callback"
	"baro/gateway/civic/profile"
	"baro/gateway/identity"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
	"baro/store/session"
)

// SMSLife is how long an SMS dialogue waits for the next message.
const SMSLife = 24 * time.Hour

// maxBatch bounds how many requests' messages are stored in one statement.
const maxBatch = 256

// Replies puts answers into the outbox.
type Replies interface {
	// Reply joins the transaction of ctx.
	Reply(ctx context.Context, replies ...Reply) error
	// Committed tells that a channel's replies can now be seen by whoever sends them.
	Committed(channel string)
}

// An Inbox keeps messages from acceptance to handling, and can end many at once.
type Inbox interface {
	store.Inbox
	// FinishAll moves messages their holder has claimed to handled; CodeConflict when the claim of any was lost.
	FinishAll(ctx context.Context, ids []int64, holder string, at time.Time) error
}

// ManySteps keeps the proofs of steps, and can take many at once.
type ManySteps interface {
	store.Steps
	// InsertAll takes all steps or none; CodeConflict when any is taken.
	InsertAll(ctx context.Context, steps []store.Step) error
}

// Calls keeps wishes to be called.
type Calls interface {
	// Ask tells whether the wish is new; it joins the transaction of ctx.
	Ask(ctx context.Context, w callback.Wish) (bool, error)
}

// Readers keeps what sending to somebody needs, with the consent to it.
type Readers interface {
	Allow(ctx context.Context, c civic.Caller, p profile.Permission, choice profile.Choice, lang string) error
}

// Answers understands what people send back after they were told something: "1" to "do you come?", or a question. It joins
// the transaction of ctx and gives the message to answer with; false for what is no answer.
type Answers interface {
	// Might tells from the words alone whether they could be an answer.
	Might(text string) bool
	Answer(ctx context.Context, c civic.Caller, text string) (message string, fields flows.Record, ok bool, err error)
}

// A Relay is another system behind some channels, which gets what people send.
type Relay interface {
	// Gets tells which messages of a channel it gets.
	Gets(channel string) Share
	// Forward joins the transaction of ctx.
	Forward(ctx context.Context, all ...Forwarded) error
	// Told tells that what was forwarded can now be seen.
	Told()
}

// Share is a part of a channel's messages.
type Share uint8

// The shares. What belongs to a sensitive branch is in none of them; a stop is told to whoever has a share.
const (
	ShareNone      Share = iota
	ShareUnclaimed       // what is no keyword and answers no dialogue of ours; we do not answer it then
	ShareAll
)

// Forwarded is a message that another system gets.
type Forwarded struct {
	Channel string
	ID      string // of the message, the same for a repeat
	From    identity.MSISDN
	Text    string
	At      time.Time
	Stopped bool // its sender wants nothing any more
}

// A Reply is an answer to one message, already in the channel's letters.
type Reply struct {
	Channel string
	To      identity.MSISDN
	Text    string
	Lang    string // it is written in
	Commune store.PlaceID
	Scrub   bool // drop the text once it is sent
}

// An SMSChannel is what inbound must know of a configured SMS channel.
type SMSChannel struct {
	Name     string
	Profile  charset.Profile // limits of a whole screen, of one or several parts
	Bound    Bound
	Callback bool   // somebody does call back
	Dial     string // the USSD string that leads to the same commune; "" where there is none
}

// SMSDeps are what the service stands on.
type SMSDeps struct {
	Releases *Releases
	Sessions session.Store
	Writer   store.Writer
	Inbox    Inbox
	Steps    ManySteps
	Consents store.Consents
	Counters store.Counters
	Calls    Calls
	Replies  Replies
	Book     *civic.Book
	Known    Known
	Readers  Readers // nil: START notes the consent alone
	Relay    Relay   // nil: nobody else gets messages
	Answers  Answers // nil: nothing that was told is answered by a bare word
	Keys     *identity.Keyring
	// LearnKeys takes up the data keys that other nodes have made; it is asked when something is sealed with an unknown one.
	LearnKeys func(context.Context) error
	Keywords  *locales.Keywords
	Limiter   session.Limiter // nil: no limits
	PerPhone  session.Rule
	PerChan   session.Rule
	Channels  map[string]SMSChannel
	Holder    string
	Now       func() time.Time
	Rand      io.Reader
	Log       *slog.Logger
}

// SMS accepts messages, acknowledges them once they are stored, and handles them in a second transaction: effects, proof
// of the step, reply and the message's own state stand or fall together. Messages whose steps write nothing else share a
// transaction. A message accepted and not handled is found again by any node.
type SMS struct {
	SMSDeps
	incoming chan *batchEntry
	wake     chan struct{}
	cancel   context.CancelFunc
	wait     sync.WaitGroup
	once     sync.Once
}

// NewSMS returns the service; Start lets it handle.
func NewSMS(d SMSDeps) *SMS {
	return &SMS{SMSDeps: d, incoming: make(chan *batchEntry), wake: make(chan struct{}, 1)}
}

// Start begins to store and handle messages.
func (s *SMS) Start(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx)
	s.wait.Go(func() { s.store(ctx) })
	s.wait.Go(func() { s.work(ctx) })
}

// Stop refuses new messages and waits for those in work.
func (s *SMS) Stop() {
	s.once.Do(func() {
		if s.cancel != nil {
			s.cancel()
			s.wait.Wait()
		}
	})
}

// ErrBusy says that a channel brings more than its limit; the provider is to try again.
var ErrBusy = errors.New("inbound: the channel is over its limit")

// A batchEntry is one request's messages on their way into the database.
type batchEntry struct {
	messages []store.Inbound
	done     chan error
}

// Accept stores messages and returns when that is durable: only then may the provider be answered. Messages of many
// requests share one statement. Messages of operators (short senders) are dropped: nothing is stored, nothing answered.
func (s *SMS) Accept(ctx context.Context, mos []channel.MO) error {
	entry := &batchEntry{done: make(chan error, 1)}
	for _, mo := range mos {
		if mo.From.IsZero() {
			continue
		}
		if !s.within(ctx, session.ChannelKey(mo.Channel, "sms-rate"), s.PerChan) {
			return ErrBusy
		}
		quiet := !s.within(ctx, session.PersonKey(s.Keys.Pseudonym(mo.From).Hex(), mo.Channel, "sms-rate"), s.PerPhone)
		m, err := s.seal(mo, quiet)
		if err != nil {
			return fmt.Errorf("accept a message: %w", err)
		}
		entry.messages = append(entry.messages, m)
	}
	if len(entry.messages) == 0 {
		return nil
	}
	select {
	case s.incoming <- entry:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-entry.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// within asks a limit. A limiter that cannot answer lets messages through.
func (s *SMS) within(ctx context.Context, key string, rule session.Rule) bool {
	if s.Limiter == nil || rule.Unlimited() {
		return true
	}
	d, err := s.Limiter.Allow(ctx, key, rule, s.Now())
	return err != nil || d.Allowed
}

func (s *SMS) seal(mo channel.MO, quiet bool) (store.Inbound, error) {
	phone, err := s.Keys.SealNumber(mo.From)
	if err != nil {
		return store.Inbound{}, err
	}
	body, err := s.Keys.Seal("message", encodeBody(mo, quiet))
	if err != nil {
		return store.Inbound{}, err
	}
	return store.Inbound{
		Channel: mo.Channel, ExternalID: mo.ExternalID, Commune: store.PlaceID(s.Channels[mo.Channel].Bound.commune(0)),
		Sender: store.Pseudonym(s.Keys.Pseudonym(mo.From)), Phone: store.Sealed(phone), Body: store.Sealed(body),
		Received: s.Now(), State: store.InboundReceived,
	}, nil
}

// store is the one writer of accepted messages: whatever arrived while the last statement ran goes into the next.
func (s *SMS) store(ctx context.Context) {
	for {
		var batch []*batchEntry
		select {
		case e := <-s.incoming:
			batch = append(batch, e)
		case <-ctx.Done():
			return
		}
		for more := true; more && len(batch) < maxBatch; {
			select {
			case e := <-s.incoming:
				batch = append(batch, e)
			default:
				more = false
			}
		}
		var all []store.Inbound
		for _, e := range batch {
			all = append(all, e.messages...)
		}
		_, err := s.Inbox.Accept(context.WithoutCancel(ctx), all)
		for _, e := range batch {
			e.done <- err
		}
		if err == nil {
			s.Wake()
		}
	}
}

// Wake looks for messages to handle now: after an insert here, or on another node's word.
func (s *SMS) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
