// Package config reads what an operator sets: built-in defaults, under a YAML file, under environment variables, under
// flags of the command line. All mistakes are reported at once, each with the place it was made. It knows no other part
// of baro: what languages and profiles there are is told by the caller, and what comes out are plain values.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"time"
)

// Config is everything an operator can set.
type Config struct {
	Listen          string
	PublicURL       string // origin without a slash at the end
	Database        Secret // an address may hold a password
	Redis           Secret // empty: sessions in process
	Key             Secret // master key, raw bytes
	Languages       []string
	DefaultLanguage string
	Drafts          []string
	Timezone        *time.Location
	QuietHours      QuietHours
	TrustedProxies  []netip.Prefix
	Channels        []Channel // by name
	RateLimits      RateLimits
	Retention       Retention
	Log             Log

	lines []line // for Print
}

// QuietHours are when nothing is sent that nobody waits for. Times are those of the configured time zone.
type QuietHours struct {
	Daily  Span // may pass midnight
	Friday Span // besides
}

// A Span is a part of the day. The empty Span is none.
type Span struct{ From, To Clock }

// Empty reports whether the span is no time at all.
func (s Span) Empty() bool { return s.From == s.To }

// Clock is a time of day in minutes since midnight.
type Clock int

// String is the clock's form in configuration, as in 07:30.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// A Rate allows Events in each Per on average and Burst at once. The zero Rate limits nothing.
type Rate struct {
	Events int
	Per    time.Duration
	Burst  int
}

// RateLimits protect against phones and channels that run wild.
type RateLimits struct {
	USSDPhone, USSDChannel, SMSPhone, SMSChannel Rate
}

// Retention is how long things are kept; 0 is for ever.
type Retention struct {
	Dialogue time.Duration // state of a USSD dialogue after its last screen
	Messages time.Duration // bodies of messages
	Answers  time.Duration // link between answers and numbers after a consultation closes
	Contacts time.Duration // contacts without activity
}

// Log is how much is told, and in which form.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // text, json
}

// Channel is one configured channel.
type Channel struct {
	Name     string
	Provider string
	Kind     string // ussd or sms
	Code     string // service code of a USSD channel
	Commune  string // number or p-code of the commune it is bound to
	Profile  string // of what its networks show; empty: the kind's strictest
	Language string // spoken to people whose language is not known; empty: the default
	Callback bool   // somebody calls back
	// CallbackCost is what that costs people in francs CFA, 0 for nothing; nil: nothing is said about it.
	CallbackCost *int64
	Secret       Secret // path part of its hooks
	Allow        []netip.Prefix
	Way          Way // out, of an SMS channel
	// Settings are the provider's own, by name: string, Secret, int, bool, []string, or map[string]any whose values are as
	// they were written.
	Settings map[string]any
}

// Way is when an SMS channel carries a message, how fast and at what price.
type Way struct {
	Rank             int            // the lower goes first where a message may take several; then by name
	Prefixes         []string       // of the numbers it carries messages to, with the country code and without "+"; none: all
	PrefixTPS        map[string]int // message parts per second of an operator's prefix
	Cost             int64          // of a message part, in thousandths of a franc; 0: not known
	CostSteps        []CostStep     // what parts cost further on in a month, in the order of their volume
	UnconfirmedAfter time.Duration  // how long a message in doubt waits for its receipt; 0: the outbox's own
}

// CostStep is a price that volume brings: once a month's first From parts of a channel are sent, each further one costs Cost.
type CostStep struct {
	From int64 // parts, at least 1
	Cost int64 // of a part, in thousandths of a franc; below the step before
}

// Text is a setting of the provider, "" when it is not set.
func (c Channel) Text(name string) string { s, _ := c.Settings[name].(string); return s }

// Secretly is a secret setting of the provider.
func (c Channel) Secretly(name string) Secret { s, _ := c.Settings[name].(Secret); return s }

// Number is a numeric setting of the provider, 0 when it is not set.
func (c Channel) Number(name string) int { n, _ := c.Settings[name].(int); return n }

// On is a setting of the provider that is either on or off.
func (c Channel) On(name string) bool { b, _ := c.Settings[name].(bool); return b }

// Mode says how much must be there.
type Mode uint8

// The modes.
const (
	Tool  Mode = iota // a command that needs some of it
	Demo              // everything simulated, on this machine
	Serve             // production: nothing that protects people may be missing
)

// Options say where to look and what is known.
type Options struct {
	Mode     Mode
	File     string            // must exist when named
	Search   []string          // else the first of these that exists
	Env      []string          // as os.Environ
	Flags    map[string]string // by key, as on the command line
	Defaults map[string]string // of a mode, over the built-in ones

	Language func(tag string) bool  // is it one that texts exist for; nil: all are
	Profile  func(name string) bool // is it a profile of text; nil: all are
}

// Load reads all layers. The error is of type Problems when the settings themselves are wrong; the Config is then of no
// use.
func Load(o Options) (Config, []Warning, error) {
	l := &loader{Options: o, values: make(map[string]value)}
	l.defaults()
	if err := l.file(); err != nil {
		return Config{}, nil, fmt.Errorf("load configuration: %w", err)
	}
	l.environment()
	l.flags()
	c := l.build()
	l.check(&c)
	if len(l.problems) > 0 {
		return Config{}, l.sortedWarnings(), l.sortedProblems()
	}
	c.lines = l.lines()
	return c, l.sortedWarnings(), nil
}

// loader gathers values from the weakest layer to the strongest.
type loader struct {
	Options
	values   map[string]value
	problems Problems
	warnings []Warning
}

func (l *loader) file() error {
	path := l.File
	if path == "" {
		for _, candidate := range l.Search {
			if _, err := os.Stat(candidate); err == nil {
				path = candidate
				break
			} else if !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	if path == "" {
		return nil
	}
	data, err := readSmall(path)
	if err != nil {
		return err
	}
	l.yaml(path, data)
	return nil
}
