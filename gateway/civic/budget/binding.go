package budget

import (
	"context"
	"fmt"
	"slices"

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
			"budget.years":         s.readYears,
			"budget.cycle":         s.readCycle,
			"budget.calendar":      s.readCalendar,
			"budget.step":          s.readStep,
		},
		Actions: map[string]civic.Actor{
			"budget.dialled": s.actDialled,
			"budget.see":     s.actSee,
			"budget.send":    s.actSend,
		},
	}
}

// actDialled leads to a work, or to the standing document of a year.
func (s *Service) actDialled(ctx context.Context, _ civic.Caller, need flows.Need) (flows.Outcome, error) {
	commune := communeOf(need)
	target, err := s.stores.Numbers.Lookup(ctx, commune, int(need.Args.Int("number")))
	if err != nil && store.CodeOf(err) != store.CodeNotFound {
		return flows.Outcome{}, fmt.Errorf("look up number: %w", err)
	}
	found := func(edge string, work, document int64) flows.Outcome {
		return flows.Outcome{Edge: edge, Fields: flows.Record{field("Work", flows.IntOf(work)), field("Document", flows.IntOf(document))}}
	}
	switch target.Kind {
	case store.DialWork:
		w, ok, err := s.work(ctx, commune, target.Ref)
		if err != nil || ok {
			return found("ok", w.ID, 0), err
		}
	case store.DialBudget:
		list, err := s.Published(ctx, commune)
		if err != nil {
			return flows.Outcome{}, err
		}
		list = slices.DeleteFunc(list, func(d store.BudgetDocument) bool { return int64(d.Year) != target.Ref })
		if d, ok := latest(list); ok {
			return found("budget", 0, d.ID), nil
		}
	}
	return flows.Outcome{Edge: "unknown"}, nil
}

func (s *Service) actSee(ctx context.Context, c civic.Caller, need flows.Need) (flows.Outcome, error) {
	ok, err := s.See(ctx, communeOf(need), need.Args.Int("work"), c.Number, need.Args.Text("seen"), c.Now)
	if err != nil || !ok {
		return flows.Outcome{Edge: "unknown"}, err
	}
	return flows.Outcome{Edge: "ok"}, nil
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
