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
	ch    SMSChannel
	rec   store.Inbound
	from  identity.MSISDN
	who   identity.Pseudonym
	text  string
	opt   channel.OptOut
	quiet bool // over the limit of messages: only STOP is heard
	now   time.Time
	key   string

	mayWrite bool // else only what writes nothing besides the message's end is answered
}

// A thread is the SMS dialogue with its place in the session store.
type thread struct {
	d       *dialogue
	session *flows.Session
	version uint64
	lost    error // why the dialogue is out of reach
}

// An outcome is what a message comes to: what is written with its end, and where its dialogue then stands.
type outcome struct {
	m     *message
	t     *thread
	next  *dialogue // nil: the dialogue under way stays as it is
	step  *store.Step
	reply *Reply
	gets  *Forwarded // what another system gets of it
}

// errWrites says that a message cannot be drafted: answering it writes.
var errWrites = errors.New("inbound: the step writes")

// read opens a message and loads its dialogue. Without mayWrite, processing it writes nothing and ends with errWrites where
// it would have to; with it, it has a transaction to itself.
func (s *SMS) read(ctx context.Context, rec store.Inbound, mayWrite bool) (*message, *thread, error) {
	m, err := s.open(ctx, rec)
	if err != nil {
		return nil, nil, err
	}
	m.mayWrite = mayWrite
	t, err := m.load(ctx)
	return m, t, err
}

func (s *SMS) open(ctx context.Context, rec store.Inbound) (*message, error) {
	ch, ok := s.Channels[rec.Channel]
	if !ok {
		return nil, fmt.Errorf("channel %q is not configured any more", rec.Channel)
	}
	from, err := learning(ctx, s.LearnKeys, func() (identity.MSISDN, error) { return s.Keys.OpenNumber(identity.Sealed(rec.Phone)) })
	if err != nil {
		return nil, err
	}
	body, err := learning(ctx, s.LearnKeys, func() ([]byte, error) { return s.Keys.Open("message", identity.Sealed(rec.Body)) })
	if err != nil {
		return nil, err
	}
	m := &message{SMS: s, ch: ch, rec: rec, from: from, who: identity.Pseudonym(rec.Sender), now: s.Now()}
	m.text, m.opt, m.quiet = decodeBody(body)
	m.key = session.PersonKey(m.who.Hex(), ch.Name, "sms")
	return m, nil
}

// load finds the dialogue this person has on the channel, and moves it on where a crash or another node left the session
// store behind the steps table. That it does so only with mayWrite costs nothing: a draft of a step that was taken before
// cannot be recorded.
func (m *message) load(ctx context.Context) (*thread, error) {
	rec, err := m.Sessions.Load(ctx, m.key)
	if errors.Is(err, session.ErrNotFound) {
		return &thread{}, nil
	}
	if err != nil {
		return &thread{lost: err}, nil
	}
	d, err := decodeDialogue(rec.Data)
	if err != nil || d.ended {
		return &thread{version: rec.Version}, nil
	}
	next := int64(0) // of a dialogue that was announced, see begin
	t := &thread{version: rec.Version}
	if len(d.session) > 0 {
		if t.session, err = flows.DecodeSession(d.session); err != nil {
			return &thread{version: rec.Version}, nil
		}
		t.d, next = d, int64(t.session.Step)+1
	}
	if !m.mayWrite {
		if t.d == nil {
			return nil, errWrites
		}
		return t, nil
	}
	for ; ; next++ {
		row, err := m.Steps.Find(ctx, stepID(m.sid(), d.life), next)
		if store.CodeOf(err) == store.CodeNotFound {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		t.d, err = learning(ctx, m.LearnKeys, func() (*dialogue, error) { return openStep(m.Keys, row.Payload) })
		if err != nil {
			return nil, err
		}
		if t.session, err = flows.DecodeSession(t.d.session); err != nil || t.d.ended {
			return &thread{version: rec.Version}, nil
		}
	}
}

// process decides what a message is, answers it, and passes on what another system has a share in.
func (m *message) process(ctx context.Context, o *outcome) error {
	if err := m.decide(ctx, o); err != nil {
		return err
	}
	m.share(o)
	return nil
}

func (m *message) decide(ctx context.Context, o *outcome) error {
	t := o.t
	if m.opt != channel.OptOutNone {
		return m.writing(func() error { return m.optOut(ctx) })
	}
	if m.quiet && m.Keywords.Match(m.text) != locales.Stop {
		return nil
	}
	switch call := callMe(m.text); call {
	case callBack:
		return m.writing(func() error { return m.callMeBack(ctx, o) })
	case callIgnored:
		return nil
	}
	free := t.session != nil && m.asksText(t.session) || t.lost != nil
	meaning := m.Keywords.Match(m.text)
	if free && meaning != locales.NoMeaning && wordCount(m.text) > 2 {
		meaning = locales.NoMeaning // "Arreter la pompe la nuit" answers the question; a bare STOP always stops
	}
	switch meaning {
	case locales.Stop:
		return m.writing(func() error { return m.stop(ctx, o) })
	case locales.Start:
		return m.writing(func() error { return m.start(ctx, o) })
	case locales.Help:
		return m.say(ctx, o, "sms.help", m.dialField())
	}
	if t.lost != nil {
		return t.lost // whatever else it is belongs to a dialogue, and waits for it
	}
	switch meaning {
	case locales.Menu:
		return m.begin(ctx, o, nil)
	case locales.Erase:
		return m.begin(ctx, o, eraseKeys)
	case locales.Budget, locales.Opinion, locales.Services, locales.Question:
		return m.begin(ctx, o, subjectKeys[meaning])
	}
	if t.session == nil {
		if ok, err := m.answered(ctx, o); ok || err != nil {
			return err
		}
		if m.relayed() == ShareUnclaimed {
			o.gets = m.forwarded()
			return nil
		}
		return m.begin(ctx, o, m.deep())
	}
	p, ok := m.Releases.Find(t.session.Release)
	if !ok {
		return m.begin(ctx, o, m.deep())
	}
	return m.advance(ctx, o, t.d, engine.Input(p, m.ch.Profile, t.session.Clone(), m.text))
}

// writing does what writes, where that may be.
func (m *message) writing(do func() error) error {
	if !m.mayWrite {
		return errWrites
	}
	return do()
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

// begin opens a dialogue. It is announced in the session store before it is written: should the next message come to
// another node between the commit and the save, that node finds the way from the announcement to the first step.
func (m *message) begin(ctx context.Context, o *outcome, deep []string) error {
	language, commune, _, err := m.Known.Known(ctx, m.who)
	if err != nil {
		return err
	}
	opening := engine.Opening{Language: language, Commune: m.ch.Bound.commune(int64(commune)), Deep: deep, Instead: m.ch.Dial}
	d := &dialogue{at: m.now}
	if _, err := readFull(m.Rand, d.life[:]); err != nil {
		return err
	}
	err = m.advance(ctx, o, d, engine.Open(m.Releases.Current(), m.ch.Profile, opening))
	if err != nil {
		return err
	}
	o.t.version, err = m.Sessions.Save(ctx, m.key, d.append(nil), o.t.version, SMSLife)
	return err
}

// advance takes the step; a step that writes does so in the transaction of ctx.
func (m *message) advance(ctx context.Context, o *outcome, d *dialogue, run *engine.Run) error {
	res := m.Book.For(civic.Caller{Number: m.from, Pseudonym: m.who, Channel: m.ch.Name, Source: "sms", Now: m.now})
	writes, err := drive(ctx, run, res, m.mayWrite)
	if err != nil {
		return err
	}
	if writes {
		return errWrites
	}
	screen := run.Screen()
	next := *d
	print := m.Keys.MAC("sms step", m.who[:], []byte(m.rec.ExternalID))
	next.recent = nil
	next.answered(&screen, print, 0, m.now)
	next.session = run.Session().AppendBinary(nil)
	payload, err := sealStep(m.Keys, &next)
	if err != nil {
		return err
	}
	o.next = &next
	o.step = &store.Step{
		Session: stepID(m.sid(), next.life), Step: int64(run.Session().Step), Fingerprint: print, Payload: payload, Created: m.now,
	}
	m.send(o, screen.String(), screen.Lang, store.PlaceID(run.Session().Commune))
	return nil
}

// remember saves where the dialogue stands after its step was recorded. It tries for as long as the claim would have
// lasted; after that the steps table still knows better, for the minutes in which its rows are kept.
func (s *SMS) remember(ctx context.Context, o *outcome) {
	if o.next == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimFor/2)
	defer cancel()
	version := o.t.version
	for {
		_, err := s.Sessions.Save(ctx, o.m.key, o.next.append(nil), version, SMSLife)
		if errors.Is(err, session.ErrConflict) {
			if version, err = s.overtaken(ctx, o); err == nil {
				continue
			}
		}
		if err == nil || errors.Is(err, errNewer) {
			return
		}
		timer := time.NewTimer(restFor)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			s.Log.Warn("sms dialogue not saved", "channel", o.m.rec.Channel, "error", err)
			return
		}
	}
}

// errNewer says that a later message's dialogue is saved already.
var errNewer = errors.New("inbound: a later dialogue is saved")

// overtaken looks at what somebody else saved meanwhile: the version to replace where it is older, errNewer otherwise.
func (s *SMS) overtaken(ctx context.Context, o *outcome) (version uint64, err error) {
	rec, err := s.Sessions.Load(ctx, o.m.key)
	if errors.Is(err, session.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if d, err := decodeDialogue(rec.Data); err == nil && !d.at.Before(o.next.at) {
		return 0, errNewer
	}
	return rec.Version, nil
}

// sid names this person's SMS dialogue in the steps table.
func (m *message) sid() [16]byte { return m.Keys.MAC("sms session", []byte(m.ch.Name), m.who[:]) }

func (m *message) send(o *outcome, text, lang string, commune store.PlaceID) {
	o.reply = &Reply{Channel: m.ch.Name, To: m.from, Text: text, Lang: lang, Commune: commune}
}

// say answers with one fixed message.
func (m *message) say(ctx context.Context, o *outcome, id string, fields flows.Record) error {
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
	m.send(o, string(w.AppendMessage(nil, at, fields)), p.Catalogue.Tag(lang), m.rec.Commune)
	return nil
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
