package africastalking

import (
	"net/http"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
)

// Largest fields of an SMS callback that are accepted, in bytes.
const (
	maxMessageID = 128
	maxSMSText   = 8192
	maxTo        = 64
)

// taken answers a callback; anything but a 200 is tried again for hours.
func taken() channel.Response {
	return channel.Response{Status: http.StatusOK, ContentType: "text/plain; charset=utf-8", Body: []byte("OK")}
}

// DecodeMO reads an inbound message, or the notice that somebody has opted out of an alphanumeric sender at the provider,
// which has a phoneNumber and a senderId and no text. A sender that is no phone number gives no MO.
func (s *SMS) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	f, err := read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	if f["from"] == "" && f["phoneNumber"] != "" && f["senderId"] != "" {
		return s.notice(f)
	}
	id := strings.TrimSpace(f["id"])
	if id == "" || !wire.Plain(id, maxMessageID) {
		return nil, channel.Response{}, wire.Invalid("id")
	}
	text := strings.ReplaceAll(f["text"], "\x00", "")
	if len(text) > maxSMSText {
		return nil, channel.Response{}, wire.Invalid("text")
	}
	to := strings.TrimSpace(f["to"])
	if !wire.Plain(to, maxTo) {
		to = ""
	}
	if f["from"] == "" {
		return nil, channel.Response{}, wire.Invalid("from")
	}
	from, err := identity.Parse(f["from"])
	if err != nil {
		return nil, taken(), nil
	}
	return []channel.MO{{Channel: s.config.Channel, ExternalID: id, From: from, To: to, Text: text}}, taken(), nil
}

// notice makes an opt-out of a notice. It has no id, and the same person may opt out again later, so each one counts: to
// stop twice does nothing, to miss one would.
func (s *SMS) notice(f wire.Form) ([]channel.MO, channel.Response, error) {
	number, err := identity.Parse(f["phoneNumber"])
	if err != nil {
		return nil, channel.Response{}, wire.Invalid("phoneNumber")
	}
	sender := strings.TrimSpace(f["senderId"])
	if !wire.Plain(sender, maxTo) {
		sender = ""
	}
	return []channel.MO{{
		Channel: s.config.Channel, ExternalID: "optout-" + s.config.NewID(), From: number, To: sender, OptOut: channel.OptedOut,
	}}, taken(), nil
}

// DecodeReceipts reads a delivery report. It names the message by the provider's id alone.
func (s *SMS) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	f, err := read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	id := strings.TrimSpace(f["id"])
	if id == "" || !wire.Plain(id, maxMessageID) {
		return nil, channel.Response{}, wire.Invalid("id")
	}
	receipt := channel.Receipt{Channel: s.config.Channel, ProviderID: id, Code: wire.Word(f["status"])}
	receipt.State = reported(receipt.Code)
	if receipt.State == channel.ReceiptFailed {
		reason := wire.Word(f["failureReason"])
		receipt.Class = failureClass(receipt.Code, reason)
		receipt.Code = strings.TrimSpace(receipt.Code + " " + reason)
	}
	return []channel.Receipt{receipt}, taken(), nil
}

// reported is the state a status means; statuses not known yet are pending.
func reported(status string) channel.ReceiptState {
	switch strings.ToLower(status) {
	case "sent", "submitted", "buffered":
		return channel.ReceiptSent
	case "success":
		return channel.ReceiptDelivered
	case "rejected", "failed", "absentsubscriber":
		return channel.ReceiptFailed
	case "expired":
		return channel.ReceiptExpired
	}
	return channel.ReceiptPending
}

// failureClass sorts a failureReason; the spelling "Subcriber" is the provider's.
func failureClass(status, reason string) channel.Class {
	switch strings.ToLower(reason) {
	case "insufficientcredit":
		return channel.ClassNoCredit
	case "userinblacklist", "donotdisturbrejection":
		return channel.ClassOptedOut
	case "userisinactive", "useraccountsuspended":
		return channel.ClassUnreachableNow
	case "notnetworksubcriber", "notnetworksubscriber", "userdoesnotexist":
		return channel.ClassUnreachableForever
	case "invalidlinkid", "usernotsubscribedtoproduct":
		return channel.ClassConfig
	}
	if strings.EqualFold(status, "AbsentSubscriber") {
		return channel.ClassUnreachableNow
	}
	return channel.ClassUnknown
}
