package flows

import (
	"encoding/binary"
	"errors"

	"baro/locales"
)

// sessionFormat is the first byte of an encoded session. A change of the layout takes a new number; sessions of another
// format are treated as lost, which restarts their dialogues politely.
const sessionFormat = 3

// ErrSessionFormat says that bytes are not a session of this version.
var ErrSessionFormat = errors.New("flows: not a session of this format")

const (
	bitHasLang = 1 << iota
	bitAsked
	bitCallback
	bitHomed
	bitMore
)

// AppendBinary appends the session's encoding: a few dozen bytes of varints and short strings.
func (s *Session) AppendBinary(dst []byte) []byte {
	dst = append(dst, sessionFormat)
	dst = append(dst, s.Release[:]...)
	dst = append(dst, s.flags(), byte(s.Lang), s.Page)
	dst = binary.AppendUvarint(dst, uint64(s.Step))
	dst = binary.AppendVarint(dst, s.Commune)
	dst = binary.AppendUvarint(dst, uint64(s.Keys))
	dst = appendString(dst, s.Dialled)
	dst = appendString(dst, s.Instead)
	dst = appendString(dst, s.Subject)
	dst = binary.AppendUvarint(dst, uint64(len(s.Deep)))
	for _, d := range s.Deep {
		dst = appendString(dst, d)
	}
	dst = appendFrames(dst, s.Frames)
	dst = appendMarks(dst, s.Trail)
	dst = appendValues(dst, s.Shown)
	dst = appendFrames(dst, s.Parked)
	return appendMarks(dst, s.Trailed)
}

// DecodeSession reads what AppendBinary wrote.
func DecodeSession(data []byte) (*Session, error) {
	if len(data) < 12 || data[0] != sessionFormat {
		return nil, ErrSessionFormat
	}
	m := &room{}
	s := &m.session
	copy(s.Release[:], data[1:9])
	s.setFlags(data[9])
	s.Lang, s.Page = locales.Lang(data[10]), data[11]
	d := decoder{buf: data[12:], room: m}
	s.Step = uint32(d.uint())
	s.Commune = d.int()
	s.Keys = uint16(d.uint())
	s.Dialled = d.string()
	s.Instead = d.string()
	s.Subject = d.string()
	if n := d.count(); n > 0 {
		s.Deep = make([]string, n)
		for i := range s.Deep {
			s.Deep[i] = d.string()
		}
	}
	s.Frames = d.frames(m.frames[:0])
	s.Trail = d.marks(m.marks[:0])
	s.Shown = d.values()
	s.Parked = d.frames(nil)
	s.Trailed = d.marks(nil)
	if d.bad || len(d.buf) != 0 || len(s.Frames) == 0 {
		return nil, ErrSessionFormat
	}
	return s, nil
}

func (s *Session) flags() (b byte) {
	for i, on := range [...]bool{s.HasLang, s.Asked, s.Callback, s.Homed, s.More} {
		if on {
			b |= 1 << i
		}
	}
	return b
}

func (s *Session) setFlags(b byte) {
	s.HasLang, s.Asked, s.Callback = b&bitHasLang != 0, b&bitAsked != 0, b&bitCallback != 0
	s.Homed, s.More = b&bitHomed != 0, b&bitMore != 0
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendFrames(dst []byte, frames []Frame) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(frames)))
	for _, f := range frames {
		dst = binary.AppendUvarint(dst, uint64(f.Flow))
		dst = binary.AppendUvarint(dst, uint64(f.Node))
		dst = appendValues(dst, f.Vars)
	}
	return dst
}

func appendMarks(dst []byte, marks []Mark) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(marks)))
	for _, m := range marks {
		dst = binary.AppendUvarint(append(dst, m.Depth, m.Page), uint64(m.Node))
	}
	return dst
}

// appendValues writes scalars only: keys and saved answers are numbers or short texts, never lists.
func appendValues(dst []byte, values []Value) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(values)))
	for _, v := range values {
		dst = append(dst, byte(v.Kind))
		switch v.Kind {
		case None:
		case Text, Label:
			dst = appendString(dst, v.Text)
		default:
			dst = binary.AppendVarint(dst, v.Num)
		}
	}
	return dst
}

// A room is a session with space for the slices of an ordinary dialogue, so that decoding is one allocation.
type room struct {
	session Session
	frames  [3]Frame
	marks   [8]Mark
	values  [10]Value
	taken   int // of values
}

// A decoder reads varints and strings, remembering the first fault instead of reporting each.
type decoder struct {
	buf  []byte
	bad  bool
	room *room // nil while a screen is read
}

func (d *decoder) uint() uint64 {
	n, size := binary.Uvarint(d.buf)
	if size <= 0 {
		d.fail()
		return 0
	}
	d.buf = d.buf[size:]
	return n
}

func (d *decoder) int() int64 {
	n, size := binary.Varint(d.buf)
	if size <= 0 {
		d.fail()
		return 0
	}
	d.buf = d.buf[size:]
	return n
}

// count reads a length that the remaining bytes can hold, so that a hostile one cannot ask for memory.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.buf)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) byte() byte {
	if len(d.buf) == 0 {
		d.fail()
		return 0
	}
	b := d.buf[0]
	d.buf = d.buf[1:]
	return b
}

func (d *decoder) string() string {
	n := d.count()
	if n == 0 {
		return ""
	}
	s := string(d.buf[:n])
	d.buf = d.buf[n:]
	return s
}

func (d *decoder) frames(space []Frame) []Frame {
	n := d.count()
	if n == 0 {
		return nil
	}
	if n > cap(space) {
		space = make([]Frame, 0, n+1)
	}
	for range n {
		space = append(space, Frame{Flow: uint16(d.uint()), Node: uint16(d.uint()), Vars: d.values()})
	}
	return space
}

func (d *decoder) marks(space []Mark) []Mark {
	n := d.count()
	if n == 0 {
		return nil
	}
	if n > cap(space) {
		space = make([]Mark, 0, n+1)
	}
	for range n {
		space = append(space, Mark{Depth: d.byte(), Page: d.byte(), Node: uint16(d.uint())})
	}
	return space
}

func (d *decoder) values() []Value {
	n := d.count()
	if n == 0 {
		return nil
	}
	values := d.space(n)
	for i := range values {
		v := Value{Kind: Kind(d.byte())}
		switch v.Kind {
		case None:
		case Text, Label:
			v.Text = d.string()
		default:
			v.Num = d.int()
		}
		values[i] = v
	}
	return values
}

// space is room for n values that appending to cannot run over.
func (d *decoder) space(n int) []Value {
	from := d.room.taken
	if n > len(d.room.values)-from {
		return make([]Value, n)
	}
	d.room.taken += n
	return d.room.values[from:d.room.taken:d.room.taken]
}

func (d *decoder) fail() { d.bad, d.buf = true, nil }
