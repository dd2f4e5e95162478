package simulator

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/locales/charset"
)

// SMSChannel is a simulated SMS channel: what is sent arrives in the inbox at once, and every message is delivered.
type SMSChannel struct {
	name    string
	from    string
	profile charset.Profile
	inbox   *Inbox
	newID   func() string
}

var _ channel.SMSProvider = (*SMSChannel)(nil)

// NewSMS returns the simulated channel of that configured name. The sender is shown as from.
func NewSMS(name, from string, profile charset.Profile, inbox *Inbox, newID func() string) *SMSChannel {
	return &SMSChannel{name: name, from: from, profile: profile, inbox: inbox, newID: newID}
}

// maxText is the longest message a simulated phone sends, in bytes.
const maxText = 4096

// DecodeMO reads a message typed on a simulated phone: form fields from and text.
func (s *SMSChannel) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	form, err := url.ParseQuery(string(r.Body))
	if err != nil || len(form.Get("text")) > maxText {
		return nil, channel.Response{}, channel.ErrInvalid
	}
	from, err := identity.Parse(form.Get("from"))
	if err != nil {
		return nil, channel.Response{}, channel.ErrInvalid
	}
	mo := channel.MO{Channel: s.name, ExternalID: s.newID(), From: from, To: s.from, Text: form.Get("text")}
	return []channel.MO{mo}, accepted(), nil
}

// DecodeReceipts reads nothing: simulated phones send none.
func (s *SMSChannel) DecodeReceipts(*channel.Request) ([]channel.Receipt, channel.Response, error) {
	return nil, accepted(), nil
}

// Send delivers to the inbox.
func (s *SMSChannel) Send(_ context.Context, m channel.MT) channel.Result {
	id := s.inbox.Add(m.To, s.from, m.Text)
	return channel.Result{Outcome: channel.Accepted, ProviderID: strconv.FormatUint(id, 10), Parts: m.Parts}
}

// Profile is what the channel carries.
func (s *SMSChannel) Profile() charset.Profile { return s.profile }

func accepted() channel.Response {
	body, err := json.Marshal(map[string]bool{"accepted": true})
	if err != nil { // a constant
		body = nil
	}
	return channel.Response{Status: http.StatusOK, ContentType: "application/json", Body: body}
}
