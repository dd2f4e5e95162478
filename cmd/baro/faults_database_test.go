//go:build unix

package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"baro/gateway/channel/channeltest/standin"
)

// TestFaultDatabaseStops stops PostgreSQL while a node serves: webhooks are refused with 503 so that the provider tries
// again, USSD is answered with a screen, and after the start everything goes on.
func TestFaultDatabaseStops(t *testing.T) {
	e := newEstate(t, startOfDay()).running(t)
	api := standin.NewTwilio(t, twilioAccount, twilioToken)
	s := e.serve(t, &record{}, withTwilio(api.URL))
	const who = "+22370700001"
	if got := s.text(t, "SM1", who, "bonjour"); got != http.StatusOK {
		t.Fatalf("answered %d", got)
	}
	settled(t, e)
	s.ussd(t, "d1", who, "")
	if status, _ := s.do(t, "GET", "/readyz", "", ""); status != http.StatusOK {
		t.Fatalf("/readyz: %d", status)
	}

	e.postgres.Stop()
	begin := time.Now()
	if got := s.text(t, "SM2", who, "4"); got != http.StatusServiceUnavailable {
		t.Errorf("a message that cannot be stored is answered %d", got)
	}
	for i, text := range []string{"", "4", "4*5"} {
		if got := s.ussd(t, fmt.Sprint("d", 2+i), who, text); !strings.HasPrefix(got, "END ") {
			t.Errorf("a call without a database is shown %q", got)
		}
	}
	if status, _ := s.do(t, "GET", "/healthz", "", ""); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}
	until(t, 10*time.Second, "/readyz to tell", func() bool {
		status, _ := s.do(t, "GET", "/readyz", "", "")
		return status == http.StatusServiceUnavailable
	})
	if took := time.Since(begin); took > 6*within {
		t.Errorf("six requests without a database took %v", took)
	}

	e.postgres.Resume(t)
	back := time.Now()
	until(t, 20*time.Second, "messages to be taken again", func() bool { return s.text(t, "SM2", who, "4") == http.StatusOK })
	taken := time.Since(back)
	settled(t, e)
	until(t, 20*time.Second, "replies", func() bool { return api.Calls() == 2 })
	if got := s.ussd(t, "d9", who, ""); !strings.HasPrefix(got, "CON ") {
		t.Errorf("a call afterwards is shown %q", got)
	}
	db := e.open(t)
	if n := count(t, db, "SELECT count(*) FROM messages_in WHERE state = 'handled'"); n != 2 {
		t.Errorf("%d messages handled, 2 were acknowledged", n)
	}
	if n := count(t, db, "SELECT count(*) FROM outbox"); n != 2 {
		t.Errorf("%d replies to 2 messages", n)
	}
	t.Logf("taken again %v after the start", taken.Round(time.Millisecond))
}
