package main

import (
	"context"
	"fmt"
	"strings"

	"baro/flows"
	"baro/flows/simulate"
	"baro/gateway/civic/letter"
	"baro/gateway/civic/notice"
	"baro/gateway/console/broadcasts"
	"baro/gateway/console/cases"
	"baro/gateway/console/figures"
	"baro/gateway/console/notices"
	"baro/gateway/identity"
	"baro/locales/charset"
	"baro/store"
)

// caseDeps are what the desks of questions and problems work with.
func (n *node) caseDeps() cases.Deps {
	return cases.Deps{
		Cases: n.subjects.question, Calls: n.subjects.callback, Accounts: n.db.Accounts(), Languages: n.offered,
		Trail: n.db.Audit(), Now: n.set.now,
	}
}

// noticeDeps are what the room of meetings works with.
func (n *node) noticeDeps() notices.Deps {
	return notices.Deps{
		Tx: n.db, Notices: n.subjects.notice, Organisations: n.db.Organisations(), Venues: n.db.Venues(), Texts: n.noticeTexts,
		Now: n.set.now, Zone: n.set.zone,
	}
}

// noticeTexts writes a version of a notice as the SMS that arrives, once for all languages that read the same.
func (n *node) noticeTexts(ctx context.Context, m store.Notice, v store.NoticeVersion) (out []notices.Text, err error) {
	db := n.db
	voice := notice.Voice{Organisations: db.Organisations(), Places: db.Places(), Venues: db.Venues(), Safety: db.Safety(), Zone: n.set.zone}
	message, fields, err := voice.Body(ctx, m, v)
	if err != nil {
		return nil, err
	}
	sender, err := voice.Sender(ctx, m)
	if err != nil {
		return nil, err
	}
	profile, _ := charset.FindProfile("sms")
	desk := letter.New(func() *flows.Program { return n.releases.Current() }, func(store.PlaceID, identity.MSISDN) (charset.Profile, error) {
		return profile, nil
	}, nil)
	at := map[string]int{} // where a text stands that several languages read
	for _, l := range n.offered() {
		body, err := desk.Write(letter.Letter{Language: l.Tag, Message: message, Fields: fields, Commune: m.Commune})
		if err != nil {
			return nil, fmt.Errorf("preview of a notice: %w", err)
		}
		if i, ok := at[body.Language]; ok {
			out[i].Language += ", " + l.Own
			continue
		}
		at[body.Language] = len(out)
		whole, err := desk.Write(letter.Letter{Language: body.Language, Message: "broadcast.frame", Commune: m.Commune, Fields: flows.Record{
			{Name: "Sender", Value: flows.TextOf(sender)}, {Name: "Body", Value: flows.TextOf(body.Text)},
			{Name: "Dial", Value: flows.TextOf(n.dials.String(m.Commune, 2, m.Number))},
		}})
		if err != nil {
			return nil, fmt.Errorf("preview of a notice: %w", err)
		}
		text, _ := profile.Convert(strings.TrimSpace(whole.Text), body.Language) // as the channel does at last
		out = append(out, notices.Text{Language: l.Own, Text: text, Size: simulate.Size(profile, text)})
	}
	return out, nil
}

// broadcastDeps are what the room of messages to many works with.
func (n *node) broadcastDeps() broadcasts.Deps {
	return broadcasts.Deps{
		Campaign: n.campaign, Broadcasts: n.db.Broadcasts(), Rules: n.db.BroadcastRules(), Languages: n.offered, Now: n.set.now, Zone: n.set.zone,
	}
}

// figureDeps are what is counted of every commune.
func (n *node) figureDeps() figures.Deps {
	db := n.db
	return figures.Deps{
		Communes: db.Places(), Budget: n.subjects.budget, Consultations: db.Consultations(), Cases: n.subjects.question,
		Services: db.Services(), Counters: db.Counters(), Now: n.set.now, Zone: n.set.zone,
	}
}
