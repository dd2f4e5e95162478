package public

import (
	"cmp"
	"slices"

	"baro/gateway/civic/budget"
)

// The drawing of bars, in the units of its view box. The text beside each bar is in the table below the drawing, so that
// nothing has to be read off a picture.
const (
	barsWidth  = 420
	barHeight  = 24
	barGap     = 8
	barLeft    = 112
	barRoom    = barsWidth - barLeft - 108 // what is left for the longest bar beside its label and its figure
	barTextOff = 17
)

// bars are a drawing with the table it stands for.
type bars struct {
	Title  string
	Width  int
	Height int
	Head   []string
	Rows   []bar
}

// bar is one row: in the drawing a bar, within which a second one may show what was spent.
type bar struct {
	Label, Figure, Second string // the texts of the row; Second only where there are two figures
	Short                 string // the last figure, as short as it stands beside a bar
	Name                  string // the label, as short
	Y, TextY, TextX       int
	Length, Part          int // of the bar and of the second one within it
}

// entry is a row before it is laid out.
type entry struct {
	label, name string // name: the label for the drawing, when the label is long
	size        int64
	part        *int64 // where there is a second figure
}

func (e entry) spent() int64 {
	if e.part == nil {
		return 0
	}
	return *e.part
}

func drawn(title string, head []string, entries []entry) bars {
	b := bars{Title: title, Width: barsWidth, Height: len(entries)*(barHeight+barGap) + barGap, Head: head}
	var most int64
	for _, e := range entries {
		most = max(most, e.size, e.spent())
	}
	for i, e := range entries {
		y := barGap + i*(barHeight+barGap)
		row := bar{Label: e.label, Name: cmp.Or(e.name, e.label), Figure: money(e.size), Short: short(e.size), Y: y, TextY: y + barTextOff}
		if e.part != nil {
			row.Second, row.Short = money(*e.part), short(*e.part)
		}
		if most > 0 {
			row.Length, row.Part = int(max(e.size, 0)*barRoom/most), int(max(e.spent(), 0)*barRoom/most)
		}
		row.TextX = barLeft + max(row.Length, row.Part) + 8
		b.Rows = append(b.Rows, row)
	}
	return b
}

// sectorBars are what goes into each sector, the largest first.
func (p *Pages) sectorBars(t *texts, sectors []budget.SectorSum, of func(budget.Sum) int64) bars {
	var entries []entry
	for _, s := range sorted(sectors) {
		if n := of(s.All); n > 0 {
			entries = append(entries, entry{label: p.Label(t.Lang, s.Sector.Message()), size: n})
		}
	}
	return drawn(t.SpentTitle, []string{t.Sector, t.Planned}, entries)
}

// accountBars are what was planned for each sector and what was spent of it.
func (p *Pages) accountBars(t *texts, sectors []budget.SectorSum) bars {
	var entries []entry
	for _, s := range sorted(sectors) {
		if s.All.Planned > 0 || s.All.Realised > 0 {
			entries = append(entries, entry{label: p.Label(t.Lang, s.Sector.Message()), size: s.All.Planned, part: &s.All.Realised})
		}
	}
	return drawn(t.AccountBars, []string{t.Sector, t.Planned, t.Realised}, entries)
}

// moneyBars are where the money comes from.
func moneyBars(t *texts, f *budget.Figures) bars {
	rest := f.Receipts.Less(f.Own).Less(f.State).Less(f.Partners)
	var entries []entry
	for _, e := range []struct {
		label, name string
		sum         budget.Sum
	}{{t.Own, t.OwnShort, f.Own}, {t.State, "", f.State}, {t.Partners, "", f.Partners}, {t.Elsewhere, "", rest}} {
		if e.sum.Planned > 0 {
			entries = append(entries, entry{label: e.label, name: e.name, size: e.sum.Planned})
		}
	}
	return drawn(t.MoneyTitle, []string{t.Origin, t.Planned}, entries)
}

func sorted(sectors []budget.SectorSum) []budget.SectorSum {
	out := slices.Clone(sectors)
	slices.SortStableFunc(out, func(a, b budget.SectorSum) int { return cmp.Compare(b.All.Planned, a.All.Planned) })
	return out
}
