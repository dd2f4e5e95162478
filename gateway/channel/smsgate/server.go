package smsgate

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"baro/gateway/channel"
	"baro/locales/charset"
	"baro/store"
)

// Server is the server that the app's phones dial, for one channel. Everything that phones ask is answered from the
// database, so that it does not matter which node they reach; only the node that holds the channel lays messages ready.
type Server struct {
	Config
	handlers Handlers
	admitted [sha256.Size]byte // fingerprint of the token
	lines    *lines
	waiters  *waiters
	held     atomic.Pointer[Held]

	started  atomic.Bool
	open     atomic.Bool // handlers are there
	quit     chan struct{}
	drain    sync.Once
	work     context.Context // of looks into the database
	stopWork context.CancelFunc
	wait     sync.WaitGroup
}

var (
	_ channel.SMSProvider = (*Server)(nil)
	_ channel.Router      = (*Server)(nil)
)

// NewServer checks a configuration and reports all its faults at once, without its secrets.
func NewServer(c Config) (*Server, error) {
	faults := c.check()
	if len(c.Token) < minToken {
		faults = append(faults, fmt.Errorf("smsgate: token: %d characters or more are needed", minToken))
	}
	if c.Phones == nil || c.Offers == nil || c.Writer == nil || c.NewToken == nil {
		faults = append(faults, errors.New("smsgate: a store and a source of tokens are needed"))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	s := &Server{
		Config: c, admitted: sha256.Sum256([]byte("smsgate token\x00" + c.Token)), lines: newLines(), waiters: newWaiters(), quit: make(chan struct{}),
	}
	s.work, s.stopWork = context.WithCancel(context.Background())
	return s, nil
}

// Start begins to take messages for the phones. It may be called once; phones are answered from then on.
func (s *Server) Start(h Handlers) {
	if !s.started.CompareAndSwap(false, true) {
		return
	}
	if h.Wake == nil {
		h.Wake = func() {}
	}
	s.handlers = h
	s.open.Store(true)
	s.wait.Go(s.supervise)
	s.wait.Go(s.watch)
}

// Drain takes back what no phone has fetched yet, and waits shortly for word of the rest. It is called before the outbox
// stops, which waits for the messages under way.
func (s *Server) Drain() { s.drain.Do(func() { close(s.quit) }) }

// Stop drains and gives the channel up. It may be called twice.
func (s *Server) Stop() {
	s.Drain()
	s.stopWork()
	s.wait.Wait()
}

// Ready is true while this node may lay messages ready and has phones to fetch them.
func (s *Server) Ready() bool {
	select {
	case <-s.quit:
		return false
	default:
		return s.held.Load() != nil && s.lines.present(time.Now())
	}
}

// Condition looks at all phones of the channel that are in use.
func (s *Server) Condition(ctx context.Context) (Condition, error) {
	phones, err := s.Phones.List(ctx, s.Channel)
	if err != nil {
		return Gone, err
	}
	now, worst, best := s.Now(), Well, Gone
	for _, p := range phones {
		if !p.DisabledAt.IsZero() {
			continue
		}
		c := condition(p, now)
		worst, best = max(worst, c), min(best, c)
	}
	switch {
	case best == Gone:
		return Gone, nil
	case worst != Well:
		return Ailing, nil
	}
	return Well, nil
}

func condition(p store.Phone, now time.Time) Condition {
	silent := now.Sub(p.LastSeen)
	switch {
	case silent > silentGone:
		return Gone
	case silent > silentAiling, p.Health.Verdict == "fail", p.Health.Battery != nil && *p.Health.Battery < lowBattery:
		return Ailing
	}
	return Well
}

// Profile is what the channel carries.
func (s *Server) Profile() charset.Profile { return s.Config.Profile }

// DecodeMO reads a webhook of a phone.
func (s *Server) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	e, _, err := s.read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	return e.message(s.Channel, r.Body), taken(), nil
}

// DecodeReceipts reads what a phone says of a message. A phone speaks for the messages that were offered to it alone.
func (s *Server) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	e, phone, err := s.read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	receipt, ok := e.receipt(s.Channel)
	if !ok {
		return nil, taken(), nil
	}
	ctx, cancel := context.WithTimeout(s.work, lookTimeout)
	defer cancel()
	own, err := s.Offers.Answer(ctx, s.Channel, phone, []string{receipt.OurID}, s.Now())
	if err != nil {
		return nil, channel.Response{}, err
	}
	if len(own) == 0 {
		return nil, taken(), nil
	}
	s.waiters.tell(receipt.OurID)
	return []channel.Receipt{receipt}, taken(), nil
}

// lookTimeout bounds questions to the database that no caller bounds.
const lookTimeout = 3 * time.Second

// read proves a webhook: its address names the phone, whose key signs it, and which must be in use.
func (s *Server) read(r *channel.Request) (envelope, string, error) {
	id := r.Query.Get(phoneParameter)
	if !plain(id) {
		return envelope{}, "", channel.ErrForged
	}
	if err := verify(r, s.signingKey(id), s.Now()); err != nil {
		return envelope{}, "", err
	}
	ctx, cancel := context.WithTimeout(s.work, lookTimeout)
	defer cancel()
	phone, err := s.Phones.Get(ctx, s.Channel, id)
	switch {
	case store.CodeOf(err) == store.CodeNotFound, err == nil && !phone.DisabledAt.IsZero():
		return envelope{}, "", channel.ErrForged
	case err != nil:
		return envelope{}, "", err
	}
	e, err := readEnvelope(r.Body)
	return e, id, err
}

// phoneParameter names the phone in the addresses of its webhooks.
const phoneParameter = "phone"

// signingKey is the key that a phone signs its webhooks with. Each has its own, so that one that was lost cannot speak for
// the others.
func (s *Server) signingKey(phone string) string {
	if s.SigningKey != "" {
		return s.SigningKey
	}
	mac := hmac.New(sha256.New, []byte(s.Token))
	mac.Write([]byte("smsgate signing key\x00" + s.Channel + "\x00" + phone))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
