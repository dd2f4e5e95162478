package smpp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"baro/gateway/channel/smpp/pdu"
	"baro/locales/charset"
)

// Words of the configuration; "" is the first of each kind.
const (
	Transceiver = "transceiver" // one connection both ways
	Pair        = "pair"        // a transmitter and a receiver

	AlphabetGSM7   = "gsm7" // what data_coding 0 means to this operator
	AlphabetLatin1 = "latin1"
	AlphabetASCII  = "ascii"
	AlphabetUTF8   = "utf8"

	LongUDH8    = "udh8" // how long messages are cut
	LongUDH16   = "udh16"
	LongSAR     = "sar"
	LongPayload = "payload"

	ReceiptsEvery = "every" // which parts of a long message get a receipt
	ReceiptsFirst = "first"
	ReceiptsLast  = "last"

	IDAuto   = "auto"    // as text, and hexadecimal against decimal either way
	IDString = "string"  // only as text
	IDHexDec = "hex-dec" // hexadecimal in the answer, decimal in the receipt
	IDDecHex = "dec-hex"
)

// Config is one channel. What is zero gets a default.
type Config struct {
	Channel    string
	Address    string      // host:port
	TLS        *tls.Config // nil: without
	SystemID   string
	Password   string
	SystemType string
	Mode       string  // Transceiver or Pair
	Binds      int     // that the contract allows; 1
	Window     int     // unanswered submits of one bind, at most MaxWindow; 10
	TPS        float64 // messages per second over all binds; 0: as the window goes

	From        string     // sender of SMS
	Source      *Numbering // of From; nil: by its look
	Destination *Numbering // of phones; nil: international, E.164

	Alphabet string
	Long     string
	Receipts string
	IDFormat string
	Profile  charset.Profile

	USSD *Dialect // nil: SMS only
	Code string   // the service code as people dial it, so that what follows it is known

	Timing Timing

	Now   func() time.Time
	Rand  func() float64 // jitter, in [0, 1)
	NewID func() string  // external ids of messages, which SMPP has none for
	Log   *slog.Logger
}

// MaxWindow is the widest window.
const MaxWindow = 1000

// Timing holds every patience of a channel.
type Timing struct {
	Dial     time.Duration // of TCP and TLS; 10 s
	Answer   time.Duration // to bind, enquire_link and unbind; 10 s
	Response time.Duration // to a submit, after which it is doubtful; 30 s
	Late     time.Duration // an answer is still understood this long after; 5 min
	Enquire  time.Duration // of silence before a life sign; 30 s
	Leave    time.Duration // for answers after the peer's unbind; 5 s
	Backoff  Backoff       // between attempts to bind; 1 s to 30 s
	Refused  Backoff       // after the peer refused the account: operators lock it; 1 min to 10 min
	Throttle time.Duration // pause after 0x58 and 0x14; 1 s
	PartHold time.Duration // how long a part waits for the others before it is answered; 1 s
	PartLife time.Duration // after which an unfinished message is handed on; 30 min
	Repeat   time.Duration // after a drop, a delivery that may not have been answered is known this long; 5 min
	Handle   time.Duration // for storing one delivery; 10 s
	Step     time.Duration // from a USSD input to its screen; 8 s
}

// Backoff doubles from First to Longest.
type Backoff struct{ First, Longest time.Duration }

func (c *Config) complete() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("smpp: "+format, args...)) }
	if c.Channel == "" || c.Now == nil || c.Rand == nil || c.NewID == nil || c.Log == nil {
		fault("a channel needs a name, a clock, randomness, ids and a log")
	}
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		fault("address: host:port is expected")
	}
	if c.SystemID == "" {
		fault("system_id: not set")
	}
	if err := c.bind().Check(); err != nil {
		faults = append(faults, fmt.Errorf("smpp: %w", err))
	}
	if c.Binds = max(c.Binds, 1); c.Binds > 64 {
		fault("binds: at most 64")
	}
	if c.Window == 0 {
		c.Window = 10
	}
	if c.Window < 1 || c.Window > MaxWindow {
		fault("window: 1 to %d", MaxWindow)
	}
	if c.TPS < 0 {
		fault("tps: at least 0")
	}
	for _, w := range []struct {
		name  string
		value *string
		words []string
	}{
		{"bind", &c.Mode, []string{Transceiver, Pair}},
		{"default_alphabet", &c.Alphabet, []string{AlphabetGSM7, AlphabetLatin1, AlphabetASCII, AlphabetUTF8}},
		{"long", &c.Long, []string{LongUDH8, LongUDH16, LongSAR, LongPayload}},
		{"receipts", &c.Receipts, []string{ReceiptsEvery, ReceiptsFirst, ReceiptsLast}},
		{"id_format", &c.IDFormat, []string{IDAuto, IDString, IDHexDec, IDDecHex}},
	} {
		if !oneOf(w.value, w.words) {
			fault("%s: one of %v", w.name, w.words)
		}
	}
	c.numbering()
	probe := pdu.Message{Source: pdu.Address{Addr: c.From}}
	if err := probe.Check(); err != nil {
		fault("from: at most 20 characters")
	}
	c.Timing.complete()
	return errors.Join(faults...)
}

func oneOf(value *string, words []string) bool {
	if *value == "" {
		*value = words[0]
	}
	for _, w := range words {
		if w == *value {
			return true
		}
	}
	return false
}

func (c *Config) bind() *pdu.Bind {
	return &pdu.Bind{SystemID: c.SystemID, Password: c.Password, SystemType: c.SystemType, Version: pdu.Version}
}

func (c *Config) roles() []pdu.Command {
	if c.Mode == Pair {
		return []pdu.Command{pdu.BindReceiver, pdu.BindTransmitter}
	}
	return []pdu.Command{pdu.BindTransceiver}
}

func (t *Timing) complete() {
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&t.Dial, 10 * time.Second}, {&t.Answer, 10 * time.Second}, {&t.Response, 30 * time.Second}, {&t.Late, 5 * time.Minute},
		{&t.Enquire, 30 * time.Second}, {&t.Leave, 5 * time.Second}, {&t.Backoff.First, time.Second}, {&t.Backoff.Longest, 30 * time.Second},
		{&t.Refused.First, time.Minute}, {&t.Refused.Longest, 10 * time.Minute}, {&t.Throttle, time.Second},
		{&t.PartHold, time.Second}, {&t.PartLife, 30 * time.Minute}, {&t.Repeat, 5 * time.Minute},
		{&t.Handle, 10 * time.Second}, {&t.Step, 8 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.usual
		}
	}
}
