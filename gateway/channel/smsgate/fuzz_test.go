package smsgate

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"baro/gateway/channel"
)

// Whatever is signed with the right key is read without harm: it becomes what the rest is prepared for, or an error of the
// port that repeats nothing of it.
func FuzzWebhook(f *testing.F) {
	f.Add([]byte(`{"id":"evt_1","event":"sms:received","payload":{"sender":"+22370000001","message":"Bonjour"}}`))
	f.Add([]byte(`{"id":"evt_2","event":"sms:failed","payload":{"messageId":"018f2b7e","reason":"RESULT_ERROR_NO_SERVICE"}}`))
	f.Add([]byte(`{"id":"` + strings.Repeat("x", 300) + `","event":"sms:received","payload":{"phoneNumber":"70000001","message":"\u0000"}}`))
	f.Add([]byte(`{"event":"system:ping","payload":{"health":{"status":"pass","checks":{"battery:level":{"observedValue":1e99}}}}}`))
	f.Add([]byte(`[{"id":null,"state":7}]`))
	at := time.Unix(1795419000, 0)
	f.Fuzz(func(t *testing.T, body []byte) {
		header := map[string]string{"X-Timestamp": "1795419000", "X-Signature": hex.EncodeToString(sign("key", body, "1795419000"))}
		r := &channel.Request{Method: "POST", Body: body, Header: func(name string) string { return header[name] }}
		if err := verify(r, "key", at); err != nil {
			t.Fatal(err)
		}
		e, err := readEnvelope(body)
		if err != nil {
			if !errors.Is(err, channel.ErrInvalid) || len(body) > 24 && strings.Contains(err.Error(), string(body)) {
				t.Fatalf("error: %v", err)
			}
			return
		}
		for _, mo := range e.message("phone", body) {
			if mo.From.IsZero() || !plain(mo.ExternalID) || !utf8.ValidString(mo.Text) || strings.ContainsRune(mo.Text+mo.To, 0) {
				t.Fatalf("message: %+v", mo)
			}
		}
		if k, ok := e.receipt("phone"); ok && (!plain(k.OurID) || len(k.Code) > maxID) {
			t.Fatalf("receipt: %+v", k)
		}
		if h := health(e.Payload.Health); h != nil && h.Battery != nil && (*h.Battery < 0 || *h.Battery > 100) {
			t.Fatalf("health: %+v", h)
		}
	})
}

func FuzzReports(f *testing.F) {
	f.Add([]byte(`[{"id":"a","state":"Failed","recipients":[{"error":"No service on +22370000001"}]}]`))
	f.Add([]byte(`[{},{"id":1}]`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var reports []report
		if err := read(&channel.Request{Body: body}, &reports); err != nil {
			if !errors.Is(err, channel.ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		for _, k := range reports {
			if r := k.receipt("phone"); len(r.Code) > maxID || strings.Contains(r.Code, "+223") {
				t.Fatalf("receipt: %+v", r)
			}
		}
	})
}
