package render

import (
	"strconv"
	"strings"
	"time"

	"baro/flows"
	"baro/locales"
	"baro/locales/charset"
)

// countField is the placeholder that chooses a plural form.
const countField = "Count"

// AppendMessage appends a message with its fields in the channel's letters.
func (r *Renderer) AppendMessage(dst []byte, id locales.ID, fields flows.Record) []byte {
	segments := r.catalogue.Segments(r.lang, id, r.profile.Letters, fields.Get(countField).Num)
	if segments == nil { // a message outside the flow that is shown, not translated yet
		segments = r.catalogue.Segments(r.catalogue.Default(), id, r.profile.Letters, fields.Get(countField).Num)
	}
	for _, seg := range segments {
		if seg.Field == "" {
			dst = append(dst, seg.Literal...)
			continue
		}
		dst = r.appendValue(dst, fields.Get(seg.Field))
	}
	return trimEnd(dst)
}

func (r *Renderer) appendValue(dst []byte, v flows.Value) []byte {
	switch v.Kind {
	case flows.Int:
		return strconv.AppendInt(dst, v.Num, 10)
	case flows.Text:
		return append(dst, r.convert(v.Text)...)
	case flows.Label:
		if id, ok := r.catalogue.ID(v.Text); ok {
			return r.AppendMessage(dst, id, nil)
		}
		return dst
	case flows.Money:
		return locales.AppendAmount(dst, v.Num, locales.Short)
	case flows.Amount:
		return locales.AppendAmount(dst, v.Num, locales.Full)
	case flows.Price:
		return append(locales.AppendAmount(dst, v.Num, locales.Bare), " F"...)
	case flows.Percent:
		return locales.AppendPercent(dst, v.Num)
	case flows.Date:
		return locales.AppendDate(dst, dayOf(v.Num))
	case flows.Day:
		return locales.AppendDay(dst, dayOf(v.Num))
	case flows.Clock:
		return locales.AppendClock(dst, time.Unix(v.Num*60, 0).UTC())
	case flows.Distance:
		return locales.AppendDistance(dst, v.Num)
	case flows.List:
		return r.appendParts(dst, v.Parts, ", ")
	case flows.Parts:
		return r.appendParts(dst, v.Parts, " ")
	}
	return dst
}

func (r *Renderer) appendParts(dst []byte, parts []flows.Part, separator string) []byte {
	start := len(dst)
	for _, part := range parts {
		id, ok := r.catalogue.ID(part.Message)
		if !ok {
			continue
		}
		if len(dst) > start {
			dst = append(dst, separator...)
		}
		dst = r.AppendMessage(dst, id, part.Fields)
	}
	return dst
}

// convert writes a name or a commune's text in the channel's letters. Line breaks and needless blanks would spoil the
// layout. A name keeps its own language's letters in a screen of another language, so that a letter the reader's language
// does not know is spelt as the first national language that knows it; a character without any form becomes "?" (it was
// refused at entry; this is the last resort).
func (r *Renderer) convert(text string) string {
	if strings.ContainsAny(text, "\n\r\t") || strings.Contains(text, "  ") || strings.TrimSpace(text) != text {
		text = strings.Join(strings.Fields(text), " ")
	}
	out, lost := charset.Convert(text, r.tag, r.profile.Letters, r.profile.Extension)
	if len(lost) == 0 {
		return out
	}
	for _, tag := range [...]string{"bm", "ff", "ses", "taq", "dts", "bmq"} {
		if other, still := charset.Convert(text, tag, r.profile.Letters, r.profile.Extension); len(still) < len(lost) {
			out, lost = other, still
		}
	}
	return out
}

// trimEnd drops the blank that an empty last field leaves behind.
func trimEnd(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

func dayOf(days int64) time.Time { return time.Unix(days*86400, 0).UTC() }
