package table

import (
	"bufio"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"baro/gateway/exchange/report"
)

// maxCell is the longest cell in bytes; a spreadsheet holds 32,767 characters. What is longer is a quote left open.
const maxCell = 64 << 10

// encoding names how the bytes of a text file stand for characters.
type encoding string

const (
	utf8Plain   encoding = "utf-8"
	utf8BOM     encoding = "utf-8-bom"
	utf16le     encoding = "utf-16le"
	utf16be     encoding = "utf-16be"
	windows1252 encoding = "windows-1252"
)

// decode gives the characters of r as UTF-8 without byte order mark.
func (e encoding) decode(r io.Reader) io.Reader {
	switch e {
	case utf16le, utf16be:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(r)
	case windows1252:
		return charmap.Windows1252.NewDecoder().Reader(r)
	case utf8BOM:
		return unicode.UTF8BOM.NewDecoder().Reader(r)
	}
	return r
}

// openText tries each separator on the first rows and keeps the one under which a header is found.
func (r *Reader) openText(layouts []Layout, o Options) error {
	var s search
	for _, separator := range []rune{',', ';', '\t', '|'} {
		records, err := r.source.records(separator)
		if err != nil {
			return err
		}
		head, err := peek(records)
		if err != nil {
			return err
		}
		s.try(layouts, o, head, string(separator))
	}
	best, err := s.result()
	if err != nil {
		return err
	}
	separator := []rune(best.where)[0]
	records, err := r.source.records(separator)
	if err != nil {
		return err
	}
	for {
		line, _, _, err := records.next()
		if err != nil {
			return err
		}
		if line >= best.bound.line {
			break
		}
	}
	r.rows, r.bound = records, best.bound
	f := &r.rep.Format
	f.Kind, f.Encoding, f.Separator = "csv", string(r.source.encoding), best.where
	if separator == '\t' {
		f.Separator = "tab"
	}
	facts := r.source.text
	switch {
	case r.source.encoding == windows1252 && facts.sequences > 0:
		r.rep.Warn(0, "", "", report.Because(report.MixedEncoding))
	case r.source.encoding != windows1252 && facts.doubled > 0:
		r.rep.Warn(0, "", "", report.Because(report.DoubledEncoding))
	}
	return nil
}

func (s *source) records(separator rune) (*records, error) {
	if err := s.rewind(); err != nil {
		return nil, err
	}
	return &records{in: bufio.NewReaderSize(s.encoding.decode(s.file), 64<<10), separator: separator, line: 1}, nil
}

// records splits text into records after RFC 4180, forgiving what is met in practice: any line end, stray quotes inside
// a value, ragged and empty records.
type records struct {
	in        *bufio.Reader
	separator rune
	line      int
	cells     []string
	cell      strings.Builder
}

func (r *records) close() error { return nil }

func (r *records) next() (line int, cells, raw []string, err error) {
	r.cells = r.cells[:0]
	line = r.line
	quoted, atStart := false, true
	for {
		c, _, err := r.in.ReadRune()
		if err == io.EOF {
			if quoted {
				return 0, nil, nil, reject(report.DamagedCSV, line)
			}
			if len(r.cells) == 0 && r.cell.Len() == 0 && atStart {
				return 0, nil, nil, io.EOF
			}
			r.endCell()
			return line, r.cells, nil, nil
		}
		if err != nil {
			return 0, nil, nil, wrap("read row", err)
		}
		if c == '\r' {
			if next, _, err := r.in.ReadRune(); err == nil && next != '\n' {
				_ = r.in.UnreadRune()
			}
			c = '\n'
		}
		switch {
		case quoted && c == '"':
			next, _, err := r.in.ReadRune()
			if err == nil && next == '"' {
				r.cell.WriteByte('"')
				break
			}
			closes := err != nil || next == r.separator || next == '\n' || next == '\r' || next == ' '
			if err == nil {
				_ = r.in.UnreadRune()
			}
			if closes {
				quoted = false
			} else {
				r.cell.WriteByte('"')
			}
		case quoted:
			if c == '\n' {
				r.line++
			}
			r.cell.WriteRune(c)
		case c == '"' && atStart:
			quoted, atStart = true, false
			continue
		case c == r.separator:
			r.endCell()
			atStart = true
			continue
		case c == '\n':
			r.line++
			r.endCell()
			return line, r.cells, nil, nil
		default:
			r.cell.WriteRune(c)
		}
		atStart = atStart && c == ' '
		if r.cell.Len() > maxCell || len(r.cells) > 1<<14 {
			return 0, nil, nil, reject(report.DamagedCSV, line)
		}
	}
}

func (r *records) endCell() {
	r.cells = append(r.cells, r.cell.String())
	r.cell.Reset()
}
