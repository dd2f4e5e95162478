package infobip

import (
	"encoding/json"
	"net/http"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
)

// Bounds of callbacks.
const (
	maxMessageID = 128
	maxText      = 8192
	maxTo        = 64
	maxResults   = 1000
)

func done() channel.Response {
	return channel.Response{Status: http.StatusOK, ContentType: "text/plain; charset=utf-8"}
}

// DecodeMO reads a push of inbound messages. Each is judged alone: one that cannot be used is passed over, so that the
// others are not brought again for its sake.
func (s *SMS) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	var push struct {
		Results []struct {
			MessageID string `json:"messageId"`
			From      string `json:"from"`
			To        string `json:"to"`
			Text      string `json:"text"`
		} `json:"results"`
	}
	if err := read(r, &push); err != nil {
		return nil, channel.Response{}, err
	}
	if len(push.Results) > maxResults {
		return nil, channel.Response{}, wire.Invalid("results")
	}
	var out []channel.MO
	for _, m := range push.Results {
		from, err := identity.Parse(m.From)
		id, text := strings.TrimSpace(m.MessageID), strings.ReplaceAll(m.Text, "\x00", "")
		if err != nil || id == "" || !wire.Plain(id, maxMessageID) || len(text) > maxText {
			continue
		}
		to := strings.TrimSpace(m.To)
		if !wire.Plain(to, maxTo) {
			to = ""
		}
		out = append(out, channel.MO{Channel: s.config.Channel, ExternalID: id, From: from, To: to, Text: text})
	}
	return out, done(), nil
}

// DecodeReceipts reads a push of reports, each judged alone.
func (s *SMS) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	var push struct {
		Results []struct {
			MessageID string `json:"messageId"`
			Status    status `json:"status"`
			Error     struct {
				Name      string `json:"name"`
				Permanent bool   `json:"permanent"`
			} `json:"error"`
		} `json:"results"`
	}
	if err := read(r, &push); err != nil {
		return nil, channel.Response{}, err
	}
	if len(push.Results) > maxResults {
		return nil, channel.Response{}, wire.Invalid("results")
	}
	var out []channel.Receipt
	for _, m := range push.Results {
		id := strings.TrimSpace(m.MessageID)
		if id == "" || !wire.Plain(id, maxMessageID) {
			continue
		}
		receipt := channel.Receipt{
			Channel: s.config.Channel, ProviderID: id, OurID: id, State: reported(m.Status.GroupID), Code: wire.Word(m.Status.Name),
		}
		if receipt.State == channel.ReceiptFailed {
			receipt.Class = classOf(m.Status.Name)
			if m.Error.Permanent && receipt.Class == channel.ClassUnknown {
				receipt.Class = channel.ClassUnreachableForever
			}
			receipt.Code = strings.TrimSpace(receipt.Code + " " + wire.Word(m.Error.Name))
		}
		out = append(out, receipt)
	}
	return out, done(), nil
}

// reported is the state a group means; groups not known yet are pending.
func reported(group int) channel.ReceiptState {
	switch group {
	case 0, 1: // accepted, pending
		return channel.ReceiptSent
	case groupDelivered:
		return channel.ReceiptDelivered
	case groupUndeliverable, groupRejected:
		return channel.ReceiptFailed
	case groupExpired:
		return channel.ReceiptExpired
	}
	return channel.ReceiptPending
}

func read(r *channel.Request, into any) error {
	text, ok := wire.Text(string(r.Body))
	if !ok || json.Unmarshal([]byte(text), into) != nil {
		return wire.Invalid("body")
	}
	return nil
}
