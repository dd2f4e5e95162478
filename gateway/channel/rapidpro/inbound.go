package rapidpro

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
)

// Largest fields that are accepted, in bytes.
const (
	maxText = 8192
	maxDate = 64
)

var errEarly = errors.New("rapidpro: not started")

// Route answers the contract's own paths.
func (s *SMS) Route(ctx context.Context, path string, r *channel.Request) (channel.Response, error) {
	h := s.handlers.Load()
	if h == nil {
		return channel.Response{}, errEarly
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return channel.Response{Status: http.StatusMethodNotAllowed}, nil
	}
	switch path {
	case "/receive":
		mos, answer, err := s.DecodeMO(r)
		if err == nil && len(mos) > 0 {
			err = h.Accept(ctx, mos)
		}
		return answer, err
	case "/stopped":
		mos, answer, err := s.stopped(r)
		if err == nil && len(mos) > 0 {
			err = h.Accept(ctx, mos)
		}
		return answer, err
	case "/sent", "/delivered", "/failed":
		receipts, answer, err := s.receipts(r, path[1:])
		if err == nil && len(receipts) > 0 {
			err = h.Record(ctx, receipts...)
		}
		return answer, err
	}
	return channel.Response{Status: http.StatusNotFound}, nil
}

// DecodeMO reads a message. There is no id in the contract: a keyed hash of sender, text and date takes its place, and
// without a date the same words of the same person within two seconds are one message.
func (s *SMS) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	f, from, err := s.person(r)
	if err != nil || from.IsZero() {
		return nil, s.taken(), err
	}
	text := strings.ReplaceAll(first(f, s.config.TextField, "text"), "\x00", "")
	if len(text) > maxText {
		return nil, channel.Response{}, wire.Invalid("text")
	}
	date := first(f, s.config.DateField, "date", "time")
	if len(date) > maxDate {
		return nil, channel.Response{}, wire.Invalid("date")
	}
	if date == "" {
		date = s.repeats.moment(s.config.Print("moment", from.E164(), text), s.config.Now())
	}
	return []channel.MO{{Channel: s.config.Channel, ExternalID: "print-" + s.config.Print(from.E164(), date, text), From: from, Text: text}}, s.taken(), nil
}

// stopped reads that somebody opted out before the connector, who was told so there.
func (s *SMS) stopped(r *channel.Request) ([]channel.MO, channel.Response, error) {
	_, from, err := s.person(r)
	if err != nil || from.IsZero() {
		return nil, s.taken(), err
	}
	date := s.repeats.moment(s.config.Print("stopped", from.E164()), s.config.Now())
	return []channel.MO{{
		Channel: s.config.Channel, ExternalID: "stopped-" + s.config.Print("stopped", from.E164(), date), From: from, OptOut: channel.OptedOut,
	}}, s.taken(), nil
}

// person reads who a request is about. A sender that is no phone gives the zero number: the connector would only bring the
// request back.
func (s *SMS) person(r *channel.Request) (wire.Form, identity.MSISDN, error) {
	f, err := read(r)
	if err != nil {
		return nil, identity.MSISDN{}, err
	}
	sender := first(f, s.config.FromField, "from", "sender")
	if strings.TrimSpace(sender) == "" {
		return nil, identity.MSISDN{}, wire.Invalid("from")
	}
	from, err := identity.Parse(sender)
	if err != nil {
		return f, identity.MSISDN{}, nil
	}
	return f, from, nil
}

// DecodeReceipts reads a report whose state stands in the field status, for connectors that know one address only.
func (s *SMS) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	return s.receipts(r, "")
}

// receipts reads a report. It names a message by our id; an id that is none of ours says nothing to us.
func (s *SMS) receipts(r *channel.Request, state string) ([]channel.Receipt, channel.Response, error) {
	f, err := read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	given := strings.TrimSpace(first(f, "uuid", "id"))
	if given == "" {
		return nil, channel.Response{}, wire.Invalid("id")
	}
	if state == "" {
		state = strings.ToLower(wire.Word(f["status"]))
	}
	id, err := uuid.Parse(given)
	if err != nil {
		return nil, s.taken(), nil
	}
	receipt := channel.Receipt{Channel: s.config.Channel, OurID: id.String(), Code: state}
	switch state {
	case "sent":
		receipt.State = channel.ReceiptSent
	case "delivered":
		receipt.State = channel.ReceiptDelivered
	case "failed":
		receipt.State, receipt.Class = channel.ReceiptFailed, channel.ClassUnknown
	}
	return []channel.Receipt{receipt}, s.taken(), nil
}

func (s *SMS) taken() channel.Response {
	return channel.Response{Status: http.StatusOK, ContentType: s.config.ReplyType, Body: []byte(s.config.Reply)}
}
