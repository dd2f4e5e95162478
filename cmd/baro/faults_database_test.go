//go:build unix

package main

import (
	"database/sql"
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
	log := &record{}
	s := e.serve(t, log, withTwilio(api.URL))
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
	db := e.open(t)
	until(t, 20*time.Second, "two replies to reach the provider", func() bool { return api.Calls() == 2 }, func() string {
		return fmt.Sprintf("%d calls\n%s\n%s", api.Calls(), posts(t, db), aboutOutbox(log.String()))
	})
	if got := s.ussd(t, "d9", who, ""); !strings.HasPrefix(got, "CON ") {
		t.Errorf("a call afterwards is shown %q", got)
	}
	if n := count(t, db, "SELECT count(*) FROM messages_in WHERE state = 'handled'"); n != 2 {
		t.Errorf("%d messages handled, 2 were acknowledged", n)
	}
	if n := count(t, db, "SELECT count(*) FROM outbox"); n != 2 {
		t.Errorf("%d replies to 2 messages", n)
	}
	t.Logf("taken again %v after the start", taken.Round(time.Millisecond))
}

// posts tells where each message in and each reply is, for the day that one is missing.
func posts(t *testing.T, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	tell := func(what, query string) {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			fmt.Fprintf(&b, "%s: %v\n", what, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var id, state, more string
			if err := rows.Scan(&id, &state, &more); err != nil {
				fmt.Fprintf(&b, "%s: %v\n", what, err)
				return
			}
			fmt.Fprintf(&b, "%s %s is %s (%s)\n", what, id, state, more)
		}
	}
	tell("message", `SELECT external_id, state, 'tried ' || attempts || ' times, held by ' || COALESCE(holder, 'nobody') FROM messages_in ORDER BY id`)
	tell("reply", `SELECT CAST(o.seq AS TEXT), o.state, CASE WHEN l.message IS NOT NULL AND l.begun_at IS NOT NULL THEN 'begun by ' || l.holder
		WHEN l.message IS NOT NULL THEN 'claimed by ' || l.holder WHEN d.message IS NOT NULL THEN 'waiting' ELSE 'with the provider as ' || o.provider_id END
		FROM outbox AS o LEFT JOIN outbox_leases AS l ON l.message = o.seq LEFT JOIN outbox_due AS d ON d.message = o.seq ORDER BY o.seq`)
	return b.String()
}

// aboutOutbox are the lines of a log that tell what the outbox met with.
func aboutOutbox(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, "outbox") || strings.Contains(line, "leases") || strings.Contains(line, "outcomes") || strings.Contains(line, "begun") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-20):], "")
}
