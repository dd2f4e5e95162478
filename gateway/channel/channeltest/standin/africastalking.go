package standin

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// AfricasTalking is a stand-in for the form API of Africa's Talking.
type AfricasTalking struct {
	*desk
	username, key string
	reports       string // where delivery reports go
}

// RecipientStatus takes the call and refuses its recipient, which the provider still answers with 201.
func RecipientStatus(code int) Fault {
	return Fault{
		Status: http.StatusCreated, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Sprintf(`{"SMSMessageData":{"Message":"Sent to 0/1 Total Cost: 0","Recipients":[`+
			`{"statusCode":%d,"number":"+22370000001","status":"Refused","cost":"0","messageId":"None"}]}}`, code),
	}
}

// NoRecipients answers 201 with nothing but a word of why nobody was taken.
func NoRecipients(reason string) Fault {
	return Fault{
		Status: http.StatusCreated, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Sprintf(`{"SMSMessageData":{"Message":%q,"Recipients":[]}}`, reason),
	}
}

// NewAfricasTalking starts a stand-in that knows one account and sends its delivery reports to reports; it ends with the
// test.
func NewAfricasTalking(tb testing.TB, username, key, reports string) *AfricasTalking {
	a := &AfricasTalking{username: username, key: key, reports: reports}
	a.desk = newDesk(tb, http.HandlerFunc(a.serve))
	return a
}

func (a *AfricasTalking) serve(w http.ResponseWriter, r *http.Request) {
	fault := a.fault()
	_ = r.ParseForm()
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	f := r.PostForm
	switch {
	case r.Method != http.MethodPost || r.URL.Path != "/version1/messaging":
		http.Error(w, "The requested resource could not be found.", http.StatusNotFound)
	case r.Header.Get("apikey") != a.key || f.Get("username") != a.username:
		http.Error(w, "The supplied authentication is invalid", http.StatusUnauthorized)
	case kind != "application/x-www-form-urlencoded" || r.Header.Get("Accept") != "application/json":
		http.Error(w, "<AfricasTalkingResponse/>", http.StatusUnsupportedMediaType)
	case f.Get("message") == "" || !e164.MatchString(f.Get("to")):
		http.Error(w, "Request is missing required form field 'to'", http.StatusBadRequest)
	default:
		m := Message{ID: fmt.Sprintf("ATPid_%032x", a.Calls()), To: f.Get("to"), From: f.Get("from"), Text: f.Get("message"), Callback: a.reports}
		if !a.act(w, r, fault, m, a.Report) {
			a.created(w, m)
		}
	}
}

func (a *AfricasTalking) created(w http.ResponseWriter, m Message) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{"SMSMessageData": map[string]any{
		"Message": "Sent to 1/1 Total Cost: KES 0.8000",
		"Recipients": []map[string]any{
			{"statusCode": 101, "number": m.To, "status": "Success", "cost": "KES 0.8000", "messageId": m.ID},
		},
	}})
}

// Report sends one delivery report and waits for its answer. A state may carry a reason: "Failed UserInBlackList".
func (a *AfricasTalking) Report(m Message, status string) {
	status, reason, _ := strings.Cut(status, " ")
	form := url.Values{"id": {m.ID}, "status": {status}, "phoneNumber": {m.To}, "networkCode": {"99999"}, "retryCount": {"0"}}
	if reason != "" {
		form.Set("failureReason", reason)
	}
	resp, err := http.DefaultClient.PostForm(m.Callback, form)
	if err != nil {
		a.tb.Errorf("delivery report: %v", err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		a.tb.Errorf("delivery report: answered %d", resp.StatusCode)
	}
}
