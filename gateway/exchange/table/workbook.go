package table

import (
	"archive/zip"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"baro/gateway/exchange/report"
)

// maxEntries bounds the files inside a workbook; ordinary ones hold a few dozen.
const maxEntries = 4096

// openWorkbook looks through the visible sheets for a header.
func (r *Reader) openWorkbook(layouts []Layout, o Options) error {
	if err := r.source.checkZip(r.limits); err != nil {
		return err
	}
	if err := r.source.rewind(); err != nil {
		return err
	}
	book, err := excelize.OpenReader(r.source.file, excelize.Options{
		UnzipSizeLimit: r.limits.Unzipped, UnzipXMLSizeLimit: min(r.limits.Unzipped, 16<<20),
	})
	if err != nil {
		return reject(report.DamagedXLSX)
	}
	var s search
	for _, sheet := range book.GetSheetList() {
		if visible, err := book.GetSheetVisible(sheet); err == nil && !visible {
			continue
		}
		rows, err := openSheet(book, sheet)
		if err != nil {
			continue // a chart has no rows
		}
		head, err := peek(rows)
		if err = errors.Join(err, rows.closeRows()); err != nil {
			return errors.Join(reject(report.DamagedXLSX), book.Close())
		}
		s.try(layouts, o, head, sheet)
	}
	best, err := s.result()
	if err != nil {
		return errors.Join(err, book.Close())
	}
	rows, err := openSheet(book, best.where)
	if err != nil {
		return errors.Join(reject(report.DamagedXLSX), book.Close())
	}
	r.rows, r.bound = rows, best.bound
	for {
		line, _, _, err := rows.next()
		if err != nil {
			return err
		}
		if line >= best.bound.line {
			break
		}
	}
	f := &r.rep.Format
	f.Kind, f.Encoding, f.Sheet = "xlsx", string(utf8Plain), best.where
	return nil
}

// checkZip unpacks the container once into nothing: the sizes a ZIP directory states may be lies.
func (s *source) checkZip(limits Limits) error {
	if err := s.rewind(); err != nil {
		return err
	}
	at, ok := s.file.(io.ReaderAt)
	if !ok || s.start != 0 {
		data, err := io.ReadAll(s.file)
		if err != nil {
			return wrap("read workbook", err)
		}
		at = strings.NewReader(string(data))
	}
	archive, err := zip.NewReader(at, s.size)
	if err != nil || len(archive.File) > maxEntries {
		return reject(report.DamagedXLSX)
	}
	left, sheets := limits.Unzipped, false
	for _, entry := range archive.File {
		switch name := strings.ToLower(entry.Name); {
		case name == "xl/workbook.xml":
			sheets = true
		case name == "mimetype" && !sheets:
			return reject(report.OpenDocument)
		}
		if entry.FileInfo().IsDir() {
			continue
		}
		body, err := entry.Open()
		if err != nil {
			return reject(report.DamagedXLSX)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(body, left+1))
		_ = body.Close()
		if left -= n; left < 0 {
			return reject(report.ZipBomb, limits.Unzipped)
		}
		if err != nil {
			return reject(report.DamagedXLSX)
		}
	}
	if !sheets {
		return reject(report.Compressed)
	}
	return nil
}

// sheetRows streams a sheet twice side by side: as shown, so that codes keep the zeros their format gives them, and
// as stored, so that amounts keep what their format rounds away.
type sheetRows struct {
	book          *excelize.File
	shown, stored *excelize.Rows
	line          int
}

func openSheet(book *excelize.File, sheet string) (*sheetRows, error) {
	shown, err := book.Rows(sheet)
	if err != nil {
		return nil, err
	}
	stored, err := book.Rows(sheet)
	if err != nil {
		return nil, errors.Join(err, shown.Close())
	}
	return &sheetRows{book: book, shown: shown, stored: stored}, nil
}

func (s *sheetRows) next() (line int, cells, raw []string, err error) {
	if !s.shown.Next() || !s.stored.Next() {
		if s.shown.Error() != nil || s.stored.Error() != nil {
			return 0, nil, nil, reject(report.DamagedXLSX)
		}
		return 0, nil, nil, io.EOF
	}
	s.line++
	if cells, err = s.shown.Columns(); err == nil {
		raw, err = s.stored.Columns(excelize.Options{RawCellValue: true})
	}
	if err != nil {
		return 0, nil, nil, reject(report.DamagedXLSX)
	}
	for i, c := range raw {
		raw[i] = plainNumber(c)
	}
	return s.line, cells, raw, nil
}

func (s *sheetRows) closeRows() error { return errors.Join(s.shown.Close(), s.stored.Close()) }

func (s *sheetRows) close() error { return errors.Join(s.closeRows(), s.book.Close()) }

// plainNumber writes a stored number without exponent: in a workbook "1.56E7" is exact, unlike in a text file, where it
// is what a spreadsheet made of a longer number. Binary remainders such as 0.30000000000000004 are rounded to 15 digits.
func plainNumber(cell string) string {
	if cell == "" || !strings.ContainsAny(cell, ".eE") {
		return cell
	}
	for i := range len(cell) {
		if !strings.ContainsRune("0123456789.+-eE", rune(cell[i])) {
			return cell
		}
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.Abs(v) >= 1e15 {
		return cell
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		return cell
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}
