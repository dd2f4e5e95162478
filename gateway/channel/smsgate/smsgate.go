// Package smsgate sends and receives over Android phones that run the app SMS Gateway for Android. A phone dials out to us
// (Server, the app's private-server mode) and fetches what it is to send, or we call the app on the local network or the
// app's cloud (Client). In all modes the app reports by signed webhooks.
//
// A message goes to the app under our own id. The app takes an id once, so that handing it out again is harmless; what a
// phone has fetched and never spoken of is in doubt all the same, and no other phone gets it.
package smsgate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/locales/charset"
	"baro/store"
)

// Config is one channel.
type Config struct {
	Channel string
	BaseURL string // of the channel's hooks as phones reach them, without a slash at the end
	// SigningKey signs the app's webhooks. A Server derives one for each phone when it is empty.
	SigningKey string
	SIMs       []int // slots to send from, 1 to 3; empty: as the phone chooses
	Profile    charset.Profile
	Now        func() time.Time
	Log        *slog.Logger

	// Of a Server.
	Token    string // the app's private token: with it phones register
	Limits   Limits // of each SIM
	Phones   store.Phones
	Offers   store.PhoneOffers
	Writer   store.Writer
	NewToken func() string // for phones; not to be guessed
	Timing   Timing

	// Of a Client.
	APIURL             string // http://192.168.1.20:8080, or https://api.sms-gate.app/3rdparty/v1
	Username, Password string
	HTTP               httpsend.Options
}

// Limits are message parts that one SIM may send; 0: no limit. Operators bar a card that sends like a machine.
type Limits struct{ PerMinute, PerHour, PerDay int }

// Timing bounds waits. Zero values stand for the defaults named here.
type Timing struct {
	KeepAlive time.Duration // between signs of life on an event stream, 15 s
	Look      time.Duration // between looks into the database for what other nodes did, 1 s
	Fetch     time.Duration // a phone has to fetch what lies ready, 30 s; then it is taken back
	Answer    time.Duration // a phone has to speak of what it fetched, 60 s; then it is in doubt
	Absence   time.Duration // a node whose phones are gone keeps the channel, 10 s: they come back after 5
	Stream    time.Duration // an event stream lasts, 5 min: a phone that vanished leaves one that looks alive
	Poll      time.Duration // a phone without a stream waits for messages, 2 s: its own patience is 5 s
}

// Least and most of what is configured.
const (
	minToken = 16 // characters: the token lets phones in, and its fingerprint is kept
	maxSIM   = 3
)

// presence is how recent a phone's last contact must be for messages to be laid ready for it. A stream is a contact every
// KeepAlive.
const presence = 40 * time.Second

func (c *Config) check() (faults []error) {
	wrong := func(key, why string) { faults = append(faults, fmt.Errorf("smsgate: %s: %s", key, why)) }
	for _, sim := range c.SIMs {
		if sim < 1 || sim > maxSIM {
			wrong("sims", "slots are counted from 1 to 3")
		}
	}
	if c.Limits.PerMinute < 0 || c.Limits.PerHour < 0 || c.Limits.PerDay < 0 {
		wrong("limits", "a limit is 0 or more")
	}
	if c.BaseURL == "" {
		wrong("public_url", "is missing: the app has to be told where to report")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if len(c.SIMs) == 0 {
		c.SIMs = []int{0}
	}
	for _, d := range []struct {
		set   *time.Duration
		value time.Duration
	}{
		{&c.Timing.KeepAlive, 15 * time.Second}, {&c.Timing.Look, time.Second}, {&c.Timing.Fetch, 30 * time.Second},
		{&c.Timing.Answer, time.Minute}, {&c.Timing.Absence, 10 * time.Second}, {&c.Timing.Stream, 5 * time.Minute}, {&c.Timing.Poll, 2 * time.Second},
	} {
		if *d.set <= 0 {
			*d.set = d.value
		}
	}
	return faults
}

// Handlers is what stands behind a Server.
type Handlers struct {
	Record func(ctx context.Context, receipts ...channel.Receipt) error // returns when the receipts are durable
	Open   func(row store.Outbound) (channel.MT, error)                 // takes a message of the outbox out of its seals
	Hold   Hold                                                         // nil: this is the only node
	Wake   func()                                                       // messages may be claimed from now on; may be nil
}

// Hold waits until this node may lay messages ready for the channel's phones, which one node at a time may. Its error is
// that of ctx.
type Hold func(ctx context.Context) (Held, error)

// Held is that right.
type Held struct {
	Lost    <-chan struct{}                 // closed when it is lost
	Check   func(ctx context.Context) error // nil while it stands; within a transaction it stands until its end
	Release func()
}

// Condition is how a channel's phones fare.
type Condition uint8

// The conditions.
const (
	Well   Condition = iota
	Ailing           // a phone is away, runs low or complains
	Gone             // no phone has been heard of for a while
)

// How long a phone may be silent, and how low its battery may be.
const (
	silentAiling = 2 * time.Minute
	silentGone   = 10 * time.Minute
	lowBattery   = 15
)

var errNothing = errors.New("smsgate: nothing to send")
