// Package server is where HTTP meets baro: it owns the listener, the limits of what is read from strangers, the routes and
// the life cycle. Fiber's types stop here; everything behind gets copies, because fiber reuses a request's memory for the
// next one.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/watch"
	"baro/gateway/console"
	"baro/gateway/console/public"
	"baro/gateway/server/page"
)

// Dialogues answers USSD. Handle always has a screen; it gets a context that ends at the hard stop of a request.
type Dialogues interface {
	Handle(ctx context.Context, ev channel.USSD) flows.Screen
	Ended(ctx context.Context, n channel.EndNotice)
}

// Fault names what the server itself has to tell a caller.
type Fault uint8

// The faults of the server.
const (
	FaultLater   Fault = iota // nothing can be answered now
	FaultRequest              // the provider's request cannot be read
)

// Options are what a server is made of. Zero durations and sizes stand for the defaults named here.
type Options struct {
	Listen    string // host:port; port 0 takes a free one
	PublicURL string // origin that people and providers reach; https adds Strict-Transport-Security
	Channels  []Channel
	Dialogues Dialogues
	Messages  Messages                 // nil when no channel has SMS
	Fault     func(Fault) flows.Screen // END screens in the default language
	Checks    []Check                  // dependencies, for /readyz
	Phone     *Phone                   // the phone in the browser; nil: there is none
	Public    *public.Pages            // the communes' pages for everybody; nil: there are none
	Console   *console.Console         // the pages of those who work here; nil: there are none

	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Metrics        *prometheus.Registry
	Watch          *watch.Watch // remembers what channels exchanged; nil: one that nobody reads
	Log            *slog.Logger
	Now            func() time.Time

	Deadline     time.Duration // hard stop of a USSD request, 5 s: providers give up at 10 s, people sooner
	ReadTimeout  time.Duration // for a whole request, 5 s
	WriteTimeout time.Duration // for a whole answer, 10 s
	IdleTimeout  time.Duration // of a kept-alive connection, 60 s
	ProbeTimeout time.Duration // of one check of /readyz, 2 s
	BodyLimit    int           // of other pages than hooks, in bytes; 64 kB
}

// Limits of what is read from strangers, in bytes.
const (
	HookBodyLimit = 64 << 10 // the largest callback known has some 2 kB
	headerLimit   = 8 << 10  // request line and headers together
)

// Server serves baro over HTTP. It is started once and stopped for good.
type Server struct {
	Options
	app      *fiber.App
	home     *page.Home
	channels map[string]*hook
	meters   *meters
	readier  *readiness
	conns    *connections

	base     context.Context // of every step; ends with the server
	stopWork context.CancelFunc
	flowing  context.Context // of streams; ends when the server begins to stop
	stopFlow context.CancelFunc
	steps    sync.WaitGroup
	draining atomic.Bool

	mu      sync.Mutex
	started bool
	ln      net.Listener
	stop    sync.Once
	stopErr error
	served  chan struct{}
	err     error // of serving, once served is closed
}

// ErrStarted is returned by a second Start.
var ErrStarted = errors.New("server: started before")

// New checks the options and lays out the routes. Nothing listens yet.
func New(o Options) (*Server, error) {
	setDefaults(&o)
	switch {
	case o.Dialogues == nil || o.Fault == nil || o.Log == nil || o.Now == nil:
		return nil, errors.New("new server: Dialogues, Fault, Log and Now are needed")
	}
	for _, ch := range o.Channels {
		if ch.SMS != nil && o.Messages == nil {
			return nil, fmt.Errorf("new server: channel %s has SMS and nobody takes messages", ch.Name)
		}
	}
	home, err := page.New()
	if err != nil {
		return nil, fmt.Errorf("new server: %w", err)
	}
	s := &Server{Options: o, home: home, conns: newConnections(), served: make(chan struct{})}
	if s.channels, err = newHooks(o.Channels); err != nil {
		return nil, fmt.Errorf("new server: %w", err)
	}
	if s.meters, err = newMeters(o.Metrics, o.Watch); err != nil {
		return nil, fmt.Errorf("new server: %w", err)
	}
	s.readier = newReadiness(o.Checks, o.Channels, o.ProbeTimeout, o.Now)
	s.base, s.stopWork = context.WithCancel(context.Background())
	s.flowing, s.stopFlow = context.WithCancel(s.base)
	if s.app, err = s.routes(); err != nil {
		return nil, fmt.Errorf("new server: %w", err)
	}
	return s, nil
}

// Start listens and serves in the background. The address is taken when it returns.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return ErrStarted
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.started, s.ln = true, ln
	go func() {
		defer close(s.served)
		if err := s.app.Listener(ln); err != nil {
			s.err = fmt.Errorf("serve: %w", err)
		}
	}()
	return nil
}

// Addr is the address that is listened on, nil before Start.
func (s *Server) Addr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ln == nil {
		return nil
	}
	return s.ln.Addr()
}

// Done is closed when the server no longer serves; Err then says why.
func (s *Server) Done() <-chan struct{} { return s.served }

// Err is the failure that ended serving, nil while it serves and after Stop.
func (s *Server) Err() error {
	select {
	case <-s.served:
		return s.err
	default:
		return nil
	}
}

// Drain makes /readyz answer 503, so that a load balancer sends new requests elsewhere. Requests are still answered.
func (s *Server) Drain() { s.draining.Store(true) }

// Stop drains, closes the listener, waits for the requests under way and for their steps, and then closes what is left.
// It returns when all is over or ctx ends; the error then says that something was cut off. Later calls return the same.
func (s *Server) Stop(ctx context.Context) error {
	s.stop.Do(func() { s.stopErr = s.shutdown(ctx) })
	return s.stopErr
}

func (s *Server) shutdown(ctx context.Context) error {
	s.Drain()
	defer s.stopWork()
	s.stopFlow() // a stream has no end of its own, and would be waited for
	s.mu.Lock()
	ln := s.ln
	s.started = true // a server that was stopped does not start any more
	s.mu.Unlock()
	if ln == nil {
		close(s.served)
		return nil
	}
	s.conns.hurryIdle(time.Now())
	err := s.app.ShutdownWithContext(ctx)
	_ = ln.Close() // closed already, unless serving had not yet begun
	s.stopWork()   // a step that outlived its request has nobody to answer
	s.conns.closeAll()
	if err != nil {
		return fmt.Errorf("stop server: %w", err)
	}
	finished := make(chan struct{})
	go func() {
		s.steps.Wait()
		<-s.served
		close(finished)
	}()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop server: steps under way: %w", ctx.Err())
	}
}

func setDefaults(o *Options) {
	for _, d := range []struct {
		set   *time.Duration
		value time.Duration
	}{
		{&o.Deadline, 5 * time.Second}, {&o.ReadTimeout, 5 * time.Second}, {&o.WriteTimeout, 10 * time.Second},
		{&o.IdleTimeout, time.Minute}, {&o.ProbeTimeout, 2 * time.Second},
	} {
		if *d.set <= 0 {
			*d.set = d.value
		}
	}
	if o.BodyLimit <= 0 {
		o.BodyLimit = HookBodyLimit
	}
	if o.Metrics == nil {
		o.Metrics = prometheus.NewRegistry()
	}
	if o.Watch == nil {
		o.Watch = watch.New(o.Now)
	}
}

// encrypted reports whether people reach the server by https.
func (s *Server) encrypted() bool { return strings.HasPrefix(s.PublicURL, "https://") }
