package budget

import (
	"cmp"
	"slices"

	"baro/locales/charset"
	"baro/store"
)

// Most lines that are listed: residents read the largest.
const (
	maxTopLines     = 10
	maxReceiptLines = 30
)

// A Sum is money in whole FCFA. Planned is the prévision totale: the revised amount where a line has one, else the one
// first voted. Realised counts lines whose realisation is not known as nothing.
type Sum struct {
	Planned, Realised int64
}

func (s *Sum) add(l store.BudgetLine) {
	s.Planned += l.Planned
	if l.Revised != nil {
		s.Planned += *l.Revised - l.Planned
	}
	if l.Realised != nil {
		s.Realised += *l.Realised
	}
}

// Less is what is left without another sum.
func (s Sum) Less(other Sum) Sum { return Sum{s.Planned - other.Planned, s.Realised - other.Realised} }

// Rate is realised against planned, in tenths of a percent rounded to the nearest; 0 when nothing was planned.
func (s Sum) Rate() int64 {
	if s.Planned <= 0 {
		return 0
	}
	return (s.Realised*2000 + s.Planned) / (2 * s.Planned)
}

// told is the amount a document is about: accounts tell what was done, budgets what is planned.
func (s Sum) told(stage store.BudgetStage) int64 {
	if stage == store.CompteAdministratif {
		return s.Realised
	}
	return s.Planned
}

// A Line is a budget line with the words residents know it by.
type Line struct {
	Row   int
	Label string
	Sum   Sum
}

// A WorkLine is what a document says of one work, from all its lines.
type WorkLine struct {
	Operation, Village string
	Sum                Sum
	Known              bool // what was spent is known
	key                workKey
}

// workKey finds a work again under another spelling. It is never shown.
type workKey struct{ operation, village string }

func keyOfWork(operation, village string) workKey {
	return workKey{charset.Fold(operation), charset.Fold(village)}
}

// Figures are what one document says, computed from its lines. The transfer from operation to investment (kind ordre)
// is in both sections and in none of the figures.
type Figures struct {
	Receipts    Sum
	Expenditure Sum
	// Teachers' pay: within expenditure, and the transfer received for it.
	TeachersPaid, TeachersReceived Sum
	// Receipts of the operating section alone, the usual measure of how well a commune's money came in.
	Operating Sum
	// Receipts by origin: own taxes and fees, State, partners; what is left comes from elsewhere.
	Own, State, Partners Sum
	Tax                  Sum  // TDRL
	HasTax               bool // some line is the TDRL
	Sectors              []SectorSum
	TopLines             []Line // largest expenditure first
	ReceiptLines         []Line // in the document's order
	Works                []WorkLine
}

// compute reads a document's lines.
func (r reader) compute(stage store.BudgetStage, lines []store.BudgetLine) *Figures {
	f := &Figures{}
	bySector := make(map[Sector]*SectorSum)
	var spent []Line
	for _, l := range lines {
		switch {
		case l.Kind == store.LineOrdre:
		case l.Direction == store.Recette:
			r.receipt(f, l)
		default:
			s := sectorOf(l.Function.Code)
			if bySector[s] == nil {
				bySector[s] = &SectorSum{Sector: s}
			}
			r.expense(f, bySector[s], l)
			spent = append(spent, lineOf(l))
		}
	}
	for _, s := range sectors {
		if sum := bySector[s]; sum != nil {
			f.Sectors = append(f.Sectors, *sum)
		}
	}
	f.TopLines = largest(spent, stage, maxTopLines)
	if len(f.ReceiptLines) > maxReceiptLines {
		f.ReceiptLines = largest(f.ReceiptLines, stage, maxReceiptLines)
		slices.SortFunc(f.ReceiptLines, func(a, b Line) int { return cmp.Compare(a.Row, b.Row) })
	}
	return f
}

func (r reader) receipt(f *Figures, l store.BudgetLine) {
	f.Receipts.add(l)
	if l.Section == store.Fonctionnement {
		f.Operating.add(l)
	}
	switch r.origin(l) {
	case fromOwn:
		f.Own.add(l)
	case fromState:
		f.State.add(l)
	case fromPartners:
		f.Partners.add(l)
	}
	if r.teachers(l) {
		f.TeachersReceived.add(l)
	}
	if r.tax(l) {
		f.Tax.add(l)
		f.HasTax = true
	}
	if line := lineOf(l); line.Sum != (Sum{}) {
		f.ReceiptLines = append(f.ReceiptLines, line)
	}
}

func (r reader) expense(f *Figures, sector *SectorSum, l store.BudgetLine) {
	f.Expenditure.add(l)
	sector.All.add(l)
	if r.teachers(l) {
		f.TeachersPaid.add(l)
		sector.Teachers.add(l)
	}
	if l.Section != store.Investissement || l.Operation == "" || l.Village == "" {
		return
	}
	k := keyOfWork(l.Operation, l.Village)
	i := slices.IndexFunc(f.Works, func(w WorkLine) bool { return w.key == k })
	if i < 0 {
		i = len(f.Works)
		f.Works = append(f.Works, WorkLine{Operation: l.Operation, Village: l.Village, key: k})
	}
	f.Works[i].Sum.add(l)
	f.Works[i].Known = f.Works[i].Known || l.Realised != nil
}

// work finds what the document says of a work, or nil.
func (f *Figures) work(k workKey) *WorkLine {
	for i := range f.Works {
		if f.Works[i].key == k {
			return &f.Works[i]
		}
	}
	return nil
}

// lineOf names a line by its operation, for ten lines of a budget may all be called "Forage équipé de pompe".
func lineOf(l store.BudgetLine) Line {
	line := Line{Row: l.Row, Label: l.Operation}
	if line.Label == "" {
		line.Label = l.Nature.Label
	}
	line.Sum.add(l)
	return line
}

// largest gives the lines with the largest amounts, ties in the document's order.
func largest(lines []Line, stage store.BudgetStage, most int) []Line {
	list := slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.Sum.told(stage) <= 0 })
	slices.SortStableFunc(list, func(a, b Line) int { return cmp.Compare(b.Sum.told(stage), a.Sum.told(stage)) })
	return slices.Clip(list[:min(len(list), most)])
}
