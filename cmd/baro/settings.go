package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"baro/config"
	"baro/gateway/channel/httpgw"
	"baro/locales"
	"baro/locales/charset"
	"baro/store/session"
)

// settings are what a node is built from: the configuration in the terms of the packages behind it.
type settings struct {
	listen    string
	publicURL string
	database  string
	redis     string
	master    []byte // content of the key file
	languages []string
	fallback  string
	drafts    []string
	zone      *time.Location
	channels  []channelSettings
	limits    limits
	keep      config.Retention
	quiet     config.QuietHours
	proxies   []netip.Prefix
	demo      bool
	now       func() time.Time
	random    io.Reader
}

// limits are the rate limits of phones and channels.
type limits struct{ ussdPhone, ussdChannel, smsPhone, smsChannel session.Rule }

// channelSettings are one configured channel.
type channelSettings struct {
	config.Channel
	profile charset.Profile
}

// demoNumber is the phone that demonstrations begin with.
const demoNumber = "+22370000001"

// demoDefaults are the layers below file and environment when everything is simulated.
func demoDefaults(folder string) map[string]string {
	return map[string]string{
		"database":                    "sqlite:" + folder + "/baro.db",
		"drafts":                      "bm,ff,ses,taq,ar",
		"rate_limits.ussd_phone":      "off",
		"rate_limits.ussd_channel":    "off",
		"rate_limits.sms_phone":       "off",
		"rate_limits.sms_channel":     "off",
		"channels.ussd.provider":      "simulator",
		"channels.ussd.kind":          "ussd",
		"channels.ussd.code":          "*384*96#",
		"channels.ussd.commune":       "417",
		"channels.ussd.callback":      "yes",
		"channels.ussd.callback_cost": "free",
		"channels.sms.callback":       "yes",
		"channels.sms.provider":       "simulator",
		"channels.sms.kind":           "sms",
		"channels.sms.from":           "36036",
		"channels.sms.commune":        "417",
	}
}

// loadConfig reads the configuration for a mode, telling warnings on the error stream.
func loadConfig(p Process, c *commands, mode config.Mode, flags, defaults map[string]string) (config.Config, error) {
	o := config.Options{
		Mode: mode, File: c.Config, Env: p.Env, Flags: flags, Defaults: defaults,
		Language: func(tag string) bool { _, ok := locales.FindLanguage(tag); return ok },
		Profile:  func(name string) bool { _, ok := charset.FindProfile(name); return ok },
	}
	if mode != config.Demo {
		o.Search = []string{"baro.yaml"}
	}
	conf, warnings, err := config.Load(o)
	for _, w := range warnings {
		fmt.Fprintln(p.Stderr, "warning:", w)
	}
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, problem := range problems {
			fmt.Fprintln(p.Stderr, problem)
		}
		return conf, fmt.Errorf("the configuration has %d errors", len(problems))
	}
	return conf, err
}

func resolve(conf config.Config, random io.Reader, now func() time.Time) settings {
	s := settings{
		listen: conf.Listen, publicURL: conf.PublicURL, database: string(conf.Database), redis: string(conf.Redis),
		master: []byte(conf.Key), languages: conf.Languages, fallback: conf.DefaultLanguage, drafts: conf.Drafts,
		zone: conf.Timezone, keep: conf.Retention, quiet: conf.QuietHours, proxies: conf.TrustedProxies, now: now, random: random,
		limits: limits{
			ussdPhone: rule(conf.RateLimits.USSDPhone), ussdChannel: rule(conf.RateLimits.USSDChannel),
			smsPhone: rule(conf.RateLimits.SMSPhone), smsChannel: rule(conf.RateLimits.SMSChannel),
		},
	}
	for _, ch := range conf.Channels {
		s.channels = append(s.channels, channelSettings{Channel: ch, profile: lengthOf(profileOf(ch), ch.Number("max_length"))})
	}
	return s
}

func rule(r config.Rate) session.Rule {
	return session.Rule{Events: r.Events, Per: r.Per, Burst: r.Burst}
}

// profileOf is what a channel's networks can show: as configured, else the careful default of its kind.
func profileOf(ch config.Channel) charset.Profile {
	name := ch.Profile
	if name == "" {
		name = ch.Kind
	}
	p, ok := charset.FindProfile(name)
	if !ok {
		p = strictProfile()
	}
	if ch.Provider == "http" && ch.Kind == "ussd" {
		return httpgw.Screen(describing(ch), p)
	}
	return p
}

func strictProfile() charset.Profile {
	p, _ := charset.FindProfile("ussd")
	return p
}

func (s settings) texts() locales.Options {
	return locales.Options{Languages: s.languages, Default: s.fallback, Drafts: s.drafts}
}

// profiles are those of the USSD channels, or the strictest when there is none.
func (s settings) profiles() (out []charset.Profile) {
	seen := map[string]bool{}
	for _, ch := range s.channels {
		if ch.Kind == "ussd" && !seen[ch.profile.Name] {
			seen[ch.profile.Name] = true
			out = append(out, ch.profile)
		}
	}
	if len(out) == 0 {
		out = append(out, strictProfile())
	}
	return out
}

// ussd is the first USSD channel, which pages and texts refer to.
func (s settings) ussd() (channelSettings, bool) {
	for _, ch := range s.channels {
		if ch.Kind == "ussd" {
			return ch, true
		}
	}
	return channelSettings{}, false
}

// newLog writes what the configuration asks for.
func newLog(w io.Writer, l config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(strings.ToUpper(l.Level))); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
