package standin

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Twilio is a stand-in for the Messages resource. It knows what Twilio's own description leaves open: what must be there,
// and how a refusal looks.
type Twilio struct {
	*desk
	account, token string
}

var (
	accountSID = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	serviceSID = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
	e164       = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// TwilioCode refuses a message with an error code and HTTP 400.
func TwilioCode(code int) Fault {
	return Fault{
		Status: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Sprintf(`{"code":%d,"message":"refused +22370000001","more_info":"https://www.twilio.com/docs/errors/%d","status":400}`, code, code),
	}
}

// NewTwilio starts a stand-in that knows one account; it ends with the test.
func NewTwilio(tb testing.TB, account, token string) *Twilio {
	t := &Twilio{account: account, token: token}
	t.desk = newDesk(tb, http.HandlerFunc(t.serve))
	return t
}

func (t *Twilio) serve(w http.ResponseWriter, r *http.Request) {
	fault := t.fault()
	_ = r.ParseForm()
	account, isMessages := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/2010-04-01/Accounts/"), "/Messages.json")
	user, password, _ := r.BasicAuth()
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	f := r.PostForm
	switch {
	case r.Method != http.MethodPost || !isMessages:
		refuse(w, http.StatusNotFound, 20404)
	case user != t.account || password != t.token:
		refuse(w, http.StatusUnauthorized, 20003)
	case !accountSID.MatchString(account) || account != t.account:
		refuse(w, http.StatusNotFound, 20404)
	case kind != "application/x-www-form-urlencoded":
		refuse(w, http.StatusUnsupportedMediaType, 20001)
	case f.Get("To") == "":
		refuse(w, http.StatusBadRequest, 21604)
	case !e164.MatchString(f.Get("To")):
		refuse(w, http.StatusBadRequest, 21211)
	case f.Get("From") == "" && f.Get("MessagingServiceSid") == "":
		refuse(w, http.StatusBadRequest, 21603)
	case f.Has("MessagingServiceSid") && !serviceSID.MatchString(f.Get("MessagingServiceSid")):
		refuse(w, http.StatusBadRequest, 21703)
	case f.Get("Body") == "":
		refuse(w, http.StatusBadRequest, 21602)
	case utf8.RuneCountInString(f.Get("Body")) > 1600:
		refuse(w, http.StatusBadRequest, 21617)
	default:
		m := Message{ID: fmt.Sprintf("SM%032x", t.Calls()), To: f.Get("To"), From: f.Get("From"), Text: f.Get("Body"), Callback: f.Get("StatusCallback")}
		if !t.act(w, r, fault, m, t.Report) {
			t.created(w, m, f.Has("MessagingServiceSid"))
		}
	}
}

func (t *Twilio) created(w http.ResponseWriter, m Message, service bool) {
	status, segments := "queued", "1"
	if service {
		status, segments = "accepted", "0"
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"sid": m.ID, "account_sid": t.account, "status": status, "num_segments": segments, "error_code": nil, "error_message": nil,
		"to": m.To, "from": m.From, "body": m.Text, "date_created": "Wed, 25 Nov 2026 08:30:00 +0000", "direction": "outbound-api",
	})
}

// Report sends one status callback, signed, and waits for its answer.
func (t *Twilio) Report(m Message, status string) {
	form := url.Values{
		"MessageSid": {m.ID}, "SmsSid": {m.ID}, "AccountSid": {t.account}, "From": {m.From}, "To": {m.To},
		"MessageStatus": {status}, "SmsStatus": {status}, "ApiVersion": {"2010-04-01"},
	}
	if code, failed := strings.CutPrefix(status, "failed "); failed {
		form.Set("MessageStatus", "failed")
		form.Set("SmsStatus", "failed")
		form.Set("ErrorCode", code)
	}
	req, err := http.NewRequest(http.MethodPost, m.Callback, bytes.NewReader([]byte(form.Encode())))
	if err != nil {
		t.tb.Errorf("status callback: %v", err)
		return
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Twilio-Signature", TwilioSignature(t.token, m.Callback, form))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.tb.Errorf("status callback: %v", err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.tb.Errorf("status callback: answered %d", resp.StatusCode)
	}
}

// TwilioSignature signs a webhook with a form whose names are not repeated.
func TwilioSignature(token, target string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(target))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		mac.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func refuse(w http.ResponseWriter, status, code int) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "message": "refused", "more_info": "", "status": status})
}
