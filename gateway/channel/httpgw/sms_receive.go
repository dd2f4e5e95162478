package httpgw

import (
	"slices"
	"strconv"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
)

// Largest fields of callbacks, in bytes.
const (
	maxMessageID = 128
	maxMessage   = 8192
	maxTo        = 64
)

// repeatWithin is for how many seconds the same text of the same person is one message, where the gateway tells neither an
// id nor a date.
const repeatWithin = 2

// A receive is how inbound messages are read.
type receive struct {
	reading
	each   string
	optOut rules
	taken  channel.Response
}

// rules say which words of a field mean what the gateway did on its own.
type rules struct {
	field string
	words map[string]channel.OptOut // in small letters
}

func compileReceive(s *settings) (r receive) {
	if len(s.below("receive")) == 0 {
		return r // sends only
	}
	r.reading = compileReading(s, "receive", []string{"from", "to", "text", "id", "date", "opt_out"}, "from")
	r.each = s.text("receive.each", "")
	r.taken = compileTaken(s, "receive.answer")
	r.optOut.words = map[string]channel.OptOut{}
	for word, means := range map[string]channel.OptOut{"stop": channel.OptedOut, "start": channel.OptedIn, "help": channel.HelpSent} {
		for _, w := range s.list("receive.opt_out." + word) {
			r.optOut.words[strings.ToLower(w)] = means
		}
	}
	r.optOut.field = s.text("receive.opt_out.field", "opt_out")
	if len(r.optOut.words) > 0 && len(r.fields[r.optOut.field]) == 0 {
		s.wrong("receive.opt_out", "there is no field %s under receive.fields", r.optOut.field)
	}
	if len(r.fields["text"]) == 0 && len(r.optOut.words) == 0 {
		s.wrong("receive.fields", "text is missing")
	}
	return r
}

// DecodeMO reads inbound messages by the channel's rules. In a list each is judged alone: one that cannot be used is passed
// over, so that the others are not brought again for its sake. A sender that is no phone number gives no message.
func (m *SMS) DecodeMO(r *channel.Request) ([]channel.MO, channel.Response, error) {
	if !m.proves(r) {
		return nil, channel.Response{}, channel.ErrForged
	}
	if m.receive.fields == nil {
		return nil, channel.Response{}, wire.Invalid("receive, which the channel has not")
	}
	in, err := m.receive.read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	var out []channel.MO
	for _, item := range in.items(m.receive.each) {
		mo, err := m.message(item)
		switch {
		case err != nil && m.receive.each == "":
			return nil, channel.Response{}, err
		case err == nil && !mo.From.IsZero():
			out = append(out, mo)
		}
	}
	return out, m.receive.taken, nil
}

// message reads one; its sender is zero where it is no phone number.
func (m *SMS) message(in incoming) (channel.MO, error) {
	sender := in.get("from")
	text := strings.ReplaceAll(in.get("text"), "\x00", "")
	id := strings.TrimSpace(in.get("id"))
	switch {
	case sender == "":
		return channel.MO{}, wire.Invalid("from")
	case len(text) > maxMessage:
		return channel.MO{}, wire.Invalid("text")
	case !wire.Plain(id, maxMessageID), id == "" && m.receive.has("id") && !m.receive.has("date"):
		return channel.MO{}, wire.Invalid("id")
	}
	from, err := m.receive.number(sender)
	if err != nil {
		return channel.MO{}, nil
	}
	to := strings.TrimPrefix(strings.TrimSpace(in.get("to")), "tel:")
	if !wire.Plain(to, maxTo) {
		to = ""
	}
	if id == "" {
		date := in.get("date")
		if date == "" {
			date = strconv.FormatInt(m.config.Now().Unix()/repeatWithin, 10)
		}
		id = "print-" + m.config.Print(from.E164(), to, date, text)
	}
	return channel.MO{
		Channel: m.config.Channel, ExternalID: id, From: from, To: to, Text: text,
		OptOut: m.receive.optOut.words[strings.ToLower(strings.TrimSpace(in.get(m.receive.optOut.field)))],
	}, nil
}

// A report is how delivery reports are read.
type report struct {
	reading
	each    string
	states  map[string]channel.ReceiptState // by the gateway's word, in small letters
	classes map[string]channel.Class        // by the gateway's code or word
	taken   channel.Response
}

func compileReport(s *settings) (r report) {
	if len(s.below("report")) == 0 {
		return r // none come
	}
	r.reading = compileReading(s, "report", []string{"id", "our", "state", "code"}, "state")
	if !r.has("our") {
		r.fields["our"] = []string{"query:" + ourParam}
	}
	r.each = s.text("report.each", "")
	r.taken = compileTaken(s, "report.answer")
	r.states = map[string]channel.ReceiptState{}
	for name, state := range map[string]channel.ReceiptState{
		"sent": channel.ReceiptSent, "delivered": channel.ReceiptDelivered, "failed": channel.ReceiptFailed,
		"expired": channel.ReceiptExpired, "pending": channel.ReceiptPending,
	} {
		for _, word := range s.list("report.states." + name) {
			if _, twice := r.states[strings.ToLower(word)]; twice {
				s.wrong("report.states."+name, "%q stands for two states", word)
			}
			r.states[strings.ToLower(word)] = state
		}
	}
	if len(r.states) == 0 {
		s.wrong("report.states", "is missing")
	}
	r.classes = map[string]channel.Class{}
	for _, word := range s.below("report.classes") {
		class := channel.Class(s.text("report.classes."+word, ""))
		if !slices.Contains(classes(), class) {
			s.wrong("report.classes."+word, "one of %s", classNames())
		}
		r.classes[strings.ToLower(word)] = class
	}
	return r
}

// DecodeReceipts reads delivery reports, each judged alone. Words that are not known yet are pending.
func (m *SMS) DecodeReceipts(r *channel.Request) ([]channel.Receipt, channel.Response, error) {
	if !m.proves(r) {
		return nil, channel.Response{}, channel.ErrForged
	}
	if m.report.fields == nil {
		return nil, channel.Response{}, wire.Invalid("report, which the channel has not")
	}
	in, err := m.report.read(r)
	if err != nil {
		return nil, channel.Response{}, err
	}
	var out []channel.Receipt
	for _, item := range in.items(m.report.each) {
		receipt := channel.Receipt{Channel: m.config.Channel, ProviderID: strings.TrimSpace(item.get("id")), OurID: strings.TrimSpace(item.get("our"))}
		if receipt.ProviderID+receipt.OurID == "" || !wire.Plain(receipt.ProviderID, maxMessageID) || !wire.Plain(receipt.OurID, maxMessageID) {
			if m.report.each == "" {
				return nil, channel.Response{}, wire.Invalid("id")
			}
			continue
		}
		word, code := wire.Word(item.get("state")), wire.Word(item.get("code"))
		receipt.State, receipt.Code = m.report.states[strings.ToLower(word)], strings.TrimSpace(word+" "+code)
		if receipt.State == channel.ReceiptFailed {
			receipt.Class = m.report.class(code, word)
		}
		out = append(out, receipt)
	}
	return out, m.report.taken, nil
}

func (r report) class(words ...string) channel.Class {
	for _, w := range words {
		if c, ok := r.classes[strings.ToLower(w)]; ok && w != "" {
			return c
		}
	}
	return channel.ClassUnknown
}
