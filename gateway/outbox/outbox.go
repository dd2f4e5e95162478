// Package outbox sends what the gateway has to say. The row in the database is the truth: a message is claimed under a
// lease, marked as begun, handed to its provider once, and what became of it is recorded. A message that may have reached
// its provider is never sent again; it waits for a receipt and ends unconfirmed without one.
//
// Each channel has one pump that claims and paces, some senders that wait for the provider, and one recorder that writes
// results down in groups. Replies go before notices and notices before broadcasts, but neither of the later ones stands
// still: among what a pump holds every lane gets its turn, and a share of the channel's pace is kept free for replies.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/store"
)

// Defaults of a Channel and of the service.
const (
	DefaultReplyShare       = 0.25
	DefaultConcurrency      = 8
	DefaultTimeout          = 15 * time.Second
	DefaultLease            = 5 * time.Minute
	DefaultUnconfirmedAfter = 2 * time.Minute
	DefaultLife             = 24 * time.Hour // of a message that names no expiry

	poll         = time.Second     // between looks at a quiet outbox; every enqueuing wakes the pump at once
	care         = 5 * time.Second // between looks for what has run out
	storeTimeout = 10 * time.Second
	stopGrace    = 2 * time.Second // for providers to notice that their context has ended
)

// A Channel is one way out.
type Channel struct {
	Name             string
	Provider         channel.SMSProvider
	TPS              float64              // message parts per second; 0: as fast as the provider answers
	Bound            func() store.PlaceID // the commune whose messages it carries, 0 while that is not known; nil: everybody's
	Reach            []string             // prefixes of the numbers it carries messages to, with the country code and without "+"; none: all
	Cost             int64                // of a message part, in thousandths of a franc; 0: not known
	Prefixes         []Prefix             // paces of operators within the channel's
	ReplyShare       float64              // of the pace, kept for replies; 0: DefaultReplyShare
	Concurrency      int                  // calls at a time
	Timeout          time.Duration        // of one call
	Lease            time.Duration        // how long a claimed message is this node's
	UnconfirmedAfter time.Duration        // how long a doubtful message may wait for its receipt; at most Lease
	Ready            func() bool          // whether this node may use the channel now (it holds the bind); nil: always
	Elsewhere        bool                 // where it is not ready here another node may have it: that is no trouble, see Deps.Standing
}

// Consents is where an opt-out at a provider is written down; store.Consents has it.
type Consents interface {
	Withdraw(ctx context.Context, p store.Pseudonym, purpose store.Purpose, at time.Time) error
}

// A Bell wakes the pumps of all nodes. Without one they find a message of another node at their next look.
type Bell interface {
	// Ring tells that a channel has work. Within a transaction it is heard after the commit, or never.
	Ring(ctx context.Context, channel string) error
	// Heard gives the channels that were rung for, until ctx ends.
	Heard(ctx context.Context) <-chan string
}

// Deps are what the service stands on.
type Deps struct {
	Writer   store.Writer
	Outbox   store.Outbox
	Care     store.OutboxCare
	Moves    store.OutboxMoves // nil: messages stay on the channel they were queued for
	Receipts store.Receipts
	Consents Consents
	Keys     *identity.Keyring
	Bell     Bell // may be nil
	// Quiet tells whether messages that honour quiet hours may not be sent at now, and until when; nil: they always may.
	Quiet func(now time.Time) (until time.Time, quiet bool)
	// Standing gives the channels over which some node may send now. It is asked about those that another node may have;
	// nil: they never count as down for want of a connection.
	Standing func(ctx context.Context) (map[string]bool, error)

	Node  string // for the eyes of operators
	NewID func() string
	Now   func() time.Time
	Rand  func() float64 // jitter, in [0, 1)
	Log   *slog.Logger
}

// Service owns the pumps. Enqueue and Record work before Start and after Stop.
type Service struct {
	Deps
	run    string // told apart from other runs of this node in leases
	claims atomic.Int64
	pumps  map[string]*pump
	order  []*pump

	mu      sync.Mutex
	started bool
	stopped bool
	quit    chan struct{} // intake ends
	hard    context.Context
	giveUp  context.CancelFunc // calls in flight end
	wait    sync.WaitGroup
	keeping sync.WaitGroup
}

// New checks the channels and reports all faults at once.
func New(d Deps, channels ...Channel) (*Service, error) {
	s := &Service{Deps: d, run: d.NewID(), pumps: make(map[string]*pump), quit: make(chan struct{})}
	s.hard, s.giveUp = context.WithCancel(context.Background())
	var faults []error
	for _, c := range channels {
		c.setDefaults()
		switch {
		case c.Name == "" || c.Provider == nil:
			faults = append(faults, errors.New("outbox: a channel needs a name and a provider"))
			continue
		case s.pumps[c.Name] != nil:
			faults = append(faults, fmt.Errorf("outbox: channel %s is there twice", c.Name))
		case c.TPS < 0, c.ReplyShare < 0, c.ReplyShare > 0.9:
			faults = append(faults, fmt.Errorf("outbox: channel %s: a pace of at least 0 with a share of at most 0.9 for replies is expected", c.Name))
		case c.UnconfirmedAfter > c.Lease, c.Timeout >= c.Lease:
			faults = append(faults, fmt.Errorf("outbox: channel %s: the lease must outlast a call and the wait for its receipt", c.Name))
		}
		for _, x := range c.Prefixes {
			if x.TPS <= 0 || x.Digits == "" || strings.Trim(x.Digits, "0123456789") != "" {
				faults = append(faults, fmt.Errorf("outbox: channel %s: a prefix needs its digits and a pace", c.Name))
			}
		}
		p := newPump(s, c)
		s.pumps[c.Name] = p
		s.order = append(s.order, p)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return s, nil
}

// Start begins to send. A second Start, or one after Stop, does nothing.
func (s *Service) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started || s.stopped {
		return
	}
	s.started = true
	for _, p := range s.order {
		p.start(&s.wait)
	}
	s.keeping.Go(s.keep)
	if s.Bell != nil {
		s.keeping.Go(s.listen)
	}
}

// Stop ends the intake, gives leases back, lets calls in flight finish until ctx ends, and records what became of them.
// Calls that ctx cuts short end unconfirmed. It may be called twice, and together with itself.
func (s *Service) Stop(ctx context.Context) error {
	s.mu.Lock()
	if !s.stopped {
		s.stopped = true
		close(s.quit)
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		s.wait.Wait()
		s.keeping.Wait()
		close(done)
	}()
	select {
	case <-done:
		s.giveUp()
		return nil
	case <-ctx.Done():
	}
	s.giveUp()
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	select {
	case <-done:
		return nil
	case <-grace.C:
		return fmt.Errorf("stop outbox: calls still run: %w", ctx.Err())
	}
}

// Wake makes a channel's pump look for work. Enqueue does it by itself; a caller whose Enqueue joined a transaction may do
// it again after the commit, before which PostgreSQL shows nobody the rows.
func (s *Service) Wake(name string) {
	if p := s.pumps[name]; p != nil {
		signal(p.woken)
	}
}

// listen carries the bell of other nodes to the pumps.
func (s *Service) listen() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	heard := s.Bell.Heard(ctx)
	for {
		select {
		case <-s.quit:
			return
		case name, ok := <-heard:
			if !ok {
				return
			}
			s.Wake(name)
		}
	}
}

// keep ends what has run out, as long as the service runs.
func (s *Service) keep() {
	tick := time.NewTicker(care)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(s.hard, storeTimeout)
		s.lookElsewhere(ctx)
		found, err := s.Reconcile(ctx)
		cancel()
		if err != nil {
			s.Log.Error("outbox not tidied", "error", err)
		}
		if found.Returned+found.Unconfirmed > 0 {
			s.Log.Warn("leases ran out", "returned", found.Returned, "unconfirmed", found.Unconfirmed)
		}
		select {
		case <-s.quit:
			return
		case <-tick.C:
		}
	}
}

func (c *Channel) setDefaults() {
	if c.ReplyShare == 0 {
		c.ReplyShare = DefaultReplyShare
	}
	if c.Concurrency <= 0 {
		c.Concurrency = DefaultConcurrency
	}
	if c.Timeout <= 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Lease <= 0 {
		c.Lease = DefaultLease
	}
	if c.UnconfirmedAfter <= 0 {
		c.UnconfirmedAfter = min(DefaultUnconfirmedAfter, c.Lease)
	}
}

// signal leaves one wake-up behind; more of them say no more.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
