package inbound

import (
	"context"
	"strings"
	"unicode"

	"baro/gateway/channel"
	"baro/gateway/civic"
	"baro/gateway/civic/callback"
	"baro/gateway/civic/profile"
	"baro/locales/charset"
	"baro/store"
)

// callKind is what an operator's "call me" text means. Operators let people without credit send a fixed text; it comes
// as an ordinary message.
type callKind uint8

const (
	callNone    callKind = iota
	callBack             // somebody wants to be called
	callIgnored          // a request for credit: never answered with any
)

// callTexts are the beginnings of these texts, folded (Malian operators, observed).
var callTexts = []struct {
	begins string
	kind   callKind
}{
	{charset.Fold("Peux-tu me rappeler au numero suivant"), callBack},
	{charset.Fold("Rappellez moi s'il vous plait au numero suivant"), callBack},
	{charset.Fold("Messagerie Vocale:"), callBack},
	{charset.Fold("Peux-tu recharger mon compte"), callIgnored},
}

// callMe recognises such a text; an empty message is a missed call.
func callMe(text string) callKind {
	key := charset.Fold(text)
	if key == "" {
		return callBack
	}
	for _, c := range callTexts {
		if strings.HasPrefix(key, c.begins) {
			return c.kind
		}
	}
	return callNone
}

// callMeBack counts a wish to be called, keeps it where somebody does call back, and tells how to go on without credit.
func (m *message) callMeBack(ctx context.Context, o *outcome) error {
	if err := m.Counters.Add(ctx, m.rec.Commune, "sms.callback", m.ch.Name, m.now, 1); err != nil {
		return err
	}
	if m.ch.Callback {
		commune := m.rec.Commune
		if commune == 0 {
			_, kept, _, err := m.Known.Known(ctx, m.who)
			if err != nil {
				return err
			}
			commune = kept
		}
		if _, err := m.Calls.Ask(ctx, callback.Wish{Number: m.from, Commune: commune, Channel: m.ch.Name, At: m.now}); err != nil {
			return err
		}
		return m.say(ctx, o, "sms.callback_noted", m.dialField())
	}
	return m.say(ctx, o, "sms.callback", m.dialField())
}

// stop withdraws everything; it is confirmed once, and a second STOP is obeyed in silence.
func (m *message) stop(ctx context.Context, o *outcome) error {
	was, err := m.Consents.Suppressed(ctx, store.Pseudonym(m.who), store.PurposeAll)
	if err != nil {
		return err
	}
	if err := m.Consents.Withdraw(ctx, store.Pseudonym(m.who), store.PurposeAll, m.now); err != nil || was {
		return err
	}
	return m.say(ctx, o, "sms.stopped", nil)
}

// start is the person's own wish to receive notices again.
func (m *message) start(ctx context.Context, o *outcome) error {
	if err := m.give(ctx); err != nil {
		return err
	}
	return m.say(ctx, o, "sms.started", nil)
}

func (m *message) give(ctx context.Context) error {
	if m.Readers != nil {
		cat := m.Releases.Current().Catalogue
		return m.Readers.Allow(ctx, m.caller(), profile.Permission{Purpose: store.PurposeNotices, Message: "sms.started"},
			profile.Choice{Commune: store.PlaceID(m.ch.Bound.commune(0))}, cat.Tag(cat.Default()))
	}
	_, err := m.Consents.Give(ctx, store.Consent{
		Pseudonym: store.Pseudonym(m.who), Purpose: store.PurposeNotices, TextVersion: "start-keyword",
		Channel: m.ch.Name, Source: "sms", GivenAt: m.now,
	})
	return err
}

// caller is who sends, as services know them.
func (m *message) caller() civic.Caller {
	return civic.Caller{Number: m.from, Pseudonym: m.who, Channel: m.ch.Name, Source: "sms", Now: m.now}
}

// answered takes a message as the answer to what its sender was told last.
func (m *message) answered(ctx context.Context, o *outcome) (bool, error) {
	if m.Answers == nil || !m.Answers.Might(m.text) {
		return false, nil
	}
	if !m.mayWrite {
		return false, errWrites
	}
	message, fields, ok, err := m.Answers.Answer(ctx, m.caller(), m.text)
	if err != nil || !ok {
		return false, err
	}
	return true, m.say(ctx, o, message, fields)
}

// optOut records what the provider's own keyword handling did; the provider has confirmed it already.
func (m *message) optOut(ctx context.Context) error {
	switch m.opt {
	case channel.OptedOut:
		return m.Consents.Withdraw(ctx, store.Pseudonym(m.who), store.PurposeAll, m.now)
	case channel.OptedIn:
		return m.give(ctx)
	}
	return nil
}

// quietBit marks a message of somebody who sends too many: it is kept, and only STOP is heard.
const quietBit = 0x80

// encodeBody keeps what is known of a message together with its text.
func encodeBody(mo channel.MO, quiet bool) []byte {
	head := byte(mo.OptOut)
	if quiet {
		head |= quietBit
	}
	return append([]byte{head}, mo.Text...)
}

func decodeBody(body []byte) (text string, opt channel.OptOut, quiet bool) {
	if len(body) == 0 {
		return "", channel.OptOutNone, false
	}
	return string(body[1:]), channel.OptOut(body[0] &^ quietBit), body[0]&quietBit != 0
}

func wordCount(text string) int { return len(strings.Fields(text)) }

// digitsOnly turns a message of digits into the form of a dialled string; anything else gives "".
func digitsOnly(text string) string {
	fields := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '*' || r == '#' || r == ',' || r == '.' })
	for _, f := range fields {
		if strings.Trim(f, "0123456789") != "" {
			return ""
		}
	}
	return strings.Join(fields, "*")
}
