// Package table reads CSV and XLSX files as clerks and public portals make them: any of the usual encodings and
// separators, title rows above the header, totals below, columns under several names. It finds out the format, streams
// rows under our own column names and refuses what is not a table. Memory does not grow with the number of rows.
package table

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"baro/gateway/exchange/report"
	"baro/locales/charset"
)

// headerRows is how far down the header is looked for (HXL 1.1 scans as many rows for its tags).
const headerRows = 25

// A Column is one thing a layout knows. Name is ours and is what Options.Map refers to; Aliases are what files call it,
// compared without case, accents and punctuation.
type Column struct {
	Name     string
	Aliases  []string
	Required bool
}

// A Layout is one kind of file. With Totals, rows that begin with "Total" are told apart from data.
type Layout struct {
	Name    string
	Columns []Column
	Totals  bool
}

// Limits keep a hostile or mistaken file from filling memory or disk. Zero fields take the defaults.
type Limits struct {
	Bytes    int64 // of the file; 64 MiB
	Unzipped int64 // of a workbook, unpacked; 256 MiB
	Rows     int   // 1,000,000
	Columns  int   // 500
}

// Options steer the reading of one file.
type Options struct {
	Map    map[string]string // our column name → the file's, in place of the aliases
	Fixes  []Fix
	Limits Limits
}

// A Fix puts another value in place of a cell of the file, as the person who imports it says.
type Fix struct {
	Line   int    // 1-based, in the file
	Column string // the file's own name of the column, or ours where the file has none of that name
	Value  string
}

// A Rejection is the error for a file of which nothing can be read, with the reason for people.
type Rejection struct{ Reason report.Reason }

func (r *Rejection) Error() string { return "read table: " + string(r.Reason.Code) }

func reject(code report.Code, args ...any) error {
	return &Rejection{report.Because(code, args...)}
}

// AsRejection gives the reason when err means that the file, not the machine, is at fault.
func AsRejection(err error) (report.Reason, bool) {
	var r *Rejection
	if errors.As(err, &r) {
		return r.Reason, true
	}
	return report.Reason{}, false
}

// rows is a stream of records; cells beyond what a record has are absent. raw holds the cells without number formats
// where that differs (workbooks), else nil. The slices are valid until the next call.
type rows interface {
	next() (line int, cells, raw []string, err error)
	close() error
}

// A Reader streams the rows below the header.
type Reader struct {
	source  *source
	rows    rows
	bound   *binding
	rep     *report.Report
	limits  Limits
	read    int
	fixes   map[int][]Fix // by line
	tagRows int           // rows below the header in which hashtags may still stand
}

// Open finds out what the file is and where its header stands, and fills the report's format. The caller closes the
// Reader. A file that cannot be read as one of the layouts gives a Rejection.
func Open(r io.Reader, layouts []Layout, o Options, rep *report.Report) (*Reader, error) {
	o.Limits = o.Limits.withDefaults()
	if err := checkMap(o.Map, layouts); err != nil {
		return nil, err
	}
	src, err := open(r, o.Limits)
	if err != nil {
		return nil, err
	}
	rd := &Reader{source: src, rep: rep, limits: o.Limits, tagRows: 2, fixes: make(map[int][]Fix, len(o.Fixes))}
	for _, f := range o.Fixes {
		rd.fixes[f.Line] = append(rd.fixes[f.Line], f)
	}
	if src.workbook {
		err = rd.openWorkbook(layouts, o)
	} else {
		err = rd.openText(layouts, o)
	}
	if err == nil {
		err = rd.describe()
	}
	if err != nil {
		return nil, errors.Join(err, rd.Close())
	}
	return rd, nil
}

// Hash is the SHA-256 of the file's bytes.
func (r *Reader) Hash() [32]byte { return r.source.hash }

// Next gives the next row with content, io.EOF after the last one. It counts rows and totals in the report.
func (r *Reader) Next() (Row, error) {
	for {
		line, cells, raw, err := r.rows.next()
		if err != nil {
			return Row{}, err
		}
		if len(cells) > r.limits.Columns {
			return Row{}, reject(report.TooWide, r.limits.Columns)
		}
		first := firstFilled(cells)
		if first < 0 || r.bound.repeats(cells) {
			continue
		}
		if r.tagRows--; r.tagRows >= 0 {
			if tags, ok := hashtags(cells); ok {
				r.rep.Format.Hashtags = tags
				if err := r.bound.checkPersonal(tags); err != nil {
					return Row{}, err
				}
				continue
			}
		}
		if r.read++; r.read > r.limits.Rows {
			return Row{}, reject(report.TooManyRows, r.limits.Rows)
		}
		if fixes := r.fixes[line]; fixes != nil {
			cells = r.bound.fixed(cells, fixes)
			if raw != nil {
				raw = r.bound.fixed(raw, fixes)
			}
		}
		row := Row{Line: line, cells: cells, raw: raw, bound: r.bound}
		if r.bound.layout.Totals && isTotal(cells[first]) {
			row.Total = trim(cells[first])
			r.rep.Counts.Totals++
		} else {
			r.rep.Counts.Read++
		}
		return row, nil
	}
}

// Close releases the file's copy and whatever a workbook unpacked.
func (r *Reader) Close() error {
	var err error
	if r.rows != nil {
		err = r.rows.close()
	}
	return errors.Join(err, r.source.close())
}

// describe fills the report's format from what was found, and refuses phone numbers beside groups of people.
func (r *Reader) describe() error {
	f := &r.rep.Format
	f.Header, f.Layout, f.Columns, f.Unused, f.Titles = r.bound.line, r.bound.layout.Name, r.bound.names(), r.bound.unused, r.bound.titles
	for _, doubled := range r.bound.doubled {
		r.rep.Warn(f.Header, doubled, "", report.Because(report.DoubledColumn))
	}
	return r.bound.checkPersonal(nil)
}

func (l Limits) withDefaults() Limits {
	if l.Bytes == 0 {
		l.Bytes = 64 << 20
	}
	if l.Unzipped == 0 {
		l.Unzipped = 256 << 20
	}
	if l.Rows == 0 {
		l.Rows = 1_000_000
	}
	if l.Columns == 0 {
		l.Columns = 500
	}
	return l
}

func checkMap(m map[string]string, layouts []Layout) error {
	for name := range m {
		known := false
		for _, l := range layouts {
			for _, c := range l.Columns {
				known = known || c.Name == name
			}
		}
		if !known {
			return reject(report.MapUnknown, report.Shorten(name))
		}
	}
	return nil
}

func firstFilled(cells []string) int {
	for i, c := range cells {
		if trim(c) != "" {
			return i
		}
	}
	return -1
}

// isTotal recognises "TOTAL RECETTES …", "Sous-total", "Totaux" and "Ensemble" by their first word.
func isTotal(cell string) bool {
	words := strings.Fields(charset.Fold(cell))
	if len(words) > 1 && words[0] == charset.Fold("sous") {
		words = words[1:]
	}
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case charset.Fold("total"), charset.Fold("totaux"), charset.Fold("soustotal"):
		return true
	case charset.Fold("ensemble"):
		return len(words) == 1
	}
	return false
}

// trim drops blanks of every kind, also those without width that spreadsheets and web pages leave behind.
func trim(s string) string {
	if s == "" {
		return s
	}
	return strings.TrimFunc(s, func(r rune) bool {
		switch r {
		case ' ', '\t', '\n', '\r', '\v', '\f', '\u0085', '\u00a0', '\u200b', '\u202f', '\u2007', '\u2060', '\ufeff':
			return true
		}
		return false
	})
}

func wrap(op string, err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	if _, ok := AsRejection(err); ok {
		return err
	}
	return fmt.Errorf("%s: %w", op, err)
}

// Squeeze writes runs of blanks once.
func Squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }
