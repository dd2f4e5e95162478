package table

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"baro/gateway/exchange/report"
)

// source is the file in a form that can be read twice: the first pass finds out what it is, for a single byte at the
// very end may decide the encoding.
type source struct {
	file     io.ReadSeeker
	size     int64
	temp     *os.File // a private copy, when the input could not be rewound
	start    int64    // where the input stood
	hash     [32]byte
	encoding encoding
	workbook bool
	text     textFacts
}

// textFacts is what the first pass counts to tell encodings apart.
type textFacts struct {
	invalid   int64 // bytes that are not UTF-8
	sequences int64 // multi-byte sequences that are
	doubled   int64 // sequences that read "Ã©": UTF-8 decoded as Latin-1 and encoded again
	undefined int64 // offset of the first byte Windows-1252 does not define, -1 for none
	value     byte
	nul       bool
}

func open(r io.Reader, limits Limits) (*source, error) {
	s := &source{}
	if seeker, ok := r.(io.ReadSeeker); ok {
		start, err := seeker.Seek(0, io.SeekCurrent)
		if err == nil {
			s.file, s.start = seeker, start
		}
	}
	if s.file == nil {
		temp, err := os.CreateTemp("", "baro-import-*")
		if err != nil {
			return nil, wrap("copy input", err)
		}
		s.temp, s.file = temp, temp
		if _, err := io.Copy(temp, io.LimitReader(r, limits.Bytes+1)); err != nil {
			return nil, errors.Join(wrap("copy input", err), s.close())
		}
	}
	if err := s.inspect(limits); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// rewind goes back to the first byte.
func (s *source) rewind() error {
	_, err := s.file.Seek(s.start, io.SeekStart)
	return wrap("rewind input", err)
}

func (s *source) close() error {
	if s.temp == nil {
		return nil
	}
	name := s.temp.Name()
	err := errors.Join(s.temp.Close(), os.Remove(name))
	s.temp = nil
	return wrap("remove copy of input", err)
}

// inspect reads the file once: size, hash, container and encoding.
func (s *source) inspect(limits Limits) error {
	if err := s.rewind(); err != nil {
		return err
	}
	sum := sha256.New()
	buf := make([]byte, 64<<10)
	var head []byte
	s.text.undefined = -1
	carried := 0
	for {
		n, err := io.ReadFull(s.file, buf[carried:])
		if n > 0 || carried > 0 {
			sum.Write(buf[carried : carried+n])
			if head == nil {
				head = bytes.Clone(buf[:min(n, 4096)])
			}
			data := buf[:carried+n]
			rest := s.text.scan(data, s.size-int64(carried), err != nil)
			carried = copy(buf, data[rest:])
			if s.size += int64(n); s.size > limits.Bytes {
				return reject(report.TooLarge, limits.Bytes)
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return wrap("read input", err)
		}
	}
	s.hash = [32]byte(sum.Sum(nil))
	if len(bytes.TrimSpace(head)) == 0 && s.size <= int64(len(head)) {
		return reject(report.Empty)
	}
	return s.classify(head)
}

// scan counts over a chunk that begins at offset and returns how much of it was used: a sequence cut by the chunk's end
// is left for the next one, unless this is the last.
func (t *textFacts) scan(data []byte, offset int64, last bool) int {
	i := 0
	for i < len(data) {
		b := data[i]
		if b < utf8.RuneSelf {
			t.nul = t.nul || b == 0
			i++
			continue
		}
		if t.undefined < 0 && undefined1252(b) {
			t.undefined, t.value = offset+int64(i), b
		}
		if !last && !utf8.FullRune(data[i:]) {
			return i
		}
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			t.invalid++
		default:
			t.sequences++
			if (r == 'Ã' || r == 'Â') && i+size+1 < len(data) {
				if next, _ := utf8.DecodeRune(data[i+size:]); next >= 0x80 && next <= 0xbf {
					t.doubled++
				}
			}
			for _, c := range data[i+1 : i+size] {
				if t.undefined < 0 && undefined1252(c) {
					t.undefined, t.value = offset+int64(i), c
				}
			}
		}
		i += size
	}
	return i
}

// undefined1252 tells the five bytes that Windows-1252 leaves without a character.
func undefined1252(b byte) bool {
	switch b {
	case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
		return true
	}
	return false
}

// classify decides by the first bytes and the counts what the file is.
func (s *source) classify(head []byte) error {
	starts := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case starts("PK\x03\x04"), starts("PK\x05\x06"):
		s.workbook = true
		return nil
	case starts("\xd0\xcf\x11\xe0"):
		return reject(report.OldExcel)
	case starts("\x1f\x8b"), starts("BZh"), starts("7z\xbc\xaf"), starts("Rar!"), starts("\xfd7zXZ"), starts("\x28\xb5\x2f\xfd"):
		return reject(report.Compressed)
	case starts("\xff\xfe"):
		s.encoding = utf16le
		return nil
	case starts("\xfe\xff"):
		s.encoding = utf16be
		return nil
	case s.text.nul:
		return reject(report.Binary)
	case isMarkup(head):
		return reject(report.WebPage)
	case s.text.invalid == 0:
		s.encoding = utf8Plain
		if starts("\xef\xbb\xbf") {
			s.encoding = utf8BOM
		}
		return nil
	case s.text.undefined >= 0:
		return reject(report.BadEncoding, s.text.value, s.text.undefined)
	}
	s.encoding = windows1252
	return nil
}

func isMarkup(head []byte) bool {
	text := bytes.ToLower(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"))
	for _, tag := range []string{"<!doctype", "<html", "<head", "<table", "<?xml", "<meta"} {
		if bytes.HasPrefix(text, []byte(tag)) {
			return true
		}
	}
	return false
}
