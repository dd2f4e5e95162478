package smsgate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/gateway/identity"
)

// Events of the app.
const (
	eventReceived  = "sms:received"
	eventSent      = "sms:sent"
	eventDelivered = "sms:delivered"
	eventFailed    = "sms:failed"
	eventCancelled = "sms:cancelled"
	eventPing      = "system:ping"
)

// hooks are the events we ask for, and the hook that takes each.
func hooks() []struct{ event, hook string } {
	return []struct{ event, hook string }{
		{eventReceived, "sms"}, {eventSent, "status"}, {eventDelivered, "status"}, {eventFailed, "status"},
		{eventCancelled, "status"}, {eventPing, "ping"},
	}
}

// clockWindow is how far a webhook's time may be from ours: the app signs anew at each try.
const clockWindow = 5 * time.Minute

// maxID bounds the ids that are believed.
const maxID = 64

// envelope is a webhook. Of its payload only what is used here is read.
type envelope struct {
	ID       string  `json:"id"`
	DeviceID string  `json:"deviceId"`
	Event    string  `json:"event"`
	Payload  payload `json:"payload"`
}

type payload struct {
	MessageID string          `json:"messageId"`
	Sender    string          `json:"sender"`
	Phone     string          `json:"phoneNumber"` // of apps that know no sender
	Recipient string          `json:"recipient"`   // often missing: few SIMs know their number
	Message   string          `json:"message"`
	Reason    string          `json:"reason"`
	Health    json.RawMessage `json:"health"`
}

// verify checks the app's proof: X-Signature is the HMAC of the raw body followed by X-Timestamp.
func verify(r *channel.Request, key string, now time.Time) error {
	stamp := r.Header("X-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || key == "" {
		return channel.ErrForged
	}
	given, err := hex.DecodeString(r.Header("X-Signature"))
	if err != nil || !hmac.Equal(given, sign(key, r.Body, stamp)) {
		return channel.ErrForged
	}
	if at := time.Unix(seconds, 0); at.Before(now.Add(-clockWindow)) || at.After(now.Add(clockWindow)) {
		return fmt.Errorf("%w: the phone's clock is off, or the call is old", channel.ErrForged)
	}
	return nil
}

func sign(key string, body []byte, stamp string) []byte {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	mac.Write([]byte(stamp))
	return mac.Sum(nil)
}

func readEnvelope(body []byte) (e envelope, err error) {
	if err := json.Unmarshal(body, &e); err != nil || e.Event == "" {
		return e, fmt.Errorf("%w: no webhook of the app", channel.ErrInvalid)
	}
	return e, nil
}

// message is the SMS of an envelope. The envelope's id stays the same over retries; the id in the payload is a short hash
// that two messages may share. A sender that is no phone gives none: nobody could be answered.
func (e envelope) message(name string, body []byte) []channel.MO {
	sender := e.Payload.Sender
	if sender == "" {
		sender = e.Payload.Phone
	}
	from, err := identity.Parse(sender)
	if e.Event != eventReceived || err != nil {
		return nil
	}
	id := e.ID
	if !plain(id) {
		sum := sha256.Sum256(body)
		id = hex.EncodeToString(sum[:16])
	}
	to := e.Payload.Recipient
	if !plain(to) {
		to = ""
	}
	return []channel.MO{{Channel: name, ExternalID: id, From: from, To: to, Text: strings.ReplaceAll(e.Payload.Message, "\x00", "")}}
}

// receipt is what a webhook says of a message that was sent.
func (e envelope) receipt(name string) (channel.Receipt, bool) {
	r := channel.Receipt{Channel: name, OurID: e.Payload.MessageID}
	if !plain(r.OurID) {
		return r, false
	}
	switch e.Event {
	case eventSent:
		r.State, r.Code = channel.ReceiptSent, e.Event
	case eventDelivered:
		r.State, r.Code = channel.ReceiptDelivered, e.Event
	case eventFailed, eventCancelled:
		r.State, r.Class, r.Code = failure(e.Payload.Reason)
		if r.Code == "" {
			r.Code = e.Event
		}
	default:
		return r, false
	}
	return r, true
}

// plain reports whether a word of a stranger may be kept as it is.
func plain(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func taken() channel.Response {
	return channel.Response{Status: 200, ContentType: "application/json", Body: []byte("{}")}
}
