package budget

import (
	"context"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

// Binding answers the budget.* sources and the dialled numbers of works.
func (s *Service) Binding() civic.Binding {
	return civic.Binding{
		Sources: map[string]civic.Reader{
			"budget.summary":       s.readSummary,
			"budget.documents":     s.readDocuments,
			"budget.places":        s.readPlaces,
			"budget.works":         s.readWorks,
			"budget.work":          s.readWork,
			"budget.work_spent":    s.readWorkSpent,
			"budget.execution":     s.readExecution,
			"budget.sectors":       s.readSectors,
			"budget.lines_of":      s.readLinesOf,
			"budget.top_lines":     s.readTopLines,
			"budget.inhabitant":    s.readInhabitant,
			"budget.tax":           s.readTax,
			"budget.tax_use":       s.readTaxUse,
			"budget.tax_exempt":    s.readTaxExempt,
			"budget.receipts":      s.readReceipts,
			"budget.receipt_lines": s.readReceiptLines,
		},
		Actions: map[string]civic.Actor{"budget.dialled": s.actDialled},
	}
}

func (s *Service) actDialled(ctx context.Context, _ civic.Caller, need flows.Need) (flows.Outcome, error) {
	w, ok, err := s.dialled(ctx, communeOf(need), int(need.Args.Int("number")))
	if err != nil || !ok {
		return flows.Outcome{Edge: "unknown"}, err
	}
	return flows.Outcome{Edge: "ok", Fields: flows.Record{{Name: "Work", Value: flows.IntOf(w.ID)}}}, nil
}

// communeOf and documentOf read the arguments that nearly every source has.
func communeOf(need flows.Need) store.PlaceID { return store.PlaceID(need.Args.Int("$commune")) }

func documentOf(need flows.Need) int64 { return need.Args.Int("document") }

// one is the answer of a source of one record.
func one(fields ...flows.Field) []flows.Row { return []flows.Row{{Fields: fields}} }

func field(name string, v flows.Value) flows.Field { return flows.Field{Name: name, Value: v} }

func year(d store.BudgetDocument) flows.Field { return field("Year", flows.IntOf(int64(d.Year))) }

// stageOf names a stage in the reader's language.
func stageOf(d store.BudgetDocument) flows.Value {
	switch d.Stage {
	case store.BudgetPrimitif:
		return flows.LabelOf("budget.stage.primitive")
	case store.BudgetAdditionnel:
		return flows.LabelOf("budget.stage.additional")
	}
	return flows.LabelOf("budget.stage.account")
}
