package simulate

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"baro/locales/charset"
)

// A Script is a dialogue as a text file:
//
//	# what it shows
//	@number +22370000001
//
//	== dial
//	Votre mairie. Jamais d'argent a payer.
//	1 Bamanankan
//	[GSM7 101/160]
//
//	== 5
//	…
//
// A line that begins with "== " is what the person does: dial, dial *384*96*1#, hang up, again, phone +22370000002 to go
// on from another phone, or what is typed. What
// stands below it is the screen as it was shown. "[END]" marks a screen that ends the dialogue.
type Script struct {
	Comments []string
	Number   string
	Steps    []Step
}

// A Step is one act with the screen it led to.
type Step struct {
	Line int
	Act  string
	Want string
}

const stepMark = "== "

// ReadScript reads a script.
func ReadScript(r io.Reader) (*Script, error) {
	s := &Script{}
	scan := bufio.NewScanner(r)
	var want []string
	flush := func() {
		if len(s.Steps) > 0 {
			s.Steps[len(s.Steps)-1].Want = strings.TrimRight(strings.Join(want, "\n"), "\n")
		}
		want = nil
	}
	for n := 1; scan.Scan(); n++ {
		line := strings.TrimRight(scan.Text(), " \r")
		switch {
		case strings.HasPrefix(line, stepMark):
			flush()
			s.Steps = append(s.Steps, Step{Line: n, Act: strings.TrimPrefix(line, stepMark)})
		case len(s.Steps) > 0:
			want = append(want, line)
		case strings.HasPrefix(line, "#"):
			s.Comments = append(s.Comments, line)
		case strings.HasPrefix(line, "@number "):
			s.Number = strings.TrimSpace(strings.TrimPrefix(line, "@number "))
		case line != "":
			return nil, fmt.Errorf("line %d: a step (%q), a # comment or @number is expected", n, stepMark+"…")
		}
	}
	flush()
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("read a script: %w", err)
	}
	if len(s.Steps) == 0 {
		return nil, fmt.Errorf("a script has at least one step")
	}
	return s, nil
}

// Run plays a script and returns it with the screens that were really shown.
func (s *Script) Run(ctx context.Context, p *Phone, profile charset.Profile) (*Script, error) {
	out := &Script{Comments: s.Comments, Number: s.Number}
	if s.Number != "" {
		p.Number = s.Number
	}
	for _, step := range s.Steps {
		shown, err := play(ctx, p, profile, step.Act)
		if err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", step.Line, step.Act, err)
		}
		out.Steps = append(out.Steps, Step{Line: step.Line, Act: step.Act, Want: shown})
	}
	return out, nil
}

func play(ctx context.Context, p *Phone, profile charset.Profile, act string) (string, error) {
	var reply Reply
	var err error
	switch verb, rest, _ := strings.Cut(act, " "); {
	case act == "hang up":
		p.HangUp()
		return "", nil
	case verb == "phone" && strings.HasPrefix(rest, "+"):
		p.HangUp()
		p.Number = rest
		return "", nil
	case verb == "dial":
		reply, err = p.Dial(ctx, rest)
	case act == "again":
		reply, err = p.Again(ctx)
	case act == "(nothing)":
		reply, err = p.Type(ctx, "")
	default:
		reply, err = p.Type(ctx, act)
	}
	if err != nil {
		return "", err
	}
	size := Size(profile, reply.Text)
	if reply.End {
		size += " [END]"
	}
	return reply.Text + "\n" + size, nil
}

// Diff names the first step whose screen is not as written; "" when all are.
func (s *Script) Diff(got *Script) string {
	for i, step := range s.Steps {
		if g := got.Steps[i].Want; g != step.Want {
			return fmt.Sprintf("line %d: after %q\n--- written\n%s\n--- shown\n%s", step.Line, step.Act, step.Want, g)
		}
	}
	return ""
}

// Written reports whether the script says what is to be shown, or only what is typed.
func (s *Script) Written() bool {
	for _, step := range s.Steps {
		if step.Want != "" {
			return true
		}
	}
	return false
}

// String writes the script as its file.
func (s *Script) String() string {
	var b strings.Builder
	for _, c := range s.Comments {
		b.WriteString(c + "\n")
	}
	if s.Number != "" {
		b.WriteString("@number " + s.Number + "\n")
	}
	for _, step := range s.Steps {
		b.WriteString("\n" + stepMark + step.Act + "\n")
		if step.Want != "" {
			b.WriteString(step.Want + "\n")
		}
	}
	return b.String()
}
