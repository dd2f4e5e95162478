package budget

import (
	"context"
	"fmt"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

// maxDocuments is the most documents offered; older ones are asked for at the town hall.
const maxDocuments = 40

// readSummary tells the total and where it goes. It is about what was planned, of accounts too: the text says "budget".
func (s *Service) readSummary(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, f, ok, err := s.choose(ctx, communeOf(need), documentOf(need))
	if err != nil || !ok || f.Expenditure.Planned == 0 {
		return nil, err
	}
	return one(year(d), field("Stage", stageOf(d)), field("Total", flows.MoneyOf(f.Expenditure.Planned)),
		field("Shares", sharesOf(f))), nil
}

// sharesOf tells of each hundred francs where they go.
func sharesOf(f *Figures) flows.Value {
	var shares []flows.Part
	for _, share := range f.Shares() {
		shares = append(shares, flows.Part{Message: "budget.share", Fields: flows.Record{
			field("Sector", flows.LabelOf(share.Sector.Message())), field("Share", flows.IntOf(share.Of100)),
		}})
	}
	return flows.ListOf(shares...)
}

func (s *Service) readDocuments(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	list, err := s.Published(ctx, communeOf(need))
	if err != nil {
		return nil, err
	}
	var rows []flows.Row
	for _, d := range list[:min(len(list), maxDocuments)] {
		rows = append(rows, flows.Row{Key: flows.IntOf(d.ID), Fields: flows.Record{year(d), field("Stage", stageOf(d))}})
	}
	return rows, nil
}

// readLinesOf tells which budget a list of lines is of.
func (s *Service) readLinesOf(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, _, ok, err := s.choose(ctx, communeOf(need), documentOf(need))
	if err != nil || !ok {
		return nil, err
	}
	return one(year(d), field("Stage", stageOf(d))), nil
}

// readTopLines lists the largest expenditure: planned, or in accounts what was spent.
func (s *Service) readTopLines(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, f, ok, err := s.choose(ctx, communeOf(need), documentOf(need))
	if err != nil || !ok {
		return nil, err
	}
	return lineRows(d, f.TopLines), nil
}

// readReceipts tells where the money comes from: planned, or in accounts what really came.
func (s *Service) readReceipts(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, f, ok, err := s.choose(ctx, communeOf(need), documentOf(need))
	if err != nil || !ok || f.Receipts == (Sum{}) {
		return nil, err
	}
	money := func(name string, sum Sum) flows.Field { return field(name, flows.MoneyOf(sum.told(d.Stage))) }
	return one(year(d), money("Total", f.Receipts), money("Own", f.Own), money("State", f.State),
		money("Partners", f.Partners)), nil
}

func (s *Service) readReceiptLines(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, f, ok, err := s.choose(ctx, communeOf(need), documentOf(need))
	if err != nil || !ok {
		return nil, err
	}
	return lineRows(d, f.ReceiptLines), nil
}

// readInhabitant divides the planned total among the people of the commune, when their number is known.
func (s *Service) readInhabitant(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, f, ok, err := s.choose(ctx, communeOf(need), documentOf(need))
	if err != nil || !ok || f.Expenditure.Planned == 0 {
		return nil, err
	}
	commune, err := s.stores.Places.Get(ctx, communeOf(need))
	if err != nil {
		return nil, fmt.Errorf("read population: %w", err)
	}
	if commune.Population == nil || *commune.Population <= 0 {
		return nil, nil
	}
	people, without := *commune.Population, f.Expenditure.Less(f.TeachersPaid).Planned
	return one(year(d), field("PerPerson", flows.AmountOf(divide(f.Expenditure.Planned, people))),
		field("WithoutTeachers", flows.MoneyOf(without)),
		field("PerPersonWithoutTeachers", flows.AmountOf(divide(without, people)))), nil
}

func lineRows(d store.BudgetDocument, lines []Line) []flows.Row {
	var rows []flows.Row
	for _, l := range lines {
		rows = append(rows, flows.Row{Key: flows.IntOf(int64(l.Row)), Fields: flows.Record{
			field("Line", flows.TextOf(l.Label)), field("Money", flows.MoneyOf(l.Sum.told(d.Stage))),
		}})
	}
	return rows
}

// divide rounds to the nearest; both are positive.
func divide(a, b int64) int64 { return (2*a + b) / (2 * b) }
