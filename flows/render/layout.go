package render

import (
	"strings"

	"github.com/rivo/uniseg"

	"baro/flows"
	"baro/locales"
	"baro/locales/charset"
)

// Fit lays content out and returns the wanted page, counted from 0; a page past the end gives the last one.
//
// Facts come before choices: the text fills the first pages, the items follow in order, at most MaxItems a page. A page
// that is not the last carries 9; every page but an end carries 0. A notice that would push items to another page is
// left out: the same screen again says as much.
func (r *Renderer) Fit(c *Content, page int) Page {
	p := r.fit(c, page)
	if c.Notice != NoText && p.Screen.Pages > 1 {
		quiet := *c
		quiet.Notice = NoText
		if q := r.fit(&quiet, page); q.Screen.Pages < p.Screen.Pages {
			return q
		}
	}
	return p
}

func (r *Renderer) fit(c *Content, page int) Page {
	l := layout{r: r, c: c}
	l.write()
	at := cursor{}
	for n := 0; ; n++ {
		p, next := l.page(at)
		if n == page || next.done {
			p.Screen.Page = n + 1
			p.Screen.Pages = n + 1
			for !next.done {
				_, next = l.page(next)
				p.Screen.Pages++
			}
			return p
		}
		at = next
	}
}

// A layout holds the converted text and labels of one screen.
type layout struct {
	r        *Renderer
	c        *Content
	text     string
	labels   []string
	back     string
	more     string
	callback string
	encoding charset.Encoding
	limit    int
}

// A cursor says where the next page begins.
type cursor struct {
	text int // bytes of the text already shown
	item int // entries already shown
	cut  int // bytes of the next entry's label already shown, when one is longer than a page
	done bool
}

// write renders everything into one string, of which text and labels are slices.
func (l *layout) write() {
	r, c := l.r, l.c
	var arena [512]byte
	var marks [16]int
	buf, ends := arena[:0], marks[:0]
	if c.Notice != NoText {
		buf = r.AppendMessage(buf, c.Notice, c.Bounds)
	}
	if c.Text != NoText {
		if len(buf) > 0 {
			buf = append(buf, ' ')
		}
		buf = r.AppendMessage(buf, c.Text, c.Fields)
	}
	ends = append(ends, len(buf))
	for i := range c.Items {
		buf = r.AppendMessage(buf, c.Items[i].Text, c.Items[i].Fields)
		ends = append(ends, len(buf))
	}
	for _, id := range [...]locales.ID{c.Keys.BackText, r.nav.More, r.nav.Callback} {
		buf = r.AppendMessage(buf, id, nil)
		ends = append(ends, len(buf))
	}
	all := string(buf)
	l.text = all[:ends[0]]
	l.labels = make([]string, len(c.Items))
	for i := range l.labels {
		l.labels[i] = all[ends[i]:ends[i+1]]
	}
	n := len(c.Items)
	l.back, l.more = all[ends[n]:ends[n+1]], all[ends[n+1]:ends[n+2]]
	if c.Keys.Callback {
		l.callback = all[ends[n+2]:ends[n+3]]
	}
	l.encoding, _ = charset.Units(all)
	l.limit = r.profile.Limit(l.encoding)
}

// page lays out one page from a cursor.
func (l *layout) page(at cursor) (Page, cursor) {
	if l.fitsWhole(at) {
		return l.last(at)
	}
	room := l.limit - 1 - l.navWidth(true)
	p := Page{First: at.item, More: true}
	next := at
	var body string
	if at.text < len(l.text) {
		rest := l.text[at.text:]
		body = l.head(rest, room)
		next.text += len(body)
		body = strings.TrimRight(body, " \n")
		room -= l.width(body)
		next.text += leadingBlanks(l.text[next.text:])
	}
	if next.text == len(l.text) && l.c.Input == flows.InputKey {
		p.Screen.Choices = l.items(&next, room, body == "")
		p.Count = next.item - at.item
		if next.cut > 0 {
			p.Count++
		}
	}
	p.Screen.Text = body
	l.finish(&p, true)
	return p, next
}

// fitsWhole reports whether all that is left fits on one page.
func (l *layout) fitsWhole(at cursor) bool {
	if len(l.labels)-at.item > MaxItems {
		return false
	}
	used, lines := l.width(l.text[at.text:]), 0
	if at.text < len(l.text) {
		lines++
	}
	for i := at.item; i < len(l.labels); i++ {
		label := l.labels[i]
		if i == at.item {
			label = label[at.cut:]
		}
		used += 2 + l.width(label)
		lines++
	}
	if n := l.navWidth(false); n > 0 {
		used += n
		lines++
	}
	return used+max(lines-1, 0) <= l.limit
}

func (l *layout) last(at cursor) (Page, cursor) {
	p := Page{First: at.item, Count: len(l.labels) - at.item}
	p.Screen.Text = l.text[at.text:]
	if p.Count > 0 {
		p.Screen.Choices = make([]flows.Choice, 0, p.Count)
	}
	for i := at.item; i < len(l.labels); i++ {
		label := l.labels[i]
		if i == at.item {
			label = label[at.cut:]
		}
		p.Screen.Choices = append(p.Screen.Choices, flows.Choice{Key: l.key(i, at.item), Label: label})
	}
	l.finish(&p, false)
	return p, cursor{text: len(l.text), item: len(l.labels), done: true}
}

// items takes as many entries as fit into room. An entry longer than a whole page is shown in pieces under its key.
func (l *layout) items(next *cursor, room int, empty bool) []flows.Choice {
	var out []flows.Choice
	first := next.item
	for next.item < len(l.labels) && len(out) < MaxItems {
		label := l.labels[next.item][next.cut:]
		need := 2 + l.width(label)
		if len(out) > 0 || !empty {
			need++ // line break
		}
		if need <= room {
			out = append(out, flows.Choice{Key: l.key(next.item, first), Label: label})
			room -= need
			next.item, next.cut = next.item+1, 0
			continue
		}
		if len(out) == 0 && empty {
			piece := l.head(label, room-2)
			out = append(out, flows.Choice{Key: l.key(next.item, first), Label: strings.TrimRight(piece, " ")})
			next.cut += len(piece)
		}
		break
	}
	return out
}

// key is an entry's own key, or its position on the page for list rows.
func (l *layout) key(i, first int) string {
	if k := l.c.Items[i].Key; k != 0 {
		return digits[k-'0' : k-'0'+1]
	}
	n := i - first + 1
	return digits[n : n+1]
}

const digits = "0123456789"

// finish adds the navigation line and the expected input.
func (l *layout) finish(p *Page, more bool) {
	s := &p.Screen
	s.Lang = l.r.tag
	s.Input = l.c.Input
	if more {
		s.Input = flows.InputKey
	}
	nav := make([]flows.Choice, 0, 3)
	if l.callback != "" {
		nav = append(nav, flows.Choice{Key: "8", Label: l.callback})
	}
	if more {
		nav = append(nav, flows.Choice{Key: "9", Label: l.more})
	}
	if l.c.Keys.Back && s.Input != flows.InputNone {
		nav = append(nav, flows.Choice{Key: l.backKey(more), Label: l.back})
	}
	if len(nav) > 0 {
		s.Nav = nav
	}
}

// backKey is 00 where 0 is an answer.
func (l *layout) backKey(more bool) string {
	if !more && l.c.Input > flows.InputKey {
		return "00"
	}
	return "0"
}

func (l *layout) navWidth(more bool) int {
	n, keys := 0, 0
	add := func(width int) {
		n += width
		keys++
	}
	if l.callback != "" {
		add(2 + l.width(l.callback))
	}
	if more {
		add(2 + l.width(l.more))
	}
	if l.c.Keys.Back && (more || l.c.Input != flows.InputNone) {
		add(len(l.backKey(more)) + 1 + l.width(l.back))
	}
	return n + max(keys-1, 0)
}

// width is the size of a piece in the units of the whole screen's encoding.
func (l *layout) width(s string) int {
	if l.encoding == charset.UCS2 {
		return len(charset.EncodeUCS2(s)) / 2
	}
	if l.r.profile.Letters == charset.ASCII {
		return len(s)
	}
	_, n := charset.Units(s)
	return n
}

// head is the longest beginning of s that fits into room, broken at a blank where there is one, else between grapheme
// clusters, and never empty.
func (l *layout) head(s string, room int) string {
	if l.width(s) <= room {
		return s
	}
	end, blank, used, state := 0, 0, 0, -1
	rest := s
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		w := l.width(cluster)
		if used+w > room && end > 0 {
			break
		}
		used += w
		end += len(cluster)
		if cluster == " " || cluster == "\n" {
			blank = end
		}
	}
	if end < len(s) && (s[end] == ' ' || s[end] == '\n') {
		return s[:end]
	}
	if blank > 0 {
		return s[:blank]
	}
	return s[:end]
}

func leadingBlanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \n")) }
