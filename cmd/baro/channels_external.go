package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/rapidpro"
	"baro/locales/charset"
)

// externalSMS is a channel before a connector that speaks the contract of RapidPro's "External" channel.
func (n *node) externalSMS(ch channelSettings) (channel.SMSProvider, error) {
	length := ch.Number("max_length")
	if length > 0 && length < oneSMS {
		return nil, fmt.Errorf("max_length: %d or more: a shorter text is no SMS", oneSMS)
	}
	headers, err := plainHeaders(ch)
	if err != nil {
		return nil, err
	}
	s, err := rapidpro.New(rapidpro.Config{
		Channel: ch.Name, SendURL: ch.Text("send_url"), Method: ch.Text("send_method"), Body: ch.Text("send_body"),
		ContentType: ch.Text("content_type"), Authorization: string(ch.Secretly("send_authorization")), Headers: headers,
		ResponseCheck: ch.Text("mt_response_check"), From: ch.Text("from"), National: ch.On("use_national"),
		FromField: ch.Text("mo_from_field"), TextField: ch.Text("mo_text_field"), DateField: ch.Text("mo_date_field"),
		Reply: ch.Text("mo_response"), ReplyType: ch.Text("mo_response_content_type"), Profile: ch.profile, Now: n.set.now, Print: n.print,
	})
	if err != nil {
		return nil, err
	}
	n.external = append(n.external, s)
	return s, nil
}

// plainHeaders are headers that go with every call.
func plainHeaders(ch channelSettings) (map[string]string, error) {
	all, _ := ch.Settings["headers"].(map[string]any)
	headers := make(map[string]string, len(all))
	for name, value := range all {
		text, ok := value.(string)
		if !ok {
			return nil, errors.New("headers: names with one value each are expected")
		}
		headers[name] = strings.TrimSpace(text)
	}
	return headers, nil
}

// Septets of one SMS, and of each part of a longer one.
const (
	oneSMS  = 160
	onePart = 153
)

// lengthOf keeps a profile to the length that one call of a channel may carry; 0: to none but its own.
func lengthOf(p charset.Profile, length int) charset.Profile {
	if length <= 0 || !p.Concatenated {
		return p
	}
	if p.MaxParts = min(max(p.MaxParts, 1), length/onePart); p.MaxParts <= 1 {
		p.Concatenated, p.MaxParts = false, 1
	}
	return p
}

// startExternal lets connectors bring messages and reports, and begins to tell RapidPros.
func (n *node) startExternal(ctx context.Context) {
	for _, s := range n.external {
		s.Start(rapidpro.Handlers{Accept: mailroom{n}.Accept, Record: n.outbox.Record})
	}
	for _, r := range n.relays {
		r.Start(ctx)
	}
}
