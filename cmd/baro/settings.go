package main

import (
	"crypto/rand"
	"io"
	"net/netip"
	"time"

	"baro/locales/charset"
	"baro/store/session"
)

// settings are what a node is built from, resolved from configuration or from the defaults of the demonstration.
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
	perPhone  session.Rule
	perChan   session.Rule
	proxies   []netip.Prefix
	demo      bool
	now       func() time.Time // time.Now when nil; tests set a clock, so that what they are shown stays the same
	random    io.Reader        // crypto/rand when nil; safe for concurrent use
}

// withSources fills in the clock and the randomness that configuration never sets.
func (s settings) withSources() settings {
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	return s
}

// channelSettings are one configured channel.
type channelSettings struct {
	name     string
	provider string
	kind     string // ussd or sms
	code     string
	commune  string // number or p-code of the commune it is bound to
	secret   string
	allow    []netip.Prefix
	profile  charset.Profile
}

// demoSettings run the main job without a server, a file or a secret that matters.
func demoSettings(folder string, zone *time.Location) settings {
	return settings{
		listen:    "127.0.0.1:8080",
		publicURL: "http://127.0.0.1:8080",
		database:  "sqlite:" + folder + "/baro.db",
		languages: []string{"fr", "bm", "ff", "ses", "taq", "ar", "en"},
		fallback:  "fr",
		drafts:    []string{"bm", "ff", "ses", "taq", "ar"},
		zone:      zone,
		channels: []channelSettings{{
			name: "ussd", provider: "simulator", kind: "ussd", code: "*384*96#", commune: "417", profile: strictProfile(),
		}},
		demo: true,
	}
}

// demoNumber is the phone that demonstrations begin with.
const demoNumber = "+22370000001"
