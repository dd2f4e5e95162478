package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Infobip is a stand-in for Infobip's SMS API, version 3.
type Infobip struct {
	*desk
	key string
}

// InfobipStatus takes the call and gives its message a state, which the provider answers with 200.
func InfobipStatus(group int, name string) Fault {
	return Fault{Status: http.StatusOK, Body: fmt.Sprintf(`{"messages":[{"messageId":"x","status":{"groupId":%d,"name":%q}}]}`, group, name)}
}

// NewInfobip starts a stand-in that knows one key; it ends with the test.
func NewInfobip(tb testing.TB, key string) *Infobip {
	i := &Infobip{key: key}
	i.desk = newDesk(tb, http.HandlerFunc(i.serve))
	return i
}

func (i *Infobip) serve(w http.ResponseWriter, r *http.Request) {
	fault := i.fault()
	var body struct {
		Messages []struct {
			Sender       string
			Destinations []struct{ To, MessageID string }
			Content      struct{ Text string }
			Webhooks     struct {
				Delivery    struct{ URL string }
				ContentType string
			}
		}
	}
	err := json.NewDecoder(r.Body).Decode(&body)
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/sms/3/messages":
		http.NotFound(w, r)
		return
	case r.Header.Get("Authorization") != "App "+i.key:
		w.WriteHeader(http.StatusUnauthorized)
		return
	case err != nil || len(body.Messages) != 1 || len(body.Messages[0].Destinations) != 1 || r.Header.Get("Content-Type") != "application/json":
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	m := body.Messages[0]
	to := m.Destinations[0]
	if m.Sender == "" || m.Content.Text == "" || !e164.MatchString("+"+to.To) || to.MessageID == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	taken := Message{ID: to.MessageID, To: "+" + to.To, From: m.Sender, Text: m.Content.Text, Callback: m.Webhooks.Delivery.URL}
	if i.act(w, r, fault, taken, i.Report) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"bulkId": "b", "messages": []any{map[string]any{
		"messageId": to.MessageID, "destination": to.To, "status": map[string]any{"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"},
		"details": map[string]any{"messageCount": 1},
	}}})
}

// Report pushes one report, "3 DELIVERED_TO_HANDSET", and waits for its answer.
func (i *Infobip) Report(m Message, state string) {
	group, name, _ := strings.Cut(state, " ")
	body := fmt.Sprintf(`{"results":[{"bulkId":"b","messageId":%q,"to":%q,"doneAt":"2026-11-23T07:30:00.000+0000","status":{"groupId":%s,"name":%q},"error":{"groupId":0,"id":0,"name":"NO_ERROR","permanent":false}}]}`, m.ID, m.To[1:], group, name)
	resp, err := http.Post(m.Callback, "application/json", strings.NewReader(body))
	if err != nil {
		i.tb.Errorf("report: %v", err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		i.tb.Errorf("report: answered %d", resp.StatusCode)
	}
}
