package standin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Orange is a stand-in for Orange's token and SMS endpoints.
type Orange struct {
	*desk
	basic   string // Authorization that gets a token
	path    string // of sends, escaped as it has to arrive
	reports string // where delivery reports go

	tokenMu sync.Mutex
	token   string // the one that is good now
	life    any    // expires_in
	issued  int
	faults  []Fault
}

// OrangeException refuses a message the way OneAPI does.
func OrangeException(status int, id string) Fault {
	kind := "serviceException"
	if strings.HasPrefix(id, "POL") {
		kind = "policyException"
	}
	return Fault{
		Status: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Sprintf(`{"requestError":{%q:{"messageId":%q,"text":"refused %%1","variables":["tel:+22370000001"]}}}`, kind, id),
	}
}

// NewOrange starts a stand-in that gives tokens for an Authorization header and takes messages at an escaped path; it ends
// with the test.
func NewOrange(tb testing.TB, basic, path, reports string) *Orange {
	o := &Orange{basic: basic, path: path, reports: reports, life: "3600"}
	o.desk = newDesk(tb, http.HandlerFunc(o.serve))
	return o
}

// Revoke makes the token that was given last worthless and the next ones live so long.
func (o *Orange) Revoke(life any) {
	o.tokenMu.Lock()
	defer o.tokenMu.Unlock()
	o.token, o.life = "", life
}

// NextToken plans what calls for a token meet.
func (o *Orange) NextToken(faults ...Fault) {
	o.tokenMu.Lock()
	defer o.tokenMu.Unlock()
	o.faults = append(o.faults, faults...)
}

// Issued counts the tokens given.
func (o *Orange) Issued() int {
	o.tokenMu.Lock()
	defer o.tokenMu.Unlock()
	return o.issued
}

func (o *Orange) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/oauth/v3/token" {
		o.giveToken(w, r)
		return
	}
	fault := o.fault()
	o.tokenMu.Lock()
	token := o.token
	o.tokenMu.Unlock()
	var body struct {
		Request struct {
			Address    string `json:"address"`
			Sender     string `json:"senderAddress"`
			SenderName string `json:"senderName"`
			Text       struct {
				Message string `json:"message"`
			} `json:"outboundSMSTextMessage"`
		} `json:"outboundSMSMessageRequest"`
	}
	err := json.NewDecoder(r.Body).Decode(&body)
	q := body.Request
	to, isTel := strings.CutPrefix(q.Address, "tel:")
	switch {
	case r.Method != http.MethodPost || r.RequestURI != o.path:
		http.NotFound(w, r)
	case token == "" || r.Header.Get("Authorization") != "Bearer "+token:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"code":42,"message":"Expired credentials","description":"The requested service needs credentials, and the ones provided were out-of-date."}`))
	case r.Header.Get("Content-Type") != "application/json" || err != nil || q.Text.Message == "" || !strings.HasPrefix(q.Sender, "tel:+"):
		o.act(w, r, OrangeException(http.StatusBadRequest, "SVC0002"), Message{}, o.Report)
	case !isTel || !e164.MatchString(to):
		o.act(w, r, OrangeException(http.StatusBadRequest, "SVC0004"), Message{}, o.Report)
	default:
		m := Message{ID: fmt.Sprintf("%08x-0000-4000-8000-000000000000", o.Calls()), To: to, From: q.SenderName, Text: q.Text.Message, Callback: o.reports}
		if o.act(w, r, fault, m, o.Report) {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{"outboundSMSMessageRequest": map[string]any{
			"address": []string{q.Address}, "senderAddress": q.Sender, "senderName": q.SenderName,
			"outboundSMSTextMessage": map[string]string{"message": q.Text.Message},
			"resourceURL":            "https://api.orange.com/smsmessaging/v1/outbound/" + q.Sender + "/requests/" + m.ID,
		}})
	}
}

func (o *Orange) giveToken(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	o.tokenMu.Lock()
	defer o.tokenMu.Unlock()
	if len(o.faults) > 0 {
		f := o.faults[0]
		o.faults = o.faults[1:]
		if f.Drop {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(f.Status)
		_, _ = w.Write([]byte(f.Body))
		return
	}
	if r.Method != http.MethodPost || r.Header.Get("Authorization") != o.basic || r.PostForm.Get("grant_type") != "client_credentials" {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"The requested service needs credentials, but the ones provided were invalid."}`))
		return
	}
	o.issued++
	o.token = fmt.Sprintf("token-%d-%s", o.issued, strings.Repeat("x", 20))
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"token_type": "Bearer", "access_token": o.token, "expires_in": o.life})
}

// Report sends one delivery report and waits for its answer.
func (o *Orange) Report(m Message, status string) {
	body, _ := json.Marshal(map[string]any{"deliveryInfoNotification": map[string]any{
		"callbackData": m.ID, "deliveryInfo": map[string]string{"address": "tel:" + m.To, "deliveryStatus": status},
	}})
	resp, err := http.Post(m.Callback, "application/json", strings.NewReader(string(body)))
	if err != nil {
		o.tb.Errorf("delivery report: %v", err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		o.tb.Errorf("delivery report: answered %d", resp.StatusCode)
	}
}
