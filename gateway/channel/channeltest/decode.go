package channeltest

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"

	"baro/gateway/channel"
)

// walk is a dialogue that has in it what goes wrong most: the same input twice, an empty one, a star, accents, separators.
func (u USSD) walk() []Step {
	inputs := []string{"1", "1", "", "2*3", "Nyèta & fils +1", "ɛ"}
	steps := make([]Step, 0, len(inputs)+1)
	for n := range len(inputs) + 1 {
		steps = append(steps, Step{Session: "session-1", Phone: "+22370000001", Code: "*384*96#", Inputs: inputs[:n]})
	}
	return steps
}

// text is what an event of the step must carry.
func (u USSD) text(s Step) string {
	switch {
	case u.Shape == channel.Accumulating:
		return strings.Join(s.Inputs, "*")
	case len(s.Inputs) == 0:
		return ""
	}
	return s.Inputs[len(s.Inputs)-1]
}

func (u USSD) checkDecode() (problems []string) {
	for _, c := range u.Decode {
		want := c.Want
		want.Number = Number(c.Phone)
		got, err := u.decode(c.Request)
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s: refused: %v", c.Name, err))
		} else if got != want {
			problems = append(problems, fmt.Sprintf("%s: got %+v, want %+v", c.Name, got, want))
		}
	}
	return problems
}

func (u USSD) checkDialogue() (problems []string) {
	for i, step := range u.walk() {
		ev, err := u.decode(u.Write(step))
		switch {
		case err != nil:
			problems = append(problems, fmt.Sprintf("step %d: refused: %v", i, err))
			continue
		case ev.Channel != u.Channel || ev.Session != step.Session || ev.Number != Number(step.Phone) || ev.ServiceCode != step.Code:
			problems = append(problems, fmt.Sprintf("step %d: belongs to another dialogue: %+v", i, ev))
		case ev.Shape != u.Shape:
			problems = append(problems, fmt.Sprintf("step %d: shape %d, want %d", i, ev.Shape, u.Shape))
		}
		if want := u.text(step); i > 0 && ev.Text != want {
			problems = append(problems, fmt.Sprintf("step %d: text %q, want %q", i, ev.Text, want))
		}
		if ev.Begin != (i == 0) && !(u.Shape == channel.Accumulating && ev.Text == "") {
			problems = append(problems, fmt.Sprintf("step %d: begin is %v", i, ev.Begin))
		}
	}
	return problems
}

// A repeat of the network is the same request: it must become the same event, mark included.
func (u USSD) checkRepeat() (problems []string) {
	for i, step := range u.walk() {
		first, err1 := u.decode(u.Write(step))
		second, err2 := u.decode(u.Write(step))
		if first != second || (err1 == nil) != (err2 == nil) {
			problems = append(problems, fmt.Sprintf("step %d: repeated request becomes another event", i))
		}
	}
	return problems
}

// An event outlives its request: the server may reuse the body for the next one.
func (u USSD) checkCopies() (problems []string) {
	for i, step := range u.walk() {
		r := u.Write(step)
		before := bytes.Clone(r.Body)
		ev, err := u.decode(r)
		if err != nil {
			return append(problems, fmt.Sprintf("step %d: refused: %v", i, err))
		}
		if !bytes.Equal(before, r.Body) {
			problems = append(problems, fmt.Sprintf("step %d: the request's body was changed", i))
		}
		kept := ev
		kept.Session, kept.Text, kept.ServiceCode = strings.Clone(ev.Session), strings.Clone(ev.Text), strings.Clone(ev.ServiceCode)
		for j := range r.Body {
			r.Body[j] = '#'
		}
		if ev != kept {
			problems = append(problems, fmt.Sprintf("step %d: the event shares memory with the request", i))
		}
	}
	return problems
}

func (u USSD) checkRefuse() (problems []string) {
	for _, c := range u.Refuse {
		_, err := u.decode(c.Request)
		if !errors.Is(err, c.Err) {
			problems = append(problems, fmt.Sprintf("%s: got error %v, want %v", c.Name, err, c.Err))
		}
		if leak := leaks(err, c.Request); leak != "" {
			problems = append(problems, fmt.Sprintf("%s: the error tells %s", c.Name, leak))
		}
	}
	return problems
}

func (u USSD) checkHostile() (problems []string) {
	for name, r := range u.hostile() {
		ev, err := u.decode(r)
		switch {
		case err == nil:
			if bad := unfit(ev); bad != "" {
				problems = append(problems, fmt.Sprintf("%s: accepted with %s", name, bad))
			}
		case !errors.Is(err, channel.ErrInvalid) && !errors.Is(err, channel.ErrForged):
			problems = append(problems, fmt.Sprintf("%s: error of no kind: %v", name, err))
		default:
			if leak := leaks(err, r); leak != "" {
				problems = append(problems, fmt.Sprintf("%s: the error tells %s", name, leak))
			}
		}
	}
	return problems
}

func (u USSD) checkEnds() (problems []string) {
	for _, c := range u.Ends {
		got, err := u.Provider.DecodeEnd(c.Request)
		if !errors.Is(err, c.Err) {
			problems = append(problems, fmt.Sprintf("%s: got error %v, want %v", c.Name, err, c.Err))
			continue
		}
		if c.Err != nil {
			continue
		}
		want := c.Want
		want.Number = Number(c.Phone)
		if got != want {
			problems = append(problems, fmt.Sprintf("%s: got %+v, want %+v", c.Name, got, want))
		}
	}
	return problems
}

// Under the race detector this finds providers that keep something between requests.
func (u USSD) checkConcurrent() (problems []string) {
	steps := u.walk()
	want := make([]channel.USSD, len(steps))
	for i, step := range steps {
		want[i], _ = u.decode(u.Write(step))
	}
	var wg sync.WaitGroup
	failed := make([]bool, 8)
	for g := range failed {
		wg.Go(func() {
			for i, step := range steps {
				got, _ := u.decode(u.Write(step))
				failed[g] = failed[g] || !reflect.DeepEqual(got, want[i])
			}
		})
	}
	wg.Wait()
	for _, f := range failed {
		if f {
			return []string{"requests at the same time change each other"}
		}
	}
	return nil
}

// decode turns a panic into an error of no kind, so that the other checks still run.
func (u USSD) decode(r *channel.Request) (ev channel.USSD, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return u.Provider.DecodeUSSD(r)
}

// unfit says what of an accepted event nothing behind the adapter is prepared for.
func unfit(ev channel.USSD) string {
	switch {
	case ev.Number.IsZero():
		return "no number"
	case ev.Session == "":
		return "no session"
	case len(ev.Session) > 256 || len(ev.ServiceCode) > 256 || len(ev.Network) > 256 || len(ev.Mark) > 256 || len(ev.Text) > 16<<10:
		return "a field without bounds"
	case !utf8.ValidString(ev.Session + "\x00" + ev.ServiceCode + "\x00" + ev.Network + "\x00" + ev.Mark + "\x00" + ev.Text):
		return "text that is not UTF-8"
	case strings.ContainsRune(ev.Session+ev.ServiceCode+ev.Network+ev.Text, 0):
		return "a NUL, which PostgreSQL refuses"
	}
	return ""
}

// leaks looks for the number and the typed text of a request in an error.
func leaks(err error, r *channel.Request) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	for _, secret := range []string{"70000001", "secret-typed"} {
		if strings.Contains(text, secret) {
			return "what the person is or typed"
		}
	}
	if len(r.Body) > 24 && strings.Contains(text, string(r.Body[:24])) {
		return "the body"
	}
	return ""
}
