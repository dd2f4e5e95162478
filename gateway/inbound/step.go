package inbound

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"baro/flows"
	"baro/flows/engine"
	"baro/gateway/channel"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/session"
)

// begin opens a dialogue: what is kept for the number, an interrupted dialogue, a dialled string.
func (c *call) begin(ctx context.Context, version uint64) (flows.Screen, error) {
	language, commune, _, err := c.Known.Known(ctx, c.who)
	if err != nil {
		return flows.Screen{}, err
	}
	p := c.Releases.Current()
	pointer, err := c.Sessions.Load(ctx, c.pointerKey())
	pointing := err == nil || errors.Is(err, session.ErrNotFound)
	o := engine.Opening{
		Language: language, Commune: c.ch.Bound.commune(int64(commune)), Callback: c.ch.Callback, Deep: c.deep(),
		Previous: c.interrupted(ctx, string(pointer.Data)),
	}
	if o.Language == "" && c.ch.Lasting {
		o.Language = c.ch.Language
	}
	screen, err := c.open(ctx, p, o, &dialogue{}, version)
	if err == nil && pointing {
		c.pointHere(ctx, pointer.Version)
	}
	return screen, err
}

// restart begins again with the language and commune that were already chosen in this call.
func (c *call) restart(ctx context.Context, d *dialogue, version uint64) (flows.Screen, error) {
	s, err := flows.DecodeSession(d.session)
	if err != nil || d.ended {
		return c.begin(ctx, version)
	}
	p, ok := c.Releases.Find(s.Release)
	if !ok {
		return c.begin(ctx, version)
	}
	o := engine.Opening{Commune: s.Commune, Callback: c.ch.Callback}
	if s.HasLang {
		o.Language = p.Catalogue.Tag(s.Lang)
	}
	return c.open(ctx, p, o, d, version)
}

func (c *call) open(ctx context.Context, p *flows.Program, o engine.Opening, d *dialogue, version uint64) (flows.Screen, error) {
	run := engine.Open(p, c.ch.Profile, o)
	if _, err := drive(ctx, run, c.resolver(), false); err != nil {
		return flows.Screen{}, err
	}
	opened := *d
	if _, err := readFull(c.Rand, opened.life[:]); err != nil {
		return flows.Screen{}, fmt.Errorf("open a dialogue: %w", err)
	}
	return c.finish(ctx, &opened, run, version)
}

// step takes one input. A step that writes runs again from its beginning inside a transaction, together with its row in
// the steps table: a repeat after a crash finds that row and writes nothing, and of two inputs to one step one wins.
func (c *call) step(ctx context.Context, d *dialogue, typed string, version uint64) (flows.Screen, error) {
	s, err := flows.DecodeSession(d.session)
	if err != nil {
		return c.begin(ctx, version)
	}
	p, ok := c.Releases.Find(s.Release)
	if !ok {
		return c.begin(ctx, version)
	}
	run := engine.Input(p, c.ch.Profile, s, typed)
	writes, err := drive(ctx, run, c.resolver(), false)
	if err != nil {
		return flows.Screen{}, err
	}
	if !writes {
		return c.finish(ctx, d, run, version)
	}
	return c.write(ctx, d, p, typed, version)
}

func (c *call) write(ctx context.Context, d *dialogue, p *flows.Program, typed string, version uint64) (flows.Screen, error) {
	done, err := c.act(ctx, d, p, typed)
	if store.CodeOf(err) == store.CodeConflict {
		// Somebody else took the step while this one was under way, and is found now.
		done, err = c.act(ctx, d, p, typed)
	}
	if err != nil {
		return flows.Screen{}, fmt.Errorf("write the step: %w", err)
	}
	screen, err := c.save(ctx, done, version)
	if err != nil {
		c.Log.ErrorContext(ctx, "ussd step written, dialogue not saved", "channel", c.ch.Name, "number", c.ev.Number, "error", err)
		return lastWord(done)
	}
	return screen, nil
}

// act takes the step in a transaction, or finds it taken.
func (c *call) act(ctx context.Context, d *dialogue, p *flows.Program, typed string) (done *dialogue, err error) {
	err = c.Writer.Write(ctx, func(ctx context.Context) error {
		s, err := flows.DecodeSession(d.session)
		if err != nil {
			return err
		}
		row := store.Step{Session: stepID(c.sid, d.life), Step: int64(s.Step) + 1, Created: c.now}
		won, err := c.Steps.Find(ctx, row.Session, row.Step)
		if err == nil {
			done, err = learning(ctx, c.LearnKeys, func() (*dialogue, error) { return openStep(c.Keys, won.Payload) })
			return err
		}
		if store.CodeOf(err) != store.CodeNotFound {
			return err
		}
		run := engine.Input(p, c.ch.Profile, s, typed)
		if _, err := drive(ctx, run, c.resolver(), true); err != nil {
			return err
		}
		done = c.after(d, run)
		row.Fingerprint = c.fingerprint(typed)
		if row.Payload, err = sealStep(c.Keys, done); err != nil {
			return err
		}
		return c.Steps.Insert(ctx, row)
	})
	return done, err
}

// lastWord ends a dialogue that has written something and cannot go on with what it wanted to say. "Try again later"
// would be untrue, and would bring the same report twice.
func lastWord(d *dialogue) (flows.Screen, error) {
	s, err := d.lastScreen()
	if err == nil && s.Text == "" {
		err = errors.New("the screen has nothing to say without its keys")
	}
	s.Choices, s.Nav, s.Input = nil, nil, flows.InputNone
	return s, err
}

func (c *call) finish(ctx context.Context, d *dialogue, run *engine.Run, version uint64) (flows.Screen, error) {
	return c.save(ctx, c.after(d, run), version)
}

// after is the dialogue as the step leaves it.
func (c *call) after(d *dialogue, run *engine.Run) *dialogue {
	next := *d
	next.recent = append(make([]uint64, 0, maxRecent), d.recent...)
	screen := run.Screen()
	print, length := c.historyKey()
	next.answered(&screen, print, length, c.now)
	next.session = run.Session().AppendBinary(make([]byte, 0, 192))
	return &next
}

// save stores the dialogue. Who comes second of two identical requests is shown the screen of the first. A dialogue that
// cannot be saved must end: the next input would be read against the wrong screen.
func (c *call) save(ctx context.Context, d *dialogue, version uint64) (flows.Screen, error) {
	data := d.append(make([]byte, 0, 512))
	_, err := c.Sessions.Save(ctx, c.key, data, version, c.life())
	if errors.Is(err, session.ErrConflict) {
		var first flows.Screen
		if first, err = c.winner(ctx); !errors.Is(err, session.ErrNotFound) {
			return first, err
		}
		// Nobody was first: the store lost the dialogue while the step was taken, and this is all there is of it.
		if _, err = c.Sessions.Save(ctx, c.key, data, 0, c.life()); errors.Is(err, session.ErrConflict) {
			return c.winner(ctx)
		}
	}
	if err != nil {
		return flows.Screen{}, err
	}
	return c.shown(d)
}

// shown is a dialogue's last screen, with its place where requests have to tell it.
func (c *call) shown(d *dialogue) (flows.Screen, error) {
	s, err := d.lastScreen()
	if c.ev.Shape == channel.Browser {
		s.Place = c.place(d)
	}
	return s, err
}

// winner is the screen of whoever saved the dialogue first.
func (c *call) winner(ctx context.Context) (flows.Screen, error) {
	rec, err := c.Sessions.Load(ctx, c.key)
	if err != nil {
		return flows.Screen{}, err
	}
	first, err := decodeDialogue(rec.Data)
	if err != nil {
		return flows.Screen{}, err
	}
	return c.shown(first)
}

// interrupted is the dialogue this number dropped a moment ago on the same channel, if it has one. That it cannot be
// read is no reason to refuse a call.
func (c *call) interrupted(ctx context.Context, key string) *flows.Session {
	if key == "" || key == c.key {
		return nil
	}
	rec, err := c.Sessions.Load(ctx, key)
	if err != nil {
		return nil
	}
	d, err := decodeDialogue(rec.Data)
	if err != nil || d.ended {
		return nil
	}
	s, err := flows.DecodeSession(d.session)
	if err != nil {
		return nil
	}
	return s
}

// pointHere lets the next call of this number find this dialogue. Losing the pointer loses a convenience.
func (c *call) pointHere(ctx context.Context, version uint64) {
	if _, err := c.Sessions.Save(ctx, c.pointerKey(), []byte(c.key), version, c.life()); err != nil {
		c.Log.DebugContext(ctx, "ussd resume pointer", "channel", c.ch.Name, "error", err)
	}
}

func (c *call) pointerKey() string { return session.PersonKey(c.who.Hex(), c.ch.Name, "last") }

// stepID names a dialogue in the steps table.
func stepID(sid [16]byte, life [8]byte) [32]byte {
	return sha256.Sum256(append(append(make([]byte, 0, 24), sid[:]...), life[:]...))
}

// sealStep encrypts what a steps row keeps: the screen may quote the person's own answer.
func sealStep(keys *identity.Keyring, d *dialogue) ([]byte, error) {
	sealed, err := keys.Seal("step", d.append(nil))
	if err != nil {
		return nil, err
	}
	return append(append([]byte{byte(len(sealed.KeyID))}, sealed.KeyID...), sealed.Box...), nil
}

func openStep(keys *identity.Keyring, payload []byte) (*dialogue, error) {
	if len(payload) == 0 || len(payload) < 1+int(payload[0]) {
		return nil, errDialogueFormat
	}
	n := int(payload[0])
	plain, err := keys.Open("step", identity.Sealed{KeyID: string(payload[1 : 1+n]), Box: payload[1+n:]})
	if err != nil {
		return nil, err
	}
	return decodeDialogue(plain)
}
