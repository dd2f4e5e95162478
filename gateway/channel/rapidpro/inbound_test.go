package rapidpro_test

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/channeltest/standin"
	"baro/gateway/channel/rapidpro"
)

const form = "application/x-www-form-urlencoded"

func post(kind, body string) *channel.Request {
	return channeltest.Post("/hooks/bridge/s3cret/receive", kind, body)
}

func multi(t testing.TB, pairs ...string) *channel.Request {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	return post(w.FormDataContentType(), b.String())
}

func TestReceive(t *testing.T) {
	s := open(t, func(c *rapidpro.Config) { c.FromField, c.TextField = "msisdn", "content" })
	for name, c := range map[string]struct {
		r    *channel.Request
		text string
	}{
		"form":            {post(form, "from=%2B22370000001&text=BUDGET+%C3%A9t%C3%A9&date=2026-11-25T08:00:00.123Z"), "BUDGET été"},
		"plus lost":       {post(form, "from=+22370000001&text=1&date=2026-11-25T08:00:00Z"), "1"},
		"sender, time":    {post(form, "sender=22370000001&text=1&time=2026-11-25T08:00:00Z"), "1"},
		"no type":         {post("", "from=22370000001&text=1&date=d"), "1"},
		"query of a GET":  {channeltest.Get("/hooks/bridge/s3cret/receive", "from=22370000001&text=1+2&date=d"), "1 2"},
		"query of a POST": {&channel.Request{Method: "POST", URI: "/r?from=22370000001&text=q", Header: func(string) string { return "" }}, "q"},
		"json":            {post("application/json; charset=utf-8", `{"from":"+22370000001","text":"ɛ \"x\"","date":"d","more":{"text":"y"}}`), `ɛ "x"`},
		"json number":     {post("application/json", `{"from":22370000001,"text":1,"date":"d"}`), "1"},
		"multipart":       {multi(t, "from", "+22370000001", "text", "ɔ & é", "date", "d"), "ɔ & é"},
		"own names":       {post(form, "msisdn=22370000001&content=mine&text=other&from=700"), "mine"},
		"Windows-1252":    {post(form, "from=22370000001&text=caf%E9&date=d"), "café"},
		"no text":         {post(form, "from=22370000001&date=d"), ""},
		"NUL":             {post(form, "from=22370000001&text=a%00b&date=d"), "ab"},
	} {
		got, resp, err := s.DecodeMO(c.r)
		if err != nil || len(got) != 1 || resp.Status != 200 || !strings.Contains(string(resp.Body), "Accepted") {
			t.Errorf("%s: %+v, %d %q, %v", name, got, resp.Status, resp.Body, err)
			continue
		}
		if got[0].From != channeltest.Number(standin.Number) || got[0].Text != c.text || got[0].Channel != "bridge" || got[0].ExternalID == "" || strings.Contains(got[0].ExternalID, "70000001") {
			t.Errorf("%s: %+v", name, got[0])
		}
	}
	for name, r := range map[string]*channel.Request{
		"no sender": post(form, "text=1"), "blank sender": post(form, "from=++&text=1"), "no JSON": post("application/json", "{"), "two documents": post("application/json", "{}{}"),
		"a list": post("application/json", "[]"), "null": post("application/json", "null"), "no alphabet": post(form, "from=22370000001&text=%81%FF"),
		"endless text": post(form, "from=22370000001&text="+strings.Repeat("x", 9000)), "endless date": post(form, "from=22370000001&text=1&date="+strings.Repeat("x", 90)),
		"no boundary": post("multipart/form-data", "x"), "cut multipart": post("multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\n2237"),
	} {
		if _, _, err := s.DecodeMO(r); !errors.Is(err, channel.ErrInvalid) || strings.Contains(err.Error(), "70000001") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, resp, err := s.DecodeMO(post(form, "from=ORANGE&text=promo")); err != nil || len(got) != 0 || resp.Status != 200 {
		t.Errorf("an operator: %+v, %v", got, err)
	}
}

// The contract has no id: the date tells repeats, and without one two seconds do.
func TestRepeats(t *testing.T) {
	now := time.Date(2026, 11, 25, 8, 0, 1, 900_000_000, time.UTC)
	s := open(t, func(c *rapidpro.Config) { c.Now = func() time.Time { return now } })
	id := func(body string) string {
		got, _, err := s.DecodeMO(post(form, body))
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		return got[0].ExternalID
	}
	dated := id("from=22370000001&text=1&date=2026-11-25T08:00:00Z")
	if dated != id("from=%2B223+70000001&text=1&date=2026-11-25T08:00:00Z") || dated == id("from=22370000001&text=1&date=2026-11-25T08:00:01Z") || dated == id("from=22370000001&text=2&date=2026-11-25T08:00:00Z") {
		t.Error("dated messages are not told apart by their dates and words")
	}
	const bare = "from=22370000001&text=1"
	first := id(bare)
	now = now.Add(1900 * time.Millisecond) // over the edge of a window of the clock
	if id(bare) != first {
		t.Error("the same words within two seconds are another message")
	}
	if id("from=22370000002&text=1") == first || id("from=22370000001&text=2") == first {
		t.Error("other people or other words are the same message")
	}
	now = now.Add(200 * time.Millisecond)
	if id(bare) == first {
		t.Error("the same words after two seconds are the same message")
	}
}

func TestReports(t *testing.T) {
	s := open(t, nil)
	var mos []channel.MO
	var receipts []channel.Receipt
	var down error
	if _, err := s.Route(t.Context(), "/receive", post(form, "from=22370000001")); err == nil || errors.Is(err, channel.ErrInvalid) {
		t.Errorf("before the start: %v", err)
	}
	s.Start(rapidpro.Handlers{
		Accept: func(_ context.Context, all []channel.MO) error { mos = append(mos, all...); return down },
		Record: func(_ context.Context, all ...channel.Receipt) error {
			receipts = append(receipts, all...)
			return down
		},
	})
	route := func(path string, r *channel.Request) (channel.Response, error) {
		mos, receipts = nil, nil
		return s.Route(t.Context(), path, r)
	}
	for path, want := range map[string]channel.ReceiptState{"/sent": channel.ReceiptSent, "/delivered": channel.ReceiptDelivered, "/failed": channel.ReceiptFailed} {
		for _, r := range []*channel.Request{
			post(form, "id="+ourID), channeltest.Get(path, "id=7&uuid="+strings.ToUpper(ourID)), post("application/json", `{"id":"`+ourID+`"}`),
		} {
			resp, err := route(path, r)
			if err != nil || resp.Status != 200 || len(receipts) != 1 || receipts[0].OurID != ourID || receipts[0].State != want || receipts[0].Channel != "bridge" {
				t.Errorf("%s: %+v, %v", path, receipts, err)
			}
		}
	}
	if resp, err := route("/sent", post(form, "id=4711")); err != nil || resp.Status != 200 || len(receipts) != 0 {
		t.Errorf("an id that is none of ours: %+v, %v", receipts, err)
	}
	if _, err := route("/sent", post(form, "from=22370000001")); !errors.Is(err, channel.ErrInvalid) {
		t.Errorf("about nothing: %v", err)
	}
	if _, err := route("/stopped", post(form, "from=22370000001")); err != nil || len(mos) != 1 || mos[0].OptOut != channel.OptedOut || mos[0].From.IsZero() {
		t.Errorf("stopped: %+v, %v", mos, err)
	}
	if _, err := route("/receive", post(form, "from=22370000001&text=x")); err != nil || len(mos) != 1 || mos[0].Text != "x" {
		t.Errorf("receive: %+v, %v", mos, err)
	}
	if got, _, err := s.DecodeReceipts(post(form, "id="+ourID+"&status=Delivered")); err != nil || len(got) != 1 || got[0].State != channel.ReceiptDelivered {
		t.Errorf("with a status: %+v, %v", got, err)
	}
	if got, _, err := s.DecodeReceipts(post(form, "id="+ourID+"&status=queued")); err != nil || len(got) != 1 || got[0].State != channel.ReceiptPending {
		t.Errorf("a status of its own: %+v, %v", got, err)
	}
	if resp, _ := route("/elsewhere", post(form, "")); resp.Status != 404 {
		t.Errorf("elsewhere: %d", resp.Status)
	}
	put := post(form, "from=22370000001")
	put.Method = http.MethodPut
	if resp, _ := route("/receive", put); resp.Status != 405 {
		t.Errorf("PUT: %d", resp.Status)
	}
	down = errors.New("no database")
	for _, path := range []string{"/receive", "/stopped", "/sent"} {
		if _, err := route(path, post(form, "from=22370000001&id="+ourID)); !errors.Is(err, down) {
			t.Errorf("%s while nothing can be stored: %v", path, err)
		}
	}
}

func FuzzFields(f *testing.F) {
	f.Add("from=22370000001&text=1", form, "from=%2B22370000001&text=%C9%9B&date=x&id="+ourID)
	f.Add("", "application/json", `{"from":22370000001,"text":"\u0000x","uuid":"`+ourID+`"}`)
	f.Add("", "multipart/form-data; boundary=a", "--a\r\nContent-Disposition: form-data; name=\"from\"\r\n\r\n22370000001\r\n--a--\r\n")
	s := open(f, nil)
	f.Fuzz(func(t *testing.T, query, kind, body string) {
		r := post(kind, body)
		r.URI += "?" + query
		mos, resp, err := s.DecodeMO(r)
		if err != nil && !errors.Is(err, channel.ErrInvalid) || err == nil && resp.Status != 200 {
			t.Fatal(resp.Status, err)
		}
		for _, m := range mos {
			if m.From.IsZero() || m.ExternalID == "" || !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text, 0) || len(m.Text) > 8192 {
				t.Fatalf("unfit message %+v", m)
			}
		}
		receipts, _, err := s.DecodeReceipts(r)
		if err != nil && !errors.Is(err, channel.ErrInvalid) {
			t.Fatal(err)
		}
		for _, r := range receipts {
			if len(r.OurID) != 36 || len(r.Code) > 64 || strings.ContainsAny(r.Code, "\x00\n") {
				t.Fatalf("unfit receipt %+v", r)
			}
		}
	})
}
