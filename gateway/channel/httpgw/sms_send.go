package httpgw

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"net/http"
	"net/url"

	"strconv"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/httpsend"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
	"baro/locales/charset"
)

// ourParam carries our id in the address of reports.
const ourParam = "m"

// afterTrouble is the wait before what may have been taken is handed over again, to a gateway that takes our ids once.
const afterTrouble = 30 * time.Second

// A send is how messages are handed over.
type send struct {
	method      string
	address     wire.Template
	contentType string
	writing     wire.Writing
	body        wire.Template
	headers     map[string]wire.Template
	basic       bool // user and password by HTTP
	signature   string
	sum         func() hash.Hash
	inBase64    bool
	number      string // plus, digits, zeros, national
	country     string
	coding      [2]string // of GSM 7-bit and UCS-2
	once        bool      // takes our ids once
	answered
}

// sendNames are the placeholders of what is sent. parts, coding, minutes and seconds are written bare.
func sendNames() []string {
	return []string{
		"text", "to", "from", "id", "channel", "username", "password", "key", "status_url", "parts", "coding", "minutes", "seconds",
	}
}

func compileSend(s *settings, c SMSConfig) (o send) {
	o.method = strings.ToUpper(s.oneOf("send.method", "post", "get", "post", "put"))
	address := s.text("send.url", "")
	if c.SendURL != "" {
		_, query, _ := strings.Cut(address, "?")
		if address = c.SendURL; query != "" && !strings.Contains(address, "?") {
			address += "?" + query
		}
	}
	var err error
	if o.address, err = wire.ParseTemplate(address, sendNames()...); err != nil {
		s.wrong("send.url", "%v", err)
	}
	o.contentType = s.text("send.type", "application/x-www-form-urlencoded")
	o.writing = wire.WritingOf(o.contentType)
	if o.body, err = wire.ParseTemplate(s.text("send.body", ""), sendNames()...); err != nil {
		s.wrong("send.body", "%v", err)
	}
	o.headers = compileHeaders(s, "send.headers", sendNames())
	o.coding = [2]string{s.text("send.coding.gsm7", "0"), s.text("send.coding.ucs2", "2")}
	o.once = s.onOff("send.ids_once")
	if o.basic = s.onOff("send.basic"); o.basic && (c.Username == "" || c.Password == "") {
		s.wrong("send.basic", "username and password are needed")
	}
	o.signature = s.text("send.hmac.header", "")
	o.sum, o.inBase64 = compileHMAC(s, "send.hmac")
	if o.signature != "" && c.Key == "" {
		s.wrong("send.hmac", "key is needed")
	}
	o.number = s.oneOf("send.number", "plus", "plus", "digits", "zeros", "national")
	if o.country = s.text("send.country", ""); o.number == "national" && o.country == "" {
		s.wrong("send.country", "digits like 223 are needed for national numbers")
	}
	o.check(s, c)
	o.answered = compileAnswered(s)
	return o
}

// check tries what would be sent.
func (o send) check(s *settings, c SMSConfig) {
	sample, err := url.Parse(o.address.Fill(func(string) string { return "1" }))
	if err != nil || sample.Host == "" || sample.Scheme != "https" && sample.Scheme != "http" {
		s.wrong("send.url", "an absolute http or https address is expected")
	}
	if len(o.body) > 0 && o.method == http.MethodGet {
		s.wrong("send.body", "GET has none")
	}
	for _, name := range []string{"text", "to"} {
		if !o.address.Has(name) && !o.body.Has(name) {
			s.wrong("send", "neither url nor body holds {{%s}}", name)
		}
	}
	given := map[string]string{"username": c.Username, "password": c.Password, "key": c.Key, "from": c.From}
	for name, value := range given {
		used := o.address.Has(name) || o.body.Has(name)
		for _, t := range o.headers {
			used = used || t.Has(name)
		}
		if used && value == "" {
			s.wrong("send", "{{%s}} is used and not set", name)
		}
	}
	for _, coding := range o.coding {
		if err := o.readable(coding); err != nil {
			s.wrong("send.body", "%v", err)
			break
		}
	}
}

// readable tries the body with values that hold everything an escape is for.
func (o send) readable(coding string) error {
	bare := map[string]string{"parts": "1", "minutes": "60", "seconds": "3600", "coding": coding}
	body := o.body.Fill(func(name string) string {
		if value, ok := bare[name]; ok {
			return value
		}
		return o.writing.Escape("a \"b\" & <c> 'd' {{text}} é\ne", "")
	})
	switch {
	case body == "":
	case o.writing == wire.JSONText:
		if _, err := parseJSON(body); err != nil {
			return errors.New("with values filled in it is no JSON; values bring their own quotes")
		}
	case o.writing == wire.XMLText:
		if _, err := parseXML(body); err != nil {
			return errors.New("with values filled in it is no XML")
		}
	}
	return nil
}

// inAddress escapes for an address, in whose path a plus is no blank.
func inAddress(value, _ string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }

// Send hands one message over, in one call. What may have been taken is unknown, unless the gateway takes our ids once: then
// it may be handed over again.
func (m *SMS) Send(ctx context.Context, mt channel.MT) channel.Result {
	req, err := m.request(ctx, mt)
	if err != nil {
		return channel.Result{Outcome: channel.Refused, Class: channel.ClassConfig, Err: err}
	}
	var r channel.Result
	if answer, err := m.client.Do(ctx, req); err != nil {
		r = httpsend.Lost(err)
	} else {
		r = m.send.judge(answer, m.config.Now())
	}
	if r.Outcome == channel.Unknown && m.send.once {
		r.Outcome, r.After = channel.RetryAfter, afterTrouble
	}
	if r.Outcome == channel.RetryAfter && r.After == 0 {
		r.After = time.Second
	}
	return r
}

func (m *SMS) request(ctx context.Context, mt channel.MT) (*http.Request, error) {
	bad := errors.New("http: request not made") // the reason could quote an address with secrets in it
	o := m.send
	body := o.body.Fill(m.values(mt, o.writing.Escape))
	req, err := http.NewRequestWithContext(ctx, o.method, o.address.Fill(m.values(mt, inAddress)), strings.NewReader(body))
	if err != nil {
		return nil, bad
	}
	if o.method != http.MethodGet {
		req.Header.Set("Content-Type", o.contentType)
	}
	req.Header.Set("User-Agent", "baro")
	for name, t := range o.headers {
		value := t.Fill(m.values(mt, wire.PlainText.Escape))
		if strings.ContainsAny(value, "\r\n\x00") {
			return nil, bad
		}
		req.Header.Set(name, value)
	}
	if o.basic {
		req.SetBasicAuth(m.config.Username, m.config.Password)
	}
	if o.signature != "" {
		mac := hmac.New(o.sum, []byte(m.config.Key))
		mac.Write([]byte(body))
		encode := hex.EncodeToString
		if o.inBase64 {
			encode = base64.StdEncoding.EncodeToString
		}
		req.Header.Set(o.signature, encode(mac.Sum(nil)))
	}
	return req, nil
}

// values gives what placeholders stand for, escaped for where it stands.
func (m *SMS) values(mt channel.MT, escape func(value, newline string) string) func(string) string {
	left := time.Hour
	if !mt.ExpiresAt.IsZero() {
		left = min(max(mt.ExpiresAt.Sub(m.config.Now()), time.Minute), 48*time.Hour)
	}
	return func(name string) string {
		value := ""
		switch name {
		case "parts":
			return strconv.Itoa(max(mt.Parts, 1))
		case "minutes":
			return strconv.Itoa(int(left / time.Minute))
		case "seconds":
			return strconv.Itoa(int(left / time.Second))
		case "coding":
			if mt.Encoding == charset.UCS2 {
				return m.send.coding[1]
			}
			return m.send.coding[0]
		case "text":
			value = mt.Text
		case "to":
			value = m.send.written(mt.To)
		case "from":
			value = m.config.From
		case "id":
			value = mt.ID
		case "channel":
			value = m.config.Channel
		case "username":
			value = m.config.Username
		case "password":
			value = m.config.Password
		case "key":
			value = m.config.Key
		case "status_url":
			if m.config.StatusURL != "" {
				value = m.config.StatusURL + "?" + ourParam + "=" + url.QueryEscape(mt.ID)
			}
		}
		return escape(value, "")
	}
}

// written is a number the way the gateway wants it.
func (o send) written(n identity.MSISDN) string {
	digits := strings.TrimPrefix(n.E164(), "+")
	switch o.number {
	case "digits":
		return digits
	case "zeros":
		return "00" + digits
	case "national":
		return strings.TrimPrefix(digits, o.country)
	}
	return "+" + digits
}
