// Package dial knows what people type to reach a screen directly: the strings on posters, in radio scripts and in every
// SMS, by which anyone can prove that a text was genuine.
package dial

import (
	"strconv"
	"strings"

	"baro/store"
)

// A Line is one USSD channel: the service code that is dialled, "*384*96#", and the commune it is bound to, 0 for none.
type Line struct {
	Code    string
	Commune store.PlaceID
}

// A Book tells the dial strings of communes.
type Book struct {
	lines  func() []Line
	number func(store.PlaceID) (digits string, ok bool)
}

// NewBook returns a book over the channels in their configured order; they are asked for each time, since the commune of a
// channel may be imported later. Number gives the three digits of a commune that is reached over a channel of many.
func NewBook(number func(store.PlaceID) (string, bool), lines func() []Line) *Book {
	return &Book{number: number, lines: lines}
}

// String gives what to dial for the keys of a path below a commune's main menu, "*384*96*417*2*31#" for 2 and 31; no keys
// lead to the menu itself. A channel bound to the commune comes first and needs no number. It is "" where the commune cannot
// be reached by USSD.
func (b *Book) String(commune store.PlaceID, keys ...int) string {
	lines := b.lines()
	for _, l := range lines {
		if commune != 0 && l.Commune == commune && trimmed(l.Code) != "" {
			return join(l.Code, "", keys)
		}
	}
	for _, l := range lines {
		if l.Commune != 0 || trimmed(l.Code) == "" {
			continue
		}
		if digits, ok := b.number(commune); ok && digits != "" {
			return join(l.Code, digits, keys)
		}
		if len(keys) == 0 {
			return join(l.Code, "", nil)
		}
	}
	return ""
}

func join(code, commune string, keys []int) string {
	out := "*" + trimmed(code)
	if commune != "" {
		out += "*" + commune
	}
	for _, k := range keys {
		out += "*" + strconv.Itoa(k)
	}
	return out + "#"
}

func trimmed(code string) string { return strings.Trim(strings.TrimSpace(code), "*#") }
