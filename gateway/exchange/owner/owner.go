// Package owner finds the commune that a row of a file belongs to.
package owner

import (
	"cmp"
	"context"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/store"
)

// Communes finds a commune by number, p-code, or another code among its aliases; CodeNotFound for none.
type Communes interface {
	Commune(ctx context.Context, code string) (store.Place, error)
}

// Column is the name of the column that names the commune.
const Column = "commune"

// A Book remembers the communes that a file has named.
type Book struct {
	communes Communes
	usual    string // of rows that name none
	found    map[string]*store.Place
}

// NewBook returns an empty book.
func NewBook(communes Communes, usual string) *Book {
	return &Book{communes: communes, usual: usual, found: map[string]*store.Place{}}
}

// Of gives the commune of a row, by its own column or the usual one; the code says why there is none.
func (b *Book) Of(ctx context.Context, row table.Row) (store.Place, report.Code, error) {
	code := cmp.Or(row.Get(Column), b.usual)
	if code == "" {
		return store.Place{}, report.Missing, nil
	}
	if p, seen := b.found[code]; seen {
		if p == nil {
			return store.Place{}, report.UnknownCommune, nil
		}
		return *p, "", nil
	}
	p, err := b.communes.Commune(ctx, code)
	if store.CodeOf(err) == store.CodeNotFound {
		b.found[code] = nil
		return store.Place{}, report.UnknownCommune, nil
	}
	if err != nil {
		return store.Place{}, "", err
	}
	b.found[code] = &p
	return p, "", nil
}

// Texts reads a text in each language a file has it in: "title", "title_en", "title_bm" and so on.
func Texts(row table.Row, name string) store.Texts {
	texts := store.Texts{}
	for _, tag := range Languages() {
		column := name
		if tag != "fr" {
			column += "_" + tag
		}
		if text := table.Squeeze(row.Get(column)); text != "" {
			texts[tag] = text
		}
	}
	return texts
}

// Languages are those that a file may have a text in, French first.
func Languages() []string { return []string{"fr", "en", "bm", "ff", "ses", "taq", "ar"} }

// Columns are the columns of a text in each language; aliases are for French, which is needed or not.
func Columns(name string, needed bool, aliases ...string) []table.Column {
	columns := []table.Column{{Name: name, Aliases: append([]string{name}, aliases...), Required: needed}}
	for _, tag := range Languages()[1:] {
		columns = append(columns, table.Column{Name: name + "_" + tag, Aliases: []string{name + "_" + tag}})
	}
	return columns
}
