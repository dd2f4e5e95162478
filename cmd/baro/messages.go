package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"

	"github.com/google/uuid"

	"baro/gateway/channel"
	"baro/gateway/inbound"
	"baro/gateway/outbox"
	"baro/locales"
	"baro/store"
)

// messages builds what takes and sends SMS.
func (n *node) messages(w ways) (err error) {
	deps := outbox.Deps{
		Writer: n.db, Outbox: openableOutbox{n.db.Outbox(), n.learner}, Care: n.db.Outbox(), Moves: n.db.Outbox(), Receipts: n.db.Receipts(), Consents: n.db.Consents(), Keys: n.keys,
		Node: n.id, NewID: uuid.NewString, Now: n.set.now, Rand: jitter, Log: n.log, Quiet: n.quietUntil, Standing: n.standing,
	}
	if bell := n.db.Bell(); bell != nil {
		deps.Bell = bell
	}
	if n.outbox, err = outbox.New(deps, w.out...); err != nil {
		return err
	}
	keywords, problems := locales.LoadKeywords(locales.KeywordFiles(), n.set.languages)
	for _, p := range problems {
		n.log.Warn("keywords", "problem", p.String())
	}
	n.sms = inbound.NewSMS(inbound.SMSDeps{
		Releases: n.releases, Sessions: n.sessions, Writer: n.db, Inbox: n.db.Inbox(), Steps: n.db.Steps(), Consents: n.db.Consents(),
		Counters: n.db.Counters(), Calls: n.subjects.callback, Replies: replies{n.outbox}, Book: n.subjects.book, Known: n.subjects.profile, Readers: n.subjects.profile, Answers: n.answers(), Relay: n.relay(), Keys: n.keys, LearnKeys: n.learner.learn,
		Keywords: keywords, Limiter: n.limiter, PerPhone: n.set.limits.smsPhone, PerChan: n.set.limits.smsChannel, Channels: w.sms, Holder: n.id, Now: n.set.now, Rand: n.set.random, Log: n.log,
	})
	return nil
}

// mailroom is what the server hands SMS callbacks to.
type mailroom struct{ node *node }

func (m mailroom) Accept(ctx context.Context, mos []channel.MO) error {
	return m.node.sms.Accept(ctx, mos)
}

func (m mailroom) Receipts(ctx context.Context, receipts []channel.Receipt) error {
	return m.node.outbox.Record(ctx, receipts...)
}

// replies puts answers to residents' messages into the outbox, before everything else there.
type replies struct{ outbox *outbox.Service }

func (r replies) Reply(ctx context.Context, all ...inbound.Reply) error {
	messages := make([]outbox.Message, len(all))
	for i, a := range all {
		messages[i] = outbox.Message{
			Channel: a.Channel, Commune: a.Commune, Origin: "reply", To: a.To, Text: a.Text, Language: a.Lang,
			Priority: store.PriorityReply, Scrub: a.Scrub,
		}
	}
	return r.outbox.Enqueue(ctx, messages...)
}

func (r replies) Committed(channel string) { r.outbox.Wake(channel) }

// jitter spreads retries of many nodes.
func jitter() float64 {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0.5
	}
	return float64(binary.LittleEndian.Uint64(b[:])>>11) / (1 << 53)
}
