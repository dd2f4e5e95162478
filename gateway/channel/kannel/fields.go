package kannel

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"baro/gateway/channel"
	"baro/locales/charset"
)

// Largest fields that are accepted, in bytes.
const (
	maxID      = 128
	maxAddress = 32
	maxText    = 8192
	maxMeta    = 4096
)

// taken answers a call. The body stays empty: smsbox would send any other to the person.
func taken() channel.Response {
	return channel.Response{Status: http.StatusOK, ContentType: "text/plain; charset=utf-8"}
}

// A call is what an sms-service says about one message.
type call struct {
	id       string // %I: the same on every attempt of Kannel's to deliver it
	from, to string
	service  string // %B: the SMPP service_type
	meta     string // %D
	coding   string // %c: 0 7-bit, 1 8-bit, 2 UCS-2
	charset  string // %C
	at       int64  // %T: when Kannel got it, in Unix seconds; 0 when it does not say
	text     []byte
}

// read takes a call apart. get-url has everything in the query. post-url has the text as the body and the rest in
// X-Kannel headers, except the id, for which there is none: %I stands in the query there, too.
func read(r *channel.Request) (call, error) {
	q := r.Query
	c := call{
		id: q.Get("id"), from: q.Get("from"), to: q.Get("to"), service: q.Get("svc"), meta: q.Get("meta"),
		coding: q.Get("coding"), charset: q.Get("charset"), text: []byte(q.Get("text")),
	}
	if at, err := strconv.ParseInt(q.Get("ts"), 10, 64); err == nil && at > 0 {
		c.at = at
	}
	if r.Method == http.MethodPost {
		if err := c.readPost(r); err != nil {
			return call{}, err
		}
	}
	if c.id = strings.TrimSpace(c.id); c.id == "" || !plain(c.id, maxID) {
		return call{}, invalid("id")
	}
	if c.from == "" {
		return call{}, invalid("from")
	}
	if c.to = strings.TrimSpace(c.to); !plain(c.to, maxAddress) {
		c.to = ""
	}
	switch {
	case len(c.text) > maxText:
		return call{}, invalid("text")
	case len(c.meta) > maxMeta:
		return call{}, invalid("meta")
	}
	return c, nil
}

func (c *call) readPost(r *channel.Request) error {
	kind, params, err := mime.ParseMediaType(r.Header("Content-Type"))
	if err == nil && kind == "application/x-www-form-urlencoded" { // somebody between Kannel and us
		form, err := url.ParseQuery(string(r.Body))
		if err != nil {
			return invalid("body")
		}
		for _, f := range []struct {
			name string
			to   *string
		}{{"id", &c.id}, {"from", &c.from}, {"to", &c.to}, {"svc", &c.service}, {"meta", &c.meta}, {"coding", &c.coding}, {"charset", &c.charset}} {
			if v := form.Get(f.name); v != "" {
				*f.to = v
			}
		}
		c.text = []byte(form.Get("text"))
		return nil
	}
	for _, f := range []struct {
		header string
		to     *string
	}{{"X-Kannel-From", &c.from}, {"X-Kannel-To", &c.to}, {"X-Kannel-Service", &c.service}, {"X-Kannel-Meta-Data", &c.meta}, {"X-Kannel-Coding", &c.coding}} {
		if *f.to == "" {
			*f.to = r.Header(f.header)
		}
	}
	if c.charset == "" && err == nil {
		c.charset = params["charset"]
	}
	c.text = append([]byte(nil), r.Body...)
	return nil
}

// binary reports whether the message is data for a program on the phone and no text.
func (c *call) binary() bool { return c.coding == "1" }

// words is the text of a message. Coding 2 without mo-recode is raw UTF-16; otherwise it is UTF-8, whatever the guide
// says of coding 0; bytes that are none are taken for Windows-1252. A NUL, which no phone can type and PostgreSQL cannot
// keep, is dropped.
func (c *call) words() string {
	text := ""
	switch name := strings.ToUpper(strings.TrimSpace(c.charset)); {
	case name == "UTF-16BE", name == "UCS-2BE", name == "UCS-2", name == "ISO-10646-UCS-2", name == "" && c.coding == "2":
		text = charset.DecodeUCS2(c.text)
	case name == "ISO-8859-1", name == "LATIN1", name == "WINDOWS-1252":
		text = windows1252(c.text)
	case utf8.Valid(c.text):
		text = string(c.text)
	default:
		text = windows1252(c.text)
	}
	return strings.ReplaceAll(text, "\x00", "")
}

func windows1252(b []byte) string {
	var s strings.Builder
	s.Grow(2 * len(b))
	for _, c := range b {
		s.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return s.String()
}

// plain reports whether s is at most limit bytes of printable characters without blanks.
func plain(s string, limit int) bool {
	return len(s) <= limit && utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }) < 0
}

func invalid(field string) error { return fmt.Errorf("%w: field %s", channel.ErrInvalid, field) }
