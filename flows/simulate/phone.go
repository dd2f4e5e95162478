// Package simulate is a phone without a network: it dials, types and hangs up as a person does, keeps the history as a
// provider does, and reads and writes dialogues as text files. The terminal phone, the golden dialogues and previews use
// it.
package simulate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"baro/locales/charset"
)

// A Network carries one USSD request of the accumulating shape and brings the reply: the text of the screen, and whether
// the dialogue is over.
type Network interface {
	USSD(ctx context.Context, r Request) (Reply, error)
}

// A Request is what a provider would send.
type Request struct {
	Session string
	Number  string
	Code    string // service code, "*384*96#"
	Text    string // history joined by "*"
}

// A Reply is the screen as a phone shows it.
type Reply struct {
	Text string
	End  bool
}

// ErrNotDialling says that there is no dialogue to type into.
var ErrNotDialling = errors.New("simulate: dial first")

// A Phone is one handset with its number.
type Phone struct {
	Network Network
	Number  string
	Code    string        // the gateway's service code
	NewID   func() string // session ids
	session string
	history string
	open    bool
}

// Dial starts a dialogue. What stands between the service code and the final # becomes the first history:
// "*384*96*1*2#" on "*384*96#" is "1*2".
func (p *Phone) Dial(ctx context.Context, dialled string) (Reply, error) {
	base := strings.TrimSuffix(p.Code, "#")
	rest, ok := strings.CutPrefix(strings.TrimSuffix(dialled, "#"), base)
	if dialled == "" {
		rest, ok = "", true
	}
	if !ok || rest != "" && rest[0] != '*' {
		return Reply{}, fmt.Errorf("simulate: %s does not lead to %s", dialled, p.Code)
	}
	p.session, p.history, p.open = p.NewID(), strings.TrimPrefix(rest, "*"), true
	return p.send(ctx)
}

// Type answers the screen.
func (p *Phone) Type(ctx context.Context, input string) (Reply, error) {
	if !p.open {
		return Reply{}, ErrNotDialling
	}
	if p.history == "" {
		p.history = input
	} else {
		p.history += "*" + input
	}
	return p.send(ctx)
}

// Again repeats the last request, as networks do.
func (p *Phone) Again(ctx context.Context) (Reply, error) { return p.send(ctx) }

// HangUp drops the dialogue.
func (p *Phone) HangUp() { p.open = false }

// Open reports whether a dialogue is going on.
func (p *Phone) Open() bool { return p.open }

func (p *Phone) send(ctx context.Context) (Reply, error) {
	reply, err := p.Network.USSD(ctx, Request{Session: p.session, Number: p.Number, Code: p.Code, Text: p.history})
	if err != nil {
		return Reply{}, err
	}
	p.open = !reply.End
	return reply, nil
}

// Size tells how much of a profile's room a screen takes: "[GSM7 141/160]".
func Size(profile charset.Profile, screen string) string {
	encoding, used := charset.Units(screen)
	return fmt.Sprintf("[%s %d/%d]", strings.ToUpper(encoding.String()), used, profile.Limit(encoding))
}
