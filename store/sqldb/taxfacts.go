package sqldb

import (
	"context"

	"baro/store"
)

// TaxFacts keeps what communes tell about the TDRL.
type TaxFacts struct{ db *DB }

var _ store.TaxFactsBook = (*TaxFacts)(nil)

// TaxFacts gives the contract for tax facts.
func (db *DB) TaxFacts() *TaxFacts { return &TaxFacts{db} }

func (t *TaxFacts) Get(ctx context.Context, commune store.PlaceID, year int) (store.TaxFacts, error) {
	return one(ctx, t.db, "get tax facts", "tax_facts_get", scanTaxFacts, int64(commune), year)
}

func (t *TaxFacts) Latest(ctx context.Context, commune store.PlaceID, year int) (store.TaxFacts, error) {
	return one(ctx, t.db, "get latest tax facts", "tax_facts_latest", scanTaxFacts, int64(commune), year)
}

func (t *TaxFacts) Put(ctx context.Context, f store.TaxFacts) error {
	_, err := t.db.exec(ctx, "store tax facts", "tax_facts_put", int64(f.Commune), f.Year, f.Rate, encodeList(f.Exempt),
		encodeTexts(f.LocalNote), f.Source, micros(t.db.now()))
	return err
}

func scanTaxFacts(row scanner) (f store.TaxFacts, err error) {
	err = row.Scan(&f.Commune, &f.Year, &f.Rate, asJSON{&f.Exempt}, asJSON{&f.LocalNote}, &f.Source, asTime{&f.Updated})
	return f, err
}
