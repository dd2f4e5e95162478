package inbound

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/flows"
	"baro/flows/engine"
	"baro/flows/render"
	"baro/gateway/channel"
	"baro/gateway/civic"
	"baro/gateway/identity"
	"baro/locales"
	"baro/store"
	"baro/store/session"
)

// A message is one SMS in work.
type message struct {
	*SMS
	ch   SMSChannel
	rec  store.Inbound
	from identity.MSISDN
	who  identity.Pseudonym
	text string
	opt  channel.OptOut
	now  time.Time
	key  string
}

// A thread is the SMS dialogue with its place in the session store.
type thread struct {
	d       *dialogue
	session *flows.Session
	version uint64
}

// answer opens a message, answers it in one transaction, and then remembers where the dialogue stands. Losing that last
// step costs nothing: the steps table knows better.
func (s *SMS) answer(ctx context.Context, rec store.Inbound) error {
	m, err := s.open(rec)
	if err != nil {
		return err
	}
	t, err := m.load(ctx)
	if err != nil {
		return err
	}
	var next *dialogue
	err = s.Writer.Write(ctx, func(ctx context.Context) error {
		var err error
		if next, err = m.process(ctx, t); err != nil {
			return err
		}
		return s.Inbox.Finish(ctx, rec.ID, s.Holder, store.InboundHandled, false, m.now)
	})
	if err != nil || next == nil {
		return err
	}
	if _, err := s.Sessions.Save(ctx, m.key, next.append(nil), t.version, SMSLife); err != nil {
		s.Log.Warn("sms dialogue not saved", "channel", rec.Channel, "error", err)
	}
	return nil
}

func (s *SMS) open(rec store.Inbound) (*message, error) {
	ch, ok := s.Channels[rec.Channel]
	if !ok {
		return nil, fmt.Errorf("channel %q is not configured any more", rec.Channel)
	}
	from, err := s.Keys.OpenNumber(identity.Sealed(rec.Phone))
	if err != nil {
		return nil, err
	}
	body, err := s.Keys.Open("message", identity.Sealed(rec.Body))
	if err != nil {
		return nil, err
	}
	m := &message{SMS: s, ch: ch, rec: rec, from: from, who: identity.Pseudonym(rec.Sender), now: s.Now()}
	m.text, m.opt = decodeBody(body)
	m.key = session.PersonKey(m.who.Hex(), ch.Name, "sms")
	return m, nil
}

// load finds the dialogue this person has on the channel, and moves it on where a crash left the session store behind
// the steps table.
func (m *message) load(ctx context.Context) (*thread, error) {
	rec, err := m.Sessions.Load(ctx, m.key)
	if errors.Is(err, session.ErrNotFound) {
		return &thread{}, nil
	}
	if err != nil {
		return nil, err
	}
	t := &thread{version: rec.Version}
	if t.d, err = decodeDialogue(rec.Data); err != nil || t.d.ended {
		return &thread{version: rec.Version}, nil
	}
	if t.session, err = flows.DecodeSession(t.d.session); err != nil {
		return &thread{version: rec.Version}, nil
	}
	row, err := m.Steps.Find(ctx, stepID(m.sid(), t.d.life), int64(t.session.Step)+1)
	if store.CodeOf(err) == store.CodeNotFound {
		return t, nil
	}
	if err != nil {
		return nil, err
	}
	if t.d, err = openStep(m.Keys, row.Payload); err != nil {
		return nil, err
	}
	if t.session, err = flows.DecodeSession(t.d.session); err != nil || t.d.ended {
		return &thread{version: rec.Version}, nil
	}
	return t, nil
}

// process decides what a message is and answers it; a nil dialogue leaves the one under way as it is.
func (m *message) process(ctx context.Context, t *thread) (*dialogue, error) {
	if m.opt != channel.OptOutNone {
		return nil, m.optOut(ctx)
	}
	switch call := callMe(m.text); call {
	case callBack:
		return nil, m.countCall(ctx)
	case callIgnored:
		return nil, nil
	}
	free := t.session != nil && m.asksText(t.session)
	meaning := m.Keywords.Match(m.text)
	if free && meaning != locales.NoMeaning && wordCount(m.text) > 2 {
		meaning = locales.NoMeaning // "Arreter la pompe la nuit" answers the question; a bare STOP always stops
	}
	switch meaning {
	case locales.Stop:
		return nil, m.stop(ctx)
	case locales.Start:
		return nil, m.start(ctx)
	case locales.Help:
		return nil, m.say(ctx, "sms.help", m.dialField())
	case locales.Menu:
		return m.begin(ctx, nil)
	case locales.Erase:
		return m.begin(ctx, eraseKeys)
	case locales.Budget, locales.Opinion, locales.Services, locales.Question:
		return m.begin(ctx, subjectKeys[meaning])
	}
	if t.session == nil {
		return m.begin(ctx, m.deep())
	}
	p, ok := m.Releases.Find(t.session.Release)
	if !ok {
		return m.begin(ctx, m.deep())
	}
	return m.advance(ctx, t.d, engine.Input(p, m.ch.Profile, t.session.Clone(), m.text))
}

// eraseKeys is the way through the menus to the question whether all data is to be erased.
var eraseKeys = []string{"7", "3", "1"}

// subjectKeys are the subjects' permanent places in the main menu.
var subjectKeys = map[locales.Meaning][]string{
	locales.Budget: {"1"}, locales.Opinion: {"2"}, locales.Services: {"3"}, locales.Question: {"5"},
}

// deep reads a first message of digits as a dialled string: "417", "417*1", "1 2".
func (m *message) deep() []string {
	c := call{ev: channel.USSD{Text: digitsOnly(m.text)}}
	return c.deep()
}

func (m *message) begin(ctx context.Context, deep []string) (*dialogue, error) {
	language, commune, _, err := m.Known.Known(ctx, m.who)
	if err != nil {
		return nil, err
	}
	o := engine.Opening{Language: language, Commune: m.ch.Bound.commune(int64(commune)), Deep: deep, Instead: m.ch.Dial}
	d := &dialogue{}
	if _, err := readFull(m.Rand, d.life[:]); err != nil {
		return nil, err
	}
	return m.advance(ctx, d, engine.Open(m.Releases.Current(), m.ch.Profile, o))
}

// advance takes the step inside the transaction and puts its screen into the outbox.
func (m *message) advance(ctx context.Context, d *dialogue, run *engine.Run) (*dialogue, error) {
	res := m.Book.For(civic.Caller{Number: m.from, Pseudonym: m.who, Channel: m.ch.Name, Source: "sms", Now: m.now})
	if _, err := drive(ctx, run, res, true); err != nil {
		return nil, err
	}
	screen := run.Screen()
	next := *d
	print := m.Keys.MAC("sms step", m.who[:], []byte(m.rec.ExternalID))
	next.recent = nil
	next.answered(&screen, print, 0, m.now)
	next.session = run.Session().AppendBinary(nil)
	payload, err := sealStep(m.Keys, &next)
	if err != nil {
		return nil, err
	}
	err = m.Steps.Insert(ctx, store.Step{
		Session: stepID(m.sid(), next.life), Step: int64(run.Session().Step), Fingerprint: print, Payload: payload, Created: m.now,
	})
	if err != nil {
		return nil, err
	}
	return &next, m.send(ctx, screen.String(), screen.Lang, store.PlaceID(run.Session().Commune))
}

// sid names this person's SMS dialogue in the steps table.
func (m *message) sid() [16]byte { return m.Keys.MAC("sms session", []byte(m.ch.Name), m.who[:]) }

func (m *message) send(ctx context.Context, text, lang string, commune store.PlaceID) error {
	return m.Replies.Reply(ctx, Reply{Channel: m.ch.Name, To: m.from, Text: text, Lang: lang, Commune: commune})
}

// say answers with one fixed message.
func (m *message) say(ctx context.Context, id string, fields flows.Record) error {
	p := m.Releases.Current()
	lang := p.Catalogue.Default()
	if tag, _, _, err := m.Known.Known(ctx, m.who); err == nil && tag != "" {
		if l, ok := p.Catalogue.Lang(tag); ok {
			lang = l
		}
	}
	at, ok := p.Catalogue.ID(id)
	if !ok {
		return fmt.Errorf("there is no message %s", id)
	}
	w := render.New(p, m.ch.Profile, lang)
	return m.send(ctx, string(w.AppendMessage(nil, at, fields)), p.Catalogue.Tag(lang), m.rec.Commune)
}

func (m *message) dialField() flows.Record {
	return flows.Record{{Name: "Dial", Value: flows.TextOf(m.ch.Dial)}}
}

// asksText reports whether the dialogue waits for words.
func (m *message) asksText(s *flows.Session) bool {
	p, ok := m.Releases.Find(s.Release)
	if !ok {
		return false
	}
	top := s.Top()
	n := &p.Flows[top.Flow].Nodes[top.Node]
	return n.Kind == flows.Ask && n.Input == flows.InputText
}
