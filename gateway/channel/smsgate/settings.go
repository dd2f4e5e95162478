package smsgate

import "strings"

// Settings of the app that do not depend on the channel.
const (
	keepDays    = 2   // of messages and logs: the phone holds what people wrote
	pingSeconds = 120 // a ping also makes the phone fetch
	sendMin     = 3   // seconds between two SMS: faster looks like a machine
	sendMax     = 6
	tries       = 15 // of a webhook
)

// settings is what the app is told to do. Left out is what could move a phone to another server or lock its owner out.
func (s *Server) settings(phone string) map[string]any {
	messages := map[string]any{
		"processing_order": "FIFO", "limit_period": "Disabled", "send_interval_min": sendMin, "send_interval_max": sendMax,
		"sim_selection_mode": "OSDefault", "log_lifetime_days": keepDays,
	}
	// The phone keeps the narrowest limit itself too; ours count for each SIM, over restarts and nodes.
	for _, limit := range []struct {
		parts  int
		period string
	}{{s.Limits.PerDay, "PerDay"}, {s.Limits.PerHour, "PerHour"}, {s.Limits.PerMinute, "PerMinute"}} {
		if limit.parts > 0 {
			messages["limit_period"], messages["limit_value"] = limit.period, limit.parts*len(s.SIMs)
		}
	}
	return map[string]any{
		"messages": messages,
		"logs":     map[string]any{"lifetime_days": keepDays},
		"webhooks": map[string]any{"retry_count": tries, "internet_required": true, "signing_key": s.signingKey(phone)},
		"gateway":  map[string]any{"notification_channel": "SSE_ONLY"},
		"ping":     map[string]any{"interval_seconds": pingSeconds},
	}
}

// webhooks are where a phone reports; the address names the phone, so that its own key is asked for.
func (s *Server) webhooks(phone string) []map[string]string {
	all := make([]map[string]string, 0, len(hooks()))
	for _, h := range hooks() {
		all = append(all, map[string]string{
			"id": "baro-" + strings.ReplaceAll(h.event, ":", "-"), "url": s.BaseURL + "/" + h.hook + "?" + phoneParameter + "=" + phone, "event": h.event,
		})
	}
	return all
}
