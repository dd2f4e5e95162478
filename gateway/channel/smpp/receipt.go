package smpp

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp/pdu"
	"baro/locales/charset"
)

// A report is what a delivery receipt says (SMPP 3.4 appendix B and §5.3.2.35).
type report struct {
	id    string
	state channel.ReceiptState
	class channel.Class
	code  string // the message centre's words
	ends  [2]string
	name  string // of the channel
}

// about is true when one end of the report is that phone. A message centre that names no phone is believed.
func (r report) about(phone string) bool {
	named := false
	for _, end := range r.ends {
		named = named || len(end) == tailDigits
		if end == phone {
			return true
		}
	}
	return !named
}

func (r report) receipt() channel.Receipt {
	return channel.Receipt{Channel: r.name, ProviderID: r.id, State: r.state, Class: r.class, Code: r.code}
}

// receipt is true for deliveries that are reports. Text alone proves nothing: anybody can send an SMS that reads like one.
func (d delivery) receipt() bool {
	switch d.ESMClass & pdu.ESMTypeMask {
	case 0:
		_, found := d.TLVs.Get(pdu.ReceiptedMessageID)
		return found
	}
	return true
}

// storeReceipt records a report and gives the status that answers it. A report for nobody is fine; one that cannot be
// stored is to come again.
func (c *Client) storeReceipt(ctx context.Context, d delivery) pdu.Status {
	if c.handlers.Record == nil {
		return pdu.OK
	}
	r := c.read(d)
	if kind := d.ESMClass & pdu.ESMTypeMask; kind != pdu.ESMReceipt && kind != 0 && r.state != channel.ReceiptSent {
		r.state, r.class = channel.ReceiptPending, channel.ClassNone // intermediate, or an answer of the phone's owner
	}
	if err := c.handlers.Record(ctx, c.tracker.match(r, c.Now())); err != nil {
		c.Log.Error("receipt not recorded", "channel", c.Channel, "error", err)
		return pdu.TemporaryAppError
	}
	return pdu.OK
}

// replay records receipts that were early, off the reading goroutine. They are stored already, but nobody knew whose they
// are.
func (c *Client) replay(receipts []channel.Receipt) {
	if len(receipts) == 0 || !c.begin() {
		return
	}
	go func() {
		defer c.jobs.Done()
		ctx, cancel := context.WithTimeout(c.work, c.Timing.Handle)
		defer cancel()
		if err := c.handlers.Record(ctx, receipts...); err != nil {
			c.Log.Error("early receipts not recorded", "channel", c.Channel, "receipts", len(receipts), "error", err)
		}
	}()
}

// read takes what the parameters say, and the text for the rest.
func (c *Client) read(d delivery) report {
	text := receiptText(d)
	r := report{name: c.Channel, id: field(text, "id"), ends: [2]string{tail(d.Source.Addr), tail(d.Dest.Addr)}}
	stat, code := strings.ToUpper(field(text, "stat")), field(text, "err")
	if id, ok := d.TLVs.Text(pdu.ReceiptedMessageID); ok && id != "" {
		r.id = id
	}
	if state, ok := d.TLVs.Octet(pdu.MessageState); ok {
		if word := stateWord(state); word != "" {
			stat = word
		}
	}
	if v, ok := d.TLVs.Get(pdu.NetworkErrorCode); ok && len(v) == 3 && code == "" {
		code = fmt.Sprintf("%d", binary.BigEndian.Uint16(v[1:]))
	}
	r.id = printable(r.id)
	r.state, r.class = meaning(stat)
	r.code = bounded(printable(stat))
	if code != "" {
		r.code += " err:" + bounded(printable(code))
	}
	return r
}

func receiptText(d delivery) string {
	if d.Coding&0x0C == codingUCS2 {
		return charset.DecodeUCS2(d.Text())
	}
	return latin1(d.Text())
}

// meaning maps the words of appendix B. DELETED and REJECTD say that the message will not arrive, and not why.
func meaning(stat string) (channel.ReceiptState, channel.Class) {
	switch {
	case strings.HasPrefix(stat, "DELIV"):
		return channel.ReceiptDelivered, channel.ClassNone
	case strings.HasPrefix(stat, "EXPIRE"):
		return channel.ReceiptExpired, channel.ClassUnreachableNow
	case strings.HasPrefix(stat, "UNDELIV"), strings.HasPrefix(stat, "DELETE"), strings.HasPrefix(stat, "REJECT"), strings.HasPrefix(stat, "SKIP"):
		return channel.ReceiptFailed, channel.ClassUnknown
	case strings.HasPrefix(stat, "ENROUTE"), strings.HasPrefix(stat, "ACCEPT"), strings.HasPrefix(stat, "SCHED"):
		return channel.ReceiptSent, channel.ClassNone
	}
	return channel.ReceiptPending, channel.ClassNone
}

// stateWord is the word of a message_state (SMPP 3.4 §5.2.28; 0 and 9 are of version 5).
func stateWord(state byte) string {
	words := [...]string{"SCHEDULED", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD", "SKIPPED"}
	if int(state) < len(words) {
		return words[state]
	}
	return ""
}

// field finds "key:value" in any order and case. The text of the message that ends a receipt is not looked at: whoever
// wrote it could say anything.
func field(text, key string) string {
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		lower = text // letters outside ASCII that change their length; keys have none
	}
	if i := strings.Index(lower, "text:"); i > 0 {
		text, lower = text[:i], lower[:i]
	}
	for start := 0; ; {
		i := strings.Index(lower[start:], key+":")
		if i < 0 {
			return ""
		}
		i += start
		start = i + len(key) + 1
		if i > 0 && (lower[i-1] >= 'a' && lower[i-1] <= 'z' || lower[i-1] == '_') {
			continue // the end of a longer key
		}
		value := strings.TrimLeft(text[start:], " ")
		if end := strings.IndexAny(value, " \r\n\t,;"); end >= 0 {
			value = value[:end]
		}
		return value
	}
}

func bounded(s string) string {
	const longest = 40
	if len(s) > longest {
		return strings.ToValidUTF8(s[:longest], "")
	}
	return s
}
