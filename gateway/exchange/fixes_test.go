package exchange_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"baro/gateway/exchange"
	"baro/gateway/exchange/budget"
	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/store"
)

// What was refused is imported once the person who imports says what belongs there, in text files and workbooks alike.
func TestFixesMendRefusedRows(t *testing.T) {
	broken := strings.Replace(sample(t, "bp_2026_jekabara.csv"), "15600000", "quinze millions", 1)
	broken = strings.Replace(broken, "Fonctionnement", "Fontionement", 1)
	for kind, file := range map[string]string{"csv": broken, "xlsx": workbookOf(t, broken, ',')} {
		t.Run(kind, func(t *testing.T) {
			d := townHall(t)
			rep, _ := d.plan(exchange.Budget, file, exchange.Options{File: "bp." + kind})
			if rep.Counts.Refused == 0 {
				t.Fatalf("nothing refused: %+v", rep.Counts)
			}
			var fixes []table.Fix
			for rounds := 0; len(rep.Refused) > 0 && rounds < 3; rounds++ { // a row is refused for its first fault only
				for _, r := range rep.Refused {
					value := "15600000"
					if r.Value == "Fontionement" {
						value = "Fonctionnement"
					}
					fixes = append(fixes, table.Fix{Line: r.Line, Column: r.Column, Value: value})
				}
				rep, _ = d.plan(exchange.Budget, file, exchange.Options{File: "bp." + kind, Fixes: fixes})
			}
			d.take(exchange.Budget, file, exchange.Options{File: "bp." + kind, Fixes: fixes})
			counts(t, rep, report.Counts{Read: 65, Accepted: 65, New: 65})
			first := d.lines(d.documents("417")[0])[0]
			if *first.Previous != 15_600_000 && first.Planned != 15_600_000 || first.Section != store.Fonctionnement {
				t.Errorf("the mended line: %+v", first)
			}
		})
	}
}

// The workbook for town halls is one that the import reads, zeros before codes included.
func TestTemplateIsRead(t *testing.T) {
	data, err := budget.Template()
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for i, row := range [][]any{
		{"fonctionnement", "recette", "71", "Impôts", "0711", "TDRL", "01", "Services généraux", "", "", "", 15_600_000, 16_000_000},
		{"fonctionnement", "dépense", "60", "Achats", "0601", "Fournitures", "01", "Services généraux", "", "", "", 15_000_000, 16_000_000},
		{"investissement", "dépense", "23", "Chantiers", "0231", "Construction", "04", "Éducation", "École de Nyètaba", "éducation", "Nyètaba", nil, 23_400_000},
	} {
		if err := book.SetSheetRow("Budget", "A"+string(rune('2'+i)), &row); err != nil {
			t.Fatal(err)
		}
	}
	var filled bytes.Buffer
	if _, err := book.WriteTo(&filled); err != nil {
		t.Fatal(err)
	}
	d := townHall(t)
	rep := d.take(exchange.Budget, filled.String(), exchange.Options{
		File: "modele.xlsx", Commune: "417", Year: 2027, Stage: store.BudgetPrimitif,
	})
	counts(t, rep, report.Counts{Read: 3, Accepted: 3, New: 3})
	if rep.Format.Layout != "town-hall" || rep.Format.Sheet != "Budget" || len(rep.Format.Unused) != 0 {
		t.Errorf("read as %+v", rep.Format)
	}
	lines := d.lines(d.documents("417")[0])
	if lines[0].Nature.Code != "0711" || lines[0].Planned != 16_000_000 || lines[2].Operation != "École de Nyètaba" || lines[2].Village != "Nyètaba" {
		t.Errorf("lines: %+v", lines)
	}
}
