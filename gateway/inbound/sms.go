package inbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"baro/gateway/channel"
	"baro/gateway/civic"
	"baro/gateway/identity"
	"baro/locales"
	"baro/locales/charset"
	"baro/store"
	"baro/store/session"
)

// SMSLife is how long an SMS dialogue waits for the next message.
const SMSLife = 24 * time.Hour

const (
	claimFor   = 30 * time.Second // one handling of a message, after which another node may take it
	claimBatch = 128
	handlers   = 16
	maxTries   = 5
	sweepEvery = 5 * time.Second
	maxBatch   = 256
)

// Replies puts an answer into the outbox. It joins the transaction of ctx.
type Replies interface {
	Reply(ctx context.Context, r Reply) error
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
	Name    string
	Profile charset.Profile // limits of a whole screen, of one or several parts
	Bound   Bound
	Dial    string // the USSD string that leads to the same commune; "" where there is none
}

// SMSDeps are what the service stands on.
type SMSDeps struct {
	Releases *Releases
	Sessions session.Store
	Writer   store.Writer
	Inbox    store.Inbox
	Steps    store.Steps
	Consents store.Consents
	Counters store.Counters
	Replies  Replies
	Book     *civic.Book
	Known    Known
	Keys     *identity.Keyring
	Keywords *locales.Keywords
	Channels map[string]SMSChannel
	Holder   string
	Now      func() time.Time
	Rand     io.Reader
	Log      *slog.Logger
}

// SMS accepts messages, acknowledges them once they are stored, and handles each in a second transaction: effects, proof
// of the step, reply and the message's own state stand or fall together. A message accepted and not handled is found
// again by any node.
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

// ErrStopped says that the service no longer accepts messages.
var ErrStopped = errors.New("inbound: stopped")

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
		m, err := s.seal(mo)
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

func (s *SMS) seal(mo channel.MO) (store.Inbound, error) {
	phone, err := s.Keys.SealNumber(mo.From)
	if err != nil {
		return store.Inbound{}, err
	}
	body, err := s.Keys.Seal("message", encodeBody(mo))
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

// work claims and handles until nothing is left, then waits for a wake-up or the sweep.
func (s *SMS) work(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		for s.round(ctx) {
		}
		select {
		case <-s.wake:
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// round handles one batch of claims; of each sender only the oldest message, so that a person's messages keep their
// order on all nodes. It tells whether there was anything.
func (s *SMS) round(ctx context.Context) bool {
	now := s.Now()
	claimed, err := s.Inbox.Claim(ctx, store.Claim{Holder: s.Holder, Now: now, Until: now.Add(claimFor), Limit: claimBatch})
	if err != nil {
		if ctx.Err() == nil {
			s.Log.Error("claim messages", "error", err)
		}
		return false
	}
	var group sync.WaitGroup
	slots := make(chan struct{}, handlers)
	for _, m := range claimed {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			s.handle(context.WithoutCancel(ctx), m)
		})
	}
	group.Wait()
	return len(claimed) > 0
}

// handle takes one message to its end. A failure of ours gives it back; after maxTries it is set aside and shows in the
// figures.
func (s *SMS) handle(ctx context.Context, m store.Inbound) {
	ctx, cancel := context.WithTimeout(ctx, claimFor/2)
	defer cancel()
	err := s.guarded(ctx, m)
	if err == nil || store.CodeOf(err) == store.CodeConflict {
		return
	}
	s.Log.Error("handle a message", "channel", m.Channel, "message", m.ID, "try", m.Attempts, "error", err)
	if m.Attempts >= maxTries {
		err = s.Inbox.Finish(ctx, m.ID, s.Holder, store.InboundFailed, false, s.Now())
	} else {
		err = s.Inbox.Return(ctx, m.ID, s.Holder)
	}
	if err != nil {
		s.Log.Error("give a message back", "channel", m.Channel, "message", m.ID, "error", err)
	}
}

func (s *SMS) guarded(ctx context.Context, m store.Inbound) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return s.answer(ctx, m)
}
