package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"baro/flows"
	"baro/locales"
)

// maxTyped is the longest input looked at, in bytes: five times what a USSD string carries.
const maxTyped = 1000

// asked is an answer that waits for its question's record, whose fields bound it.
type asked struct {
	text string
}

// A secret says where a PIN stands while its step runs.
type secret struct {
	depth int // of its frame, from 1; 0: there is none
	flow  uint16
	slot  flows.Slot
}

// take routes one input by the kind of the present node.
func (r *Run) take(typed string) {
	n := r.node()
	switch n.Kind {
	case flows.Menu, flows.Choose, flows.End:
		r.press(n, key(typed))
	case flows.Ask:
		r.answer(n, typed)
	default:
		// A node without a screen can only be met after a step that ended in a fault: it is tried again.
	}
}

// press takes a key on a screen of keys.
func (r *Run) press(n *flows.Node, k string) {
	s := r.s
	switch {
	case k == "00":
		r.jump(flows.ToHome)
	case k == "0" && s.Page > 0:
		s.Page--
	case k == "0" && n.Back != flows.NoTarget:
		r.jump(n.Back)
	case k == "0":
		r.unload()
		r.back()
	case k == "8" && r.callable(n):
		r.callMe()
	case k == "9" && s.More:
		s.Page++
	case n.List != nil && len(k) == 1 && k[0] >= '1' && int(k[0]-'0') <= len(s.Shown):
		r.save(n.Save, s.Shown[k[0]-'1'])
		r.follow(n.Go)
	case n.List == nil && len(k) == 1 && k[0] >= '1' && k[0] <= '8' && s.Keys&(1<<(k[0]-'0')) != 0:
		r.pick(n, k[0])
	case n.Dial != flows.NoTarget && len(k) >= 2 && len(k) <= 6 && number(k) >= 10:
		r.save(n.DialSave, flows.IntOf(number(k)))
		r.follow(n.Dial)
	default:
		r.refuse(r.p.Nav.Invalid)
	}
}

func (r *Run) pick(n *flows.Node, k byte) {
	for i := range n.Items {
		if it := &n.Items[i]; it.Key == k {
			for _, a := range it.Set {
				r.save(a.Slot, a.Value)
			}
			r.follow(it.Go)
			return
		}
	}
}

// answer takes what was typed on a question. Only 00 navigates there: 0 and 9 are answers. While a long question is
// still being read page by page, the keys of a page count.
func (r *Run) answer(n *flows.Node, typed string) {
	if r.s.More {
		r.press(n, key(typed))
		return
	}
	if key(typed) == "00" {
		if r.s.Homed {
			r.jump(flows.ToHome)
		} else {
			r.jump(flows.ToBack)
		}
		return
	}
	text, ok := clean(typed)
	switch {
	case !ok:
		r.refuse(r.p.Nav.Unreadable)
	case n.Show != nil && (n.Min.Field != "" || n.Max.Field != ""):
		r.check = &asked{text: text}
	default:
		r.accept(n, text)
	}
}

// judge accepts an answer now that the question's record is loaded.
func (r *Run) judge(n *flows.Node) {
	text := r.check.text
	r.check = nil
	r.accept(n, text)
}

func (r *Run) accept(n *flows.Node, text string) {
	lo, hasLo := r.limit(n.Min)
	hi, hasHi := r.limit(n.Max)
	if n.Input == flows.InputNumber {
		digits := key(text)
		if strings.HasPrefix(text, "-") || digits == "" || len(digits) > 12 || strings.Trim(digits, "0123456789") != "" {
			r.refuse(r.p.Nav.NumberWanted)
			return
		}
		v := number(digits)
		if hasLo && v < lo || hasHi && v > hi {
			r.refuse(r.p.Nav.NumberRange)
			r.bounds = flows.Record{{Name: "Min", Value: flows.IntOf(lo)}, {Name: "Max", Value: flows.IntOf(hi)}}
			return
		}
		r.save(n.Save, flows.IntOf(v))
		r.follow(n.Go)
		return
	}
	length := int64(utf8.RuneCountInString(text))
	switch {
	case hasLo && length < lo || length == 0:
		r.refuse(r.p.Nav.TooShort)
	case hasHi && length > hi:
		r.refuse(r.p.Nav.TooLong)
	default:
		r.save(n.Save, flows.TextOf(text))
		if n.Input == flows.InputPIN && n.Save >= 0 {
			r.secret = secret{depth: len(r.s.Frames), flow: r.s.Top().Flow, slot: n.Save}
		}
		r.follow(n.Go)
	}
}

func (r *Run) limit(l flows.Limit) (int64, bool) {
	if l.Field != "" {
		v := r.record.Get(l.Field)
		return v.Num, v.Kind != flows.None
	}
	return l.Fixed, l.Set
}

// refuse shows the same screen again with a word on what was wrong.
func (r *Run) refuse(notice locales.ID) { r.notice = notice }

// key reduces what was typed to a menu key: digits of any script as ASCII, without blanks and the marks people add
// around a digit ("1.", "#1", "1 )"). Anything else gives "".
func key(typed string) string {
	if len(typed) == 1 && typed[0] >= '0' && typed[0] <= '9' {
		return typed
	}
	if len(typed) > maxTyped {
		return ""
	}
	typed = strings.Trim(typed, " .,;:)(#*-")
	var out [16]byte
	b := out[:0]
	for _, c := range typed {
		d, ok := digit(c)
		switch {
		case ok && len(b) < len(out):
			b = append(b, d)
		case ok:
			return ""
		case unicode.IsSpace(c):
		default:
			return ""
		}
	}
	return string(b)
}

// digit is the ASCII form of a decimal digit of the scripts in use in Mali: Latin, Arabic-Indic and its eastern form,
// N'Ko, Adlam, full width.
func digit(c rune) (byte, bool) {
	for _, zero := range [...]rune{'0', 0x660, 0x6F0, 0x7C0, 0x1E950, 0xFF10} {
		if c >= zero && c <= zero+9 {
			return byte('0' + c - zero), true
		}
	}
	return 0, false
}

func number(digits string) (n int64) {
	for i := range digits {
		n = n*10 + int64(digits[i]-'0')
	}
	return n
}

// clean prepares typed text: valid UTF-8 in NFC, controls gone, blanks squeezed.
func clean(typed string) (string, bool) {
	if len(typed) > maxTyped*5 || !utf8.ValidString(typed) {
		return "", false
	}
	text := norm.NFC.String(typed)
	text = strings.Map(func(c rune) rune {
		switch {
		case unicode.IsSpace(c):
			return ' '
		case unicode.IsControl(c) || c == utf8.RuneError || c == '\ufeff' || c == '\u200b':
			return -1
		}
		return c
	}, text)
	return strings.Join(strings.Fields(text), " "), true
}
