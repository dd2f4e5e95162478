package table

import (
	"io"
	"slices"
	"strings"

	"baro/gateway/exchange/report"
)

// headRow is one of the first rows of a file, kept.
type headRow struct {
	line  int
	cells []string
}

// peek keeps the first rows in which a header may stand. A row that cannot be split ends the search, not the reading:
// under another separator it may be sound.
func peek(r rows) ([]headRow, error) {
	var head []headRow
	for len(head) < headerRows {
		line, cells, _, err := r.next()
		if err == io.EOF {
			break
		}
		if _, bad := AsRejection(err); bad {
			break
		}
		if err != nil {
			return nil, err
		}
		head = append(head, headRow{line, slices.Clone(cells)})
	}
	return head, nil
}

// found is a header in some reading of the file: where is the separator or the sheet.
type found struct {
	bound   *binding
	matched int
	where   string
}

// search keeps the best header over all readings: of those with every required column the one that names most.
type search struct {
	best        found
	nearest     int      // columns named by the best incomplete header
	lacking     []string // what it lacks
	firstWanted []string
}

func (s *search) try(layouts []Layout, o Options, head []headRow, where string) {
	for l := range layouts {
		for i, row := range head {
			b, matched, lacking := bind(&layouts[l], o, row.line, row.cells)
			switch {
			case len(lacking) == 0 && matched > s.best.matched:
				b.titles = titles(head[:i])
				s.best = found{b, matched, where}
			case len(lacking) > 0 && matched > s.nearest:
				s.nearest, s.lacking = matched, lacking
			}
			if s.firstWanted == nil {
				s.firstWanted = lacking
			}
		}
	}
}

func (s *search) result() (found, error) {
	if s.best.bound != nil {
		return s.best, nil
	}
	lacking := s.lacking
	if lacking == nil {
		lacking = s.firstWanted
	}
	return found{}, reject(report.NoHeader, strings.Join(lacking, ", "))
}

// titles gives the text above the header, one line per row.
func titles(head []headRow) []string {
	var lines []string
	for _, row := range head {
		var parts []string
		for _, c := range row.cells {
			if c = trim(c); c != "" {
				parts = append(parts, c)
			}
		}
		if len(parts) > 0 {
			lines = append(lines, report.Clip(strings.Join(parts, " "), 200))
		}
	}
	return lines
}
