package standin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/identity"
)

// Desk is the part of a stand-in that plans its bad days.
type Desk interface {
	Next(...Fault)
	Taken() []Message
	Calls() int
}

// Once is a Desk that takes each of our ids once, so that a message whose fate is not known may be handed over again.
type Once interface{ TakesIDsOnce() }

// Number is who the suite writes to.
const Number = "+22370000001"

// secretText is what must be in no error.
const secretText = "Réunion au vestibule à 10h"

// CheckSending holds an adapter to what every provider's Send must do when the stand-in behind it has a bad day. The
// adapter's time-out has to be short; secrets are what no error may quote.
func CheckSending(t *testing.T, p channel.SMSProvider, d Desk, secrets ...string) {
	t.Helper()
	to, err := identity.Parse(Number)
	if err != nil {
		t.Fatal(err)
	}
	late := make(chan struct{})
	close(late)
	redirect := Fault{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"/elsewhere"}}}
	for _, c := range []struct {
		name  string
		fault Fault
		want  channel.Outcome
		class channel.Class
		after time.Duration
		taken int
	}{
		{"a good day", Fault{}, channel.Accepted, "", 0, 1},
		{"late answer", Fault{Late: late}, channel.Accepted, "", 0, 1},
		{"429", TooMany(7 * time.Second), channel.RetryAfter, channel.ClassRateLimited, 7 * time.Second, 0},
		{"502 of a proxy", BadGateway(), channel.Unknown, channel.ClassProviderDown, 0, 1},
		{"empty success", Empty(), channel.Unknown, channel.ClassProviderDown, 0, 1},
		{"cut after accept", DropAfterAccept(), channel.Unknown, channel.ClassProviderDown, 0, 1},
		{"silence after accept", HangAfterAccept(), channel.Unknown, channel.ClassProviderDown, 0, 1},
		{"redirect", redirect, channel.Unknown, channel.ClassProviderDown, 0, 0},
		{"endless success", Fault{AfterAccept: true, Status: 201, Body: strings.Repeat(" ", 1<<20)}, channel.Unknown, channel.ClassProviderDown, 0, 1},
		{"a success of another kind", Fault{AfterAccept: true, Status: 200, Body: "<html>welcome</html>"}, channel.Unknown, channel.ClassProviderDown, 0, 1},
		{"refused account", Fault{Status: 401, Body: secretText}, channel.Refused, channel.ClassAuth, 0, 0},
		{"wrong address", Fault{Status: 404, Body: secretText}, channel.Refused, channel.ClassConfig, 0, 0},
		{"strange refusal", Fault{Status: 418, Body: secretText}, channel.Refused, channel.ClassUnknown, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, once := d.(Once); once && c.want == channel.Unknown {
				c.want = channel.RetryAfter
			}
			d.Next(c.fault)
			calls, taken := d.Calls(), len(d.Taken())
			r := p.Send(t.Context(), channel.MT{
				ID: "018f2b7e-0000-7000-8000-000000000001", To: to, Text: secretText, Parts: 1, ExpiresAt: time.Now().Add(time.Hour),
			})
			if r.Outcome != c.want || r.Class != c.class || (c.after > 0 && r.After != c.after) {
				t.Errorf("got outcome %d, class %q, after %v (%v); want %d, %q, %v", r.Outcome, r.Class, r.After, r.Err, c.want, c.class, c.after)
			}
			if got := d.Calls() - calls; got != 1 {
				t.Errorf("%d calls for one message", got)
			}
			now := d.Taken()
			if got := len(now) - taken; got != c.taken {
				t.Errorf("%d messages taken, want %d", got, c.taken)
			}
			if c.want == channel.Accepted && !holds(now, r.ProviderID) {
				t.Errorf("the provider does not know the id %q", r.ProviderID)
			}
			checkQuiet(t, r.Err, secrets)
		})
	}
	t.Run("stopped before it began", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		calls := d.Calls()
		r := p.Send(ctx, channel.MT{ID: "018f2b7e-0000-7000-8000-000000000002", To: to, Text: secretText, Parts: 1})
		if r.Outcome != channel.RetryAfter || d.Calls() != calls {
			t.Errorf("outcome %d after %d calls: %v", r.Outcome, d.Calls()-calls, r.Err)
		}
		checkQuiet(t, r.Err, secrets)
	})
}

// CheckUnreachable holds an adapter whose address leads nowhere to "later": nothing can have been taken.
func CheckUnreachable(t *testing.T, p channel.SMSProvider, secrets ...string) {
	t.Helper()
	to, err := identity.Parse(Number)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Send(t.Context(), channel.MT{ID: "018f2b7e-0000-7000-8000-000000000003", To: to, Text: secretText, Parts: 1})
	if r.Outcome != channel.RetryAfter || r.Class != channel.ClassProviderDown {
		t.Errorf("outcome %d, class %q: %v", r.Outcome, r.Class, r.Err)
	}
	checkQuiet(t, r.Err, secrets)
}

func checkQuiet(t *testing.T, err error, secrets []string) {
	t.Helper()
	if err == nil {
		return
	}
	for _, s := range append(secrets, secretText, Number, Number[1:], "%2B"+Number[1:]) {
		if strings.Contains(err.Error(), s) {
			t.Errorf("the error gives %q away: %v", s, err)
		}
	}
}

func holds(all []Message, id string) bool {
	for _, m := range all {
		if m.ID == id && m.To == Number && m.Text == secretText {
			return true
		}
	}
	return false
}

func status(err error) int {
	if errors.Is(err, channel.ErrForged) {
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}
