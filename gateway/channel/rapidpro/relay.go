package rapidpro

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
	"baro/store"
)

// ErrUnfit says of a message that it can never be sent: no words, or more than its channel carries.
var ErrUnfit = errors.New("rapidpro: the message cannot be sent")

// RelayConfig is a RapidPro whose gateway we are.
type RelayConfig struct {
	Channel       string
	BaseURL       string // of RapidPro's channel, https://…/c/ex/UUID
	Authorization string // that RapidPro must bring; empty: none
	HTTP          httpsend.Options
	Timing        RelayTiming
	Reports       store.Relays
	Writer        store.Writer
	Keys          *identity.Keyring
	// Enqueue puts a message into the outbox; it joins the transaction of ctx. ErrUnfit is an error of its own.
	Enqueue func(ctx context.Context, m Outgoing) error
	// Stopped tells whether somebody wants nothing any more.
	Stopped func(ctx context.Context, p store.Pseudonym) (bool, error)
	// Hold waits for the right to report, which one node at a time has.
	Hold func(ctx context.Context) (lost <-chan struct{}, release func(), err error)
	Now  func() time.Time
	Log  *slog.Logger
}

// RelayTiming bounds waits. Zero values stand for the defaults named here.
type RelayTiming struct {
	Look time.Duration // between looks for what there is to tell, 500 ms
	Rest time.Duration // the longest wait while RapidPro is away, 1 min
}

// Outgoing is a message of RapidPro's for a person.
type Outgoing struct {
	ID     string // a UUID made of RapidPro's id: a repeat has the same
	Origin string
	To     identity.MSISDN
	Text   string
}

// A Relay takes what RapidPro sends, and tells it what became of that and what people send.
type Relay struct {
	RelayConfig
	base   string
	client *httpsend.Client
	wake   chan struct{}
	cancel context.CancelFunc
	wait   sync.WaitGroup
}

var _ channel.Router = (*Relay)(nil)

// NewRelay checks a configuration and reports all its faults at once, without its secrets.
func NewRelay(c RelayConfig) (*Relay, error) {
	var faults []error
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "http" && u.Scheme != "https" {
		faults = append(faults, errors.New("rapidpro: callback_url: the address of RapidPro's channel is expected, as in https://rapidpro.example/c/ex/UUID"))
	}
	if !line(c.Authorization) {
		faults = append(faults, errors.New("rapidpro: authorization: spans lines"))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if c.Timing.Look <= 0 {
		c.Timing.Look = 500 * time.Millisecond
	}
	if c.Timing.Rest <= 0 {
		c.Timing.Rest = time.Minute
	}
	return &Relay{RelayConfig: c, base: strings.TrimSuffix(c.BaseURL, "/"), client: httpsend.New(c.HTTP), wake: make(chan struct{}, 1)}, nil
}

// maxPeerID is the longest id of RapidPro's that is accepted, in bytes.
const maxPeerID = 64

// Route takes what RapidPro sends.
func (r *Relay) Route(ctx context.Context, path string, q *channel.Request) (channel.Response, error) {
	switch {
	case path != "/send":
		return channel.Response{Status: http.StatusNotFound}, nil
	case q.Method != http.MethodGet && q.Method != http.MethodPost && q.Method != http.MethodPut:
		return channel.Response{Status: http.StatusMethodNotAllowed}, nil
	}
	if r.Authorization != "" {
		want, got := sha256.Sum256([]byte(r.Authorization)), sha256.Sum256([]byte(q.Header("Authorization")))
		if subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
			return channel.Response{}, channel.ErrForged
		}
	}
	f, err := read(q)
	if err != nil {
		return channel.Response{}, err
	}
	id := strings.TrimSpace(first(f, "id", "uuid"))
	if id == "" || !wire.Plain(id, maxPeerID) {
		return channel.Response{}, wire.Invalid("id")
	}
	to, err := identity.Parse(f["to"])
	if err != nil {
		return refused("to"), nil
	}
	text := strings.ReplaceAll(f["text"], "\x00", "")
	if text == "" || len(text) > maxText {
		return refused("text"), nil
	}
	err = r.take(ctx, id, to, text)
	switch {
	case errors.Is(err, ErrUnfit):
		return refused("text"), nil
	case err != nil:
		return channel.Response{}, err
	}
	r.Wake()
	return answer(http.StatusOK, map[string]string{"id": id, "status": "queued"}), nil
}

// take stores a message and the wish to be told of it. Who said stop gets nothing; RapidPro is told so.
func (r *Relay) take(ctx context.Context, id string, to identity.MSISDN, text string) error {
	who, now := store.Pseudonym(r.Keys.Pseudonym(to)), r.Now()
	own := named("send", r.Channel, id)
	return r.Writer.Write(ctx, func(ctx context.Context) error {
		stopped, err := r.Stopped(ctx, who)
		if err != nil {
			return err
		}
		report := store.RelayReport{Channel: r.Channel, Kind: store.RelayState, PeerID: id, Message: own, Person: who, Created: now, Due: now}
		if !stopped {
			err = r.Enqueue(ctx, Outgoing{ID: own, Origin: "rapidpro:" + r.Channel + ":" + id, To: to, Text: text})
			if err != nil {
				return err
			}
			return r.Reports.Add(ctx, report)
		}
		if err := r.Forward(ctx, Inbound{From: to, Stopped: true, At: now}); err != nil {
			return err
		}
		return r.Reports.Add(ctx, report) // of no message: it failed
	})
}

// Inbound is what a person sent.
type Inbound struct {
	ID      string // of the message here, the same for a repeat
	From    identity.MSISDN
	Text    string
	At      time.Time
	Stopped bool // they want nothing any more
}

// payload is what of it waits under seal.
type payload struct {
	From string    `json:"from"`
	Text string    `json:"text,omitempty"`
	At   time.Time `json:"at"`
}

// payloadPurpose binds sealed payloads to their column.
const payloadPurpose = "relay_reports.payload"

// Forward notes what RapidPro is to be told; it joins the transaction of ctx.
func (r *Relay) Forward(ctx context.Context, m Inbound) error {
	text, err := json.Marshal(payload{m.From.E164(), m.Text, m.At.UTC()})
	if err != nil {
		return err
	}
	box, err := r.Keys.Seal(payloadPurpose, text)
	if err != nil {
		return fmt.Errorf("forward message: %w", err)
	}
	who := store.Pseudonym(r.Keys.Pseudonym(m.From))
	report := store.RelayReport{
		Channel: r.Channel, Kind: store.RelayReceive, PeerID: named("receive", m.ID), Person: who, Payload: store.Sealed(box), Created: m.At, Due: m.At,
	}
	if m.Stopped {
		report.Kind, report.PeerID = store.RelayStopped, hex.EncodeToString(who[:])
	}
	return r.Reports.Add(ctx, report)
}

// named is an id that is made of others, so that a repeat has the same.
func named(parts ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("rapidpro\x00"+strings.Join(parts, "\x00"))).String()
}

// Wake looks for something to tell now, after a commit.
func (r *Relay) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func refused(field string) channel.Response {
	return answer(http.StatusBadRequest, map[string]string{"error": field})
}

func answer(status int, body map[string]string) channel.Response {
	text, _ := json.Marshal(body) // words
	return channel.Response{Status: status, ContentType: "application/json", Body: text}
}
