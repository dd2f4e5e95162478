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
// that is not the last carries 9; every page but the first and last of an end carries 0. What stands on a page does not
// depend on the page that is asked for, so that paging forth and back shows everything once.
//
// A notice stands before the text of the wanted page, and is left out where it does not fit: it moves nothing to another
// page, and the same screen again says as much.
func (r *Renderer) Fit(c *Content, page int) Page {
	l := layout{r: r, c: c, ends: r.marks[:0]}
	l.write()
	p := l.fit(page)
	if c.Notice != NoText {
		r.announce(&p, c)
	}
	return p
}

// announce puts the notice before the text of a page if there is room.
func (r *Renderer) announce(p *Page, c *Content) {
	text := p.Screen.Text
	p.Screen.Text = string(r.AppendMessage(nil, c.Notice, c.Bounds))
	if text != "" {
		p.Screen.Text += " " + text
	}
	if _, used, limit := Units(r.profile, p.Screen.String()); used > limit {
		p.Screen.Text, p.Quiet = text, true
	}
}

// A layout holds the converted text and labels of one screen: one string, of which text and labels are slices.
type layout struct {
	r        *Renderer
	c        *Content
	all      string
	ends     []int // of the text, then of each label
	text     string
	first    string // what 0 does on the first page
	back     string // what it does on the others
	more     string
	callback string
	encoding charset.Encoding
	limit    int
}

// A cursor says where the next page begins.
type cursor struct {
	page int // from 0
	text int // bytes of the text already shown
	item int // entries already shown
	cut  int // bytes of the next entry's label already shown, when one is longer than a page
	done bool
}

func (l *layout) fit(page int) Page {
	at := cursor{}
	for {
		p, next := l.page(at)
		if at.page == page || next.done {
			p.Screen.Page = at.page + 1
			p.Screen.Pages = p.Screen.Page
			for !next.done {
				_, next = l.page(next)
				p.Screen.Pages++
			}
			return p
		}
		at = next
	}
}

// write renders everything into one string.
func (l *layout) write() {
	r, c := l.r, l.c
	buf := r.arena[:0]
	if c.Text != NoText {
		buf = r.AppendMessage(buf, c.Text, c.Fields)
	}
	l.ends = append(l.ends, len(buf))
	for i := range c.Items {
		buf = r.AppendMessage(buf, c.Items[i].Text, c.Items[i].Fields)
		l.ends = append(l.ends, len(buf))
	}
	var nav [4]int
	for i, id := range [...]locales.ID{c.Keys.First, c.Keys.Back, r.nav.More, r.nav.Callback} {
		if id != NoText {
			buf = r.AppendMessage(buf, id, nil)
		}
		nav[i] = len(buf)
	}
	l.all = string(buf)
	l.text = l.all[:l.ends[0]]
	last := l.ends[len(c.Items)]
	l.first, l.back, l.more = l.all[last:nav[0]], l.all[nav[0]:nav[1]], l.all[nav[1]:nav[2]]
	if c.Keys.Callback {
		l.callback = l.all[nav[2]:nav[3]]
	}
	l.encoding, _ = charset.Units(l.all)
	l.limit = r.profile.Limit(l.encoding)
}

// label is what an entry says.
func (l *layout) label(i int) string { return l.all[l.ends[i]:l.ends[i+1]] }

// backLabel is what 0 does on a page, "" where it is not offered.
func (l *layout) backLabel(page int) string {
	if page == 0 {
		return l.first
	}
	return l.back
}

// page lays out one page from a cursor.
func (l *layout) page(at cursor) (Page, cursor) {
	if l.fitsWhole(at) {
		return l.last(at)
	}
	room := l.limit - 1 - l.navWidth(at.page, true)
	p := Page{First: at.item, More: true}
	next := at
	next.page++
	var body string
	if at.text < len(l.text) {
		body = l.head(l.text[at.text:], room)
		next.text += len(body)
		body = strings.TrimRight(body, " \n")
		room -= l.width(body)
		next.text += leadingBlanks(l.text[next.text:])
	}
	var choices []flows.Choice
	if next.text == len(l.text) && l.c.Input == flows.InputKey {
		choices = l.items(&next, room, body == "")
		p.Count = next.item - at.item
		if next.cut > 0 {
			p.Count++
		}
	}
	p.Screen.Text = body
	l.finish(&p, choices, at.page)
	return p, next
}

// fitsWhole reports whether all that is left fits on one page.
func (l *layout) fitsWhole(at cursor) bool {
	if len(l.c.Items)-at.item > MaxItems {
		return false
	}
	used, lines := l.width(l.text[at.text:]), 0
	if at.text < len(l.text) {
		lines++
	}
	for i := at.item; i < len(l.c.Items); i++ {
		used += l.keyWidth() + l.width(l.rest(i, at))
		lines++
	}
	if n := l.navWidth(at.page, false); n > 0 {
		used += n
		lines++
	}
	return used+max(lines-1, 0) <= l.limit
}

// rest is what a label still has to say on the page that begins at a cursor.
func (l *layout) rest(i int, at cursor) string {
	if i == at.item {
		return l.label(i)[at.cut:]
	}
	return l.label(i)
}

func (l *layout) last(at cursor) (Page, cursor) {
	p := Page{First: at.item, Count: len(l.c.Items) - at.item}
	p.Screen.Text = l.text[at.text:]
	choices := make([]flows.Choice, 0, p.Count+maxNav)
	for i := at.item; i < len(l.c.Items); i++ {
		choices = append(choices, flows.Choice{Key: l.key(i, at.item), Label: l.rest(i, at)})
	}
	l.finish(&p, choices, at.page)
	return p, cursor{done: true}
}

// items takes as many entries as fit into room. An entry longer than a whole page is shown in pieces under its key.
func (l *layout) items(next *cursor, room int, empty bool) []flows.Choice {
	out := make([]flows.Choice, 0, MaxItems+maxNav)
	first := next.item
	for next.item < len(l.c.Items) && len(out) < MaxItems {
		label := l.label(next.item)[next.cut:]
		need := l.keyWidth() + l.width(label)
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
			piece := l.head(label, room-l.keyWidth())
			out = append(out, flows.Choice{Key: l.key(next.item, first), Label: strings.TrimRight(piece, " \n")})
			next.cut += len(piece) + leadingBlanks(label[len(piece):])
		}
		break
	}
	return out
}

// keyWidth is what the key before an entry takes, with its blank.
func (l *layout) keyWidth() int {
	if l.c.Plain {
		return 0
	}
	return 2
}

// key is an entry's own key, or its position on the page for list rows.
func (l *layout) key(i, first int) string {
	if l.c.Plain {
		return ""
	}
	if k := l.c.Items[i].Key; k != 0 {
		return digits[k-'0' : k-'0'+1]
	}
	n := i - first + 1
	return digits[n : n+1]
}

const digits = "0123456789"

// maxNav is the most keys of a navigation line: 8, 9 and 0.
const maxNav = 3

// finish adds the items, the navigation line and the expected input. The navigation takes the room left behind the
// items.
func (l *layout) finish(p *Page, choices []flows.Choice, page int) {
	s := &p.Screen
	s.Lang = l.r.tag
	s.Input = l.c.Input
	if p.More {
		s.Input = flows.InputKey
	}
	n := len(choices)
	if n > 0 {
		s.Choices = choices[:n:n]
	}
	nav := choices
	if l.callback != "" && s.Input == flows.InputKey {
		nav = append(nav, flows.Choice{Key: "8", Label: l.callback})
	}
	if p.More {
		nav = append(nav, flows.Choice{Key: "9", Label: l.more})
	}
	if back := l.backLabel(page); back != "" && s.Input != flows.InputNone {
		nav = append(nav, flows.Choice{Key: l.backKey(p.More), Label: back})
	}
	if len(nav) > n {
		s.Nav = nav[n:]
	}
}

// backKey is 00 where 0 is an answer.
func (l *layout) backKey(more bool) string {
	if !more && l.c.Input > flows.InputKey {
		return "00"
	}
	return "0"
}

func (l *layout) navWidth(page int, more bool) int {
	n, keys := 0, 0
	if l.callback != "" && (more || l.c.Input == flows.InputKey) {
		n += 2 + l.width(l.callback)
		keys++
	}
	if more {
		n += 2 + l.width(l.more)
		keys++
	}
	if back := l.backLabel(page); back != "" && (more || l.c.Input != flows.InputNone) {
		n += len(l.backKey(more)) + 1 + l.width(back)
		keys++
	}
	return n + max(keys-1, 0)
}

// width is the size of a piece in the units of the whole screen's encoding.
func (l *layout) width(s string) int {
	if l.encoding == charset.UCS2 {
		n := 0
		for _, c := range s {
			n++
			if c > 0xFFFF {
				n++
			}
		}
		return n
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
