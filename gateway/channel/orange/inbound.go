package orange

import (
	"encoding/json"
	"net/http"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
)

// Largest fields of a callback that are accepted, in bytes.
const (
	maxMessageID = 128
	maxText      = 8192
	maxTo        = 64
)

// taken answers a callback. One that says nothing to us is answered so too: an error would bring it back for days.
func taken() channel.Response {
	return channel.Response{Status: http.StatusOK, ContentType: "text/plain; charset=utf-8"}
}

// DecodeMO reads an inbound message. messageId may be missing, and then a keyed hash of sender, date and text takes its
// place. A sender that is no phone number gives no MO.
func (s *SMS) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	var body struct {
		Notification *struct {
			Message struct {
				DateTime    string `json:"dateTime"`
				Destination string `json:"destinationAddress"`
				MessageID   string `json:"messageId"`
				Message     string `json:"message"`
				Sender      string `json:"senderAddress"`
			} `json:"inboundSMSMessage"`
		} `json:"inboundSMSMessageNotification"`
	}
	if err := read(r, &body); err != nil {
		return nil, channel.Response{}, err
	}
	if body.Notification == nil {
		return nil, taken(), nil
	}
	m := body.Notification.Message
	if m.Sender == "" {
		return nil, channel.Response{}, wire.Invalid("senderAddress")
	}
	text := strings.ReplaceAll(m.Message, "\x00", "")
	if len(text) > maxText {
		return nil, channel.Response{}, wire.Invalid("message")
	}
	from, err := identity.Parse(m.Sender)
	if err != nil {
		return nil, taken(), nil
	}
	id := strings.TrimSpace(m.MessageID)
	switch {
	case id == "":
		id = "print-" + s.config.Print(from.E164(), m.DateTime, text)
	case !wire.Plain(id, maxMessageID):
		return nil, channel.Response{}, wire.Invalid("messageId")
	}
	to := strings.TrimPrefix(strings.TrimSpace(m.Destination), "tel:")
	if !wire.Plain(to, maxTo) {
		to = ""
	}
	return []channel.MO{{Channel: s.config.Channel, ExternalID: id, From: from, To: to, Text: text}}, taken(), nil
}

// DecodeReceipts reads a delivery report. Its callbackData is the resource id of the send.
func (s *SMS) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	var body struct {
		Notification *struct {
			CallbackData string          `json:"callbackData"`
			Info         json.RawMessage `json:"deliveryInfo"`
		} `json:"deliveryInfoNotification"`
	}
	if err := read(r, &body); err != nil {
		return nil, channel.Response{}, err
	}
	if body.Notification == nil {
		return nil, taken(), nil
	}
	id := strings.TrimSpace(body.Notification.CallbackData)
	if id == "" || !wire.Plain(id, maxResource) {
		return nil, channel.Response{}, wire.Invalid("callbackData")
	}
	var receipts []channel.Receipt
	for _, status := range statuses(body.Notification.Info) {
		receipt := channel.Receipt{Channel: s.config.Channel, ProviderID: id, Code: wire.Word(status)}
		receipt.State = reported(receipt.Code)
		if receipt.State == channel.ReceiptFailed {
			receipt.Class = channel.ClassUnknown
		}
		receipts = append(receipts, receipt)
	}
	return receipts, taken(), nil
}

// statuses are those of one deliveryInfo, or of a list, as OneAPI has it.
func statuses(raw json.RawMessage) []string {
	type info struct {
		Status string `json:"deliveryStatus"`
	}
	var one info
	if json.Unmarshal(raw, &one) == nil {
		return []string{one.Status}
	}
	var list []info
	if json.Unmarshal(raw, &list) != nil || len(list) > maxStatuses {
		return nil
	}
	var out []string
	for _, i := range list {
		out = append(out, i.Status)
	}
	return out
}

// maxStatuses is more than the one recipient of a message can have.
const maxStatuses = 16

// reported is the state a status means; statuses not known yet are pending.
func reported(status string) channel.ReceiptState {
	switch strings.ToLower(status) {
	case "deliveredtoterminal":
		return channel.ReceiptDelivered
	case "deliveredtonetwork":
		return channel.ReceiptSent
	case "deliveryimpossible":
		return channel.ReceiptFailed
	}
	return channel.ReceiptPending // DeliveryUncertain, MessageWaiting
}

// read takes a JSON body apart. Letters come in UTF-8, and from some countries' platforms in Windows-1252.
func read(r *channel.Request, into any) error {
	text, ok := wire.Text(string(r.Body))
	if !ok || json.Unmarshal([]byte(text), into) != nil {
		return wire.Invalid("body")
	}
	return nil
}
