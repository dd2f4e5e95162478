package inbound

import (
	"baro/flows"
	"baro/gateway/channel"
	"baro/locales"
)

// relayed is the share that another system has in this message's channel.
func (m *message) relayed() Share {
	if m.Relay == nil {
		return ShareNone
	}
	return m.Relay.Gets(m.ch.Name)
}

// share passes on a stop, and where another system gets everything whatever no sensitive branch has seen.
func (m *message) share(o *outcome) {
	share := m.relayed()
	switch {
	case share == ShareNone || o.gets != nil:
	case m.opt == channel.OptedOut || m.opt == channel.OptOutNone && m.stops(o):
		o.gets = m.forwarded()
		o.gets.Stopped, o.gets.Text = true, ""
	case share == ShareAll && m.opt == channel.OptOutNone && !m.quiet && !m.sensitive(o):
		o.gets = m.forwarded()
	}
}

// stops tells whether the message was obeyed as a STOP: within a dialogue that asks for words a longer one is not.
func (m *message) stops(o *outcome) bool {
	return o.next == nil && callMe(m.text) == callNone && m.Keywords.Match(m.text) == locales.Stop
}

// sensitive tells whether the dialogue stood in a sensitive branch or comes to one. A dialogue that cannot be read may have.
func (m *message) sensitive(o *outcome) bool {
	if o.t.session != nil && m.within(o.t.session) {
		return true
	}
	if o.next == nil {
		return false
	}
	next, err := flows.DecodeSession(o.next.session)
	return err != nil || m.within(next)
}

// within tells whether a session stands in a sensitive branch.
func (m *message) within(s *flows.Session) bool {
	p, ok := m.Releases.Find(s.Release)
	if !ok {
		return true
	}
	for _, f := range s.Frames {
		if flow := &p.Flows[f.Flow]; flow.Sensitive || flow.Nodes[f.Node].Sensitive {
			return true
		}
	}
	return false
}

func (m *message) forwarded() *Forwarded {
	return &Forwarded{Channel: m.ch.Name, ID: m.rec.Channel + ":" + m.rec.ExternalID, From: m.from, Text: m.text, At: m.rec.Received}
}
