package inbound

import (
	"encoding/hex"
	"strings"
	"time"

	"baro/gateway/channel"
	"baro/store/session"
)

// An input is what a request means for a dialogue that exists.
type input struct {
	repeat  bool   // the last answer again
	restart bool   // it contradicts what was read: begin again politely
	typed   string // else: what the person typed
}

// repeatWindow is how long after an answer the same input without any mark still counts as a repeat by the network
// (channels without sequence numbers only).
const repeatWindow = time.Second

// identify derives the keys of this dialogue. Session ids and numbers stay out of them.
func (c *call) identify() {
	c.sid = c.Keys.MAC("ussd session", []byte(c.ch.Name), []byte(c.ev.Session), c.who[:])
	c.key = session.Key(c.ch.Name, hex.EncodeToString(c.sid[:]), c.who.Hex()[:16])
}

// fingerprint is the keyed hash of a history.
func (c *call) fingerprint(text string) [16]byte {
	return c.Keys.MAC("ussd history", c.sid[:], []byte(text))
}

// read tells a repeat from an input.
func (c *call) read(d *dialogue) input {
	switch c.ev.Shape {
	case channel.LastInput:
		return c.readLast(d)
	case channel.Browser:
		return c.readLink(d)
	}
	text := c.ev.Text
	switch print := c.fingerprint(text); {
	case len(text) == d.histLen && print == d.hist, d.seen(print):
		return input{repeat: true}
	case len(text) <= d.histLen || c.fingerprint(text[:d.histLen]) != d.hist:
		return input{restart: true}
	case d.histLen == 0:
		return input{typed: text}
	case text[d.histLen] != '*':
		return input{restart: true}
	default:
		return input{typed: text[d.histLen+1:]}
	}
}

// readLast reads providers that send only what was typed. Their fingerprint covers the mark when there is one; without
// any mark only the same text within a second of the answer is taken for a repeat.
func (c *call) readLast(d *dialogue) input {
	print := c.fingerprint(c.lastKey())
	switch {
	case c.ev.Mark != "" && (print == d.hist || d.seen(print)):
		return input{repeat: true}
	case c.ev.Begin:
		return input{restart: true, repeat: print == d.hist}
	case c.ev.Mark == "" && print == d.hist && c.now.Sub(d.at) < repeatWindow:
		return input{repeat: true}
	}
	return input{typed: c.ev.Text}
}

// readLink reads browsers. A link that stood on an earlier screen — a repeat by the network, the browser's own "back" — is
// answered with the last screen.
func (c *call) readLink(d *dialogue) input {
	switch {
	case c.ev.Begin:
		return input{restart: true, repeat: c.fingerprint(c.lastKey()) == d.hist}
	case c.ev.Place != c.place(d):
		return input{repeat: true}
	}
	return input{typed: c.ev.Text}
}

// place names the last screen of a dialogue: another one with every answer and every opening.
func (c *call) place(d *dialogue) string {
	mac := c.Keys.MAC("ussd place", c.sid[:], d.life[:], d.hist[:])
	return hex.EncodeToString(mac[:8])
}

func (c *call) lastKey() string {
	if c.ev.Begin {
		return "begin\x00" + c.ev.Mark + "\x00" + c.ev.Text
	}
	return "input\x00" + c.ev.Mark + "\x00" + c.ev.Place + "\x00" + c.ev.Text
}

// historyKey is what a dialogue remembers of this request.
func (c *call) historyKey() (fingerprint [16]byte, length int) {
	if c.ev.Shape == channel.Accumulating {
		return c.fingerprint(c.ev.Text), len(c.ev.Text)
	}
	return c.fingerprint(c.lastKey()), 0
}

// deep splits what came with the dialled string into menu keys. A last input that belongs to a dialogue which is lost says
// nothing about where it was typed: it walks nowhere.
func (c *call) deep() []string {
	if c.ev.Shape != channel.Accumulating && !c.ev.Begin {
		return nil
	}
	text := strings.Trim(c.ev.Text, "*# ")
	if text == "" {
		return nil
	}
	tokens := strings.Split(text, "*")
	if len(tokens) > maxDeep {
		tokens = tokens[:maxDeep]
	}
	return tokens
}

// maxDeep is the longest walk a dialled string may ask for.
const maxDeep = 24
