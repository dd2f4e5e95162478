package budget

import (
	"context"
	"fmt"
	"slices"

	"baro/flows"
	"baro/gateway/civic"
	"baro/store"
)

// maxUses is the most sectors named as use of the taxes.
const maxUses = 4

// readExecution tells what was planned and what was spent, over all expenditure, by the accounts.
func (s *Service) readExecution(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, f, ok, err := s.accounts(ctx, communeOf(need), documentOf(need))
	if err != nil || !ok || f.Expenditure == (Sum{}) {
		return nil, err
	}
	return one(year(d), field("Planned", flows.MoneyOf(f.Expenditure.Planned)), field("Spent", flows.MoneyOf(f.Expenditure.Realised)),
		field("Rate", flows.PercentOf(f.Expenditure.Rate())),
		field("RateWithoutTeachers", flows.PercentOf(f.Expenditure.Less(f.TeachersPaid).Rate()))), nil
}

func (s *Service) readSectors(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	_, f, ok, err := s.accounts(ctx, communeOf(need), documentOf(need))
	if err != nil || !ok {
		return nil, err
	}
	var rows []flows.Row
	for _, sum := range bySize(f.Sectors, func(s SectorSum) int64 { return s.All.Planned }) {
		rows = append(rows, flows.Row{Key: flows.TextOf(string(sum.Sector)), Fields: flows.Record{
			field("Sector", flows.LabelOf(sum.Sector.Message())), field("Planned", flows.MoneyOf(sum.All.Planned)),
			field("Rate", flows.PercentOf(sum.All.Rate())),
		}})
	}
	return rows, nil
}

// readTax tells what the TDRL should have brought and what it did, by the latest accounts, beside all own receipts.
func (s *Service) readTax(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, f, ok, err := s.latestAccounts(ctx, communeOf(need))
	if err != nil || !ok || !f.HasTax {
		return nil, err
	}
	return one(year(d), field("Planned", flows.MoneyOf(f.Tax.Planned)), field("Paid", flows.MoneyOf(f.Tax.Realised)),
		field("Own", flows.MoneyOf(f.Own.Realised))), nil
}

// readTaxUse tells what was paid from the one purse that taxes go into. Teachers' pay is left out: it is the State's
// money passing through. No single tax is said to have paid for a single thing.
func (s *Service) readTaxUse(ctx context.Context, _ civic.Caller, need flows.Need) ([]flows.Row, error) {
	d, f, ok, err := s.latestAccounts(ctx, communeOf(need))
	if err != nil || !ok {
		return nil, err
	}
	spent := func(s SectorSum) int64 { return s.All.Less(s.Teachers).Realised }
	var uses []flows.Part
	for _, sum := range bySize(f.Sectors, spent) {
		if len(uses) == maxUses {
			break
		}
		uses = append(uses, flows.Part{Message: "budget.use", Fields: flows.Record{
			field("Sector", flows.LabelOf(sum.Sector.Message())), field("Money", flows.MoneyOf(spent(sum))),
		}})
	}
	if len(uses) == 0 {
		return nil, nil
	}
	return one(year(d), field("Own", flows.MoneyOf(f.Own.Realised)), field("Uses", flows.ListOf(uses...))), nil
}

// readTaxExempt tells the rate and who does not pay, as the commune has stated them for this year or the last one it did.
func (s *Service) readTaxExempt(ctx context.Context, c civic.Caller, need flows.Need) ([]flows.Row, error) {
	facts, err := s.stores.Taxes.Latest(ctx, communeOf(need), c.Now.UTC().Year())
	switch {
	case store.CodeOf(err) == store.CodeNotFound:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read tax facts: %w", err)
	}
	var exempt []flows.Part
	for _, id := range exemptions() {
		if slices.Contains(facts.Exempt, id) {
			exempt = append(exempt, flows.Part{Message: id})
		}
	}
	if len(exempt) == 0 { // a rate without its exemptions would be told to people who need not pay it
		return nil, nil
	}
	return one(field("Rate", flows.AmountOf(facts.Rate)), field("Exempt", flows.ListOf(exempt...))), nil
}

func (s *Service) latestAccounts(ctx context.Context, commune store.PlaceID) (store.BudgetDocument, *Figures, bool, error) {
	list, err := s.Published(ctx, commune)
	if err != nil {
		return store.BudgetDocument{}, nil, false, err
	}
	d, ok := accountsOf(list, 0)
	if !ok {
		return store.BudgetDocument{}, nil, false, nil
	}
	f, err := s.Figures(ctx, d)
	return d, f, err == nil, err
}

// exemptions are the groups that the tax code frees from the TDRL, in the order they are told.
func exemptions() []string {
	return []string{
		"budget.exempt.student", "budget.exempt.soldier", "budget.exempt.senior", "budget.exempt.mother",
		"budget.exempt.ill", "budget.exempt.poor",
	}
}
