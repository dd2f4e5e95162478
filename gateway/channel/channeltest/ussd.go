// Package channeltest holds what every provider's adapter has to do, as one suite that adapters run over tables of their
// own. Checks return what is wrong instead of ending a test, so that the suite itself can be tried on adapters that fail.
package channeltest

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"testing"

	"baro/gateway/channel"
	"baro/gateway/identity"
)

// USSD describes a USSD provider to the suite.
type USSD struct {
	Provider channel.USSDProvider
	Channel  string        // the configured name that events must carry
	Shape    channel.Shape // how the provider repeats the history

	// Write makes the request that the provider sends for a step.
	Write func(Step) *channel.Request
	// Shown reads an answer as the provider's network does; an error is what makes a network break off the call.
	Shown func(channel.Response) (text string, end bool, err error)

	Decode []DecodeCase // requests and the events they are
	Refuse []RefuseCase // requests and why they are refused
	Ends   []EndCase    // end notices; none where the provider sends none
}

// A Step is one request of a dialogue in the provider's own terms.
type Step struct {
	Session string
	Phone   string // E.164
	Code    string
	Inputs  []string // since the dialogue began; the last one is new
}

// DecodeCase says which event a request is.
type DecodeCase struct {
	Name    string
	Request *channel.Request
	Phone   string       // E.164, for the event's number
	Want    channel.USSD // Number is filled in from Phone
}

// RefuseCase says why a request is refused: channel.ErrForged or channel.ErrInvalid.
type RefuseCase struct {
	Name    string
	Request *channel.Request
	Err     error
}

// EndCase says what an end notice tells.
type EndCase struct {
	Name    string
	Request *channel.Request
	Phone   string
	Want    channel.EndNotice // Number is filled in from Phone
	Err     error             // of a notice that is refused
}

// Run runs every check as a subtest.
func (u USSD) Run(t *testing.T) {
	for _, c := range u.checks() {
		t.Run(c.name, func(t *testing.T) {
			for _, problem := range c.run() {
				t.Error(problem)
			}
		})
	}
}

// Problems runs every check and returns all that is wrong, each headed by its check's name.
func (u USSD) Problems() []string {
	var all []string
	for _, c := range u.checks() {
		for _, problem := range c.run() {
			all = append(all, c.name+": "+problem)
		}
	}
	return all
}

type check struct {
	name string
	run  func() []string
}

func (u USSD) checks() []check {
	return []check{
		{"decode", u.checkDecode},
		{"dialogue", u.checkDialogue},
		{"repeat", u.checkRepeat},
		{"copies", u.checkCopies},
		{"refuse", u.checkRefuse},
		{"hostile", u.checkHostile},
		{"ends", u.checkEnds},
		{"encode", u.checkEncode},
		{"profile", u.checkProfile},
		{"concurrent", u.checkConcurrent},
	}
}

// Form is a form POST as a provider sends it.
func Form(path string, fields url.Values) *channel.Request {
	return Post(path, "application/x-www-form-urlencoded", fields.Encode())
}

// Post is a POST with a body as it is.
func Post(path, contentType, body string) *channel.Request {
	return &channel.Request{
		Method: http.MethodPost, URI: path, Path: path, Query: url.Values{}, Body: []byte(body),
		RemoteAddr: netip.MustParseAddr("127.0.0.1"),
		Header: func(name string) string {
			if http.CanonicalHeaderKey(name) == "Content-Type" {
				return contentType
			}
			return ""
		},
	}
}

// Get is a GET with a query as it is.
func Get(path, query string) *channel.Request {
	values, _ := url.ParseQuery(query) // what cannot be read is left out, as in the server
	return &channel.Request{
		Method: http.MethodGet, URI: path + "?" + query, Path: path, Query: values,
		RemoteAddr: netip.MustParseAddr("127.0.0.1"), Header: func(string) string { return "" },
	}
}

// Number is an E.164 number as the tables write it. It panics on one that is none: the table is wrong.
func Number(e164 string) identity.MSISDN {
	n, err := identity.Parse(e164)
	if err != nil {
		panic(errors.Join(errors.New("channeltest: a table names a number that is none"), err))
	}
	return n
}
