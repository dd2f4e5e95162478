package exchange_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"baro/gateway/exchange"
	"baro/gateway/exchange/budget"
	"baro/gateway/exchange/report"
	"baro/store"
)

const fictional = "pcode,level,name,parent,number,aliases\nXX,country,Fictif,,,\nXX01,region,Fictive,XX,,\nXX0101,cercle,Fictif,XX01,,\n" +
	"XX010101,commune,Jèkabara,XX0101,417,DEMO01\nXX010102,commune,Voisine,XX0101,418,DEMO02\n" +
	"XX010101001,village,Jèkabara,XX010101,,\nXX010101002,village,Nyètaba,XX010101,,\n"

func sample(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("demonstration/data/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func townHall(t *testing.T) *desk {
	d := newDesk(t)
	d.take(exchange.Places, fictional, exchange.Options{Edition: "demo", Fictional: true})
	return d
}

func (d *desk) documents(number string) []store.BudgetDocument {
	d.t.Helper()
	p, err := d.db.Places().ByNumber(d.t.Context(), number)
	if err != nil {
		d.t.Fatal(err)
	}
	all, err := d.db.Budgets().Documents(d.t.Context(), p.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return all
}

func (d *desk) lines(doc store.BudgetDocument) []store.BudgetLine {
	d.t.Helper()
	lines, err := d.db.Budgets().Lines(d.t.Context(), doc.Commune, doc.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return lines
}

// half sums a section and direction over a column.
func half(lines []store.BudgetLine, s store.Section, d store.Direction, value func(store.BudgetLine) int64) (n int, sum int64) {
	for _, l := range lines {
		if l.Section == s && l.Direction == d {
			n++
			sum += value(l)
		}
	}
	return n, sum
}

func planned(l store.BudgetLine) int64 { return l.Planned }

func workbookOf(t *testing.T, text string, comma rune) string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := book.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSampleBudget(t *testing.T) {
	text := sample(t, "bp_2026_jekabara.csv")
	for kind, file := range map[string]string{"csv": text, "xlsx": workbookOf(t, text, ',')} {
		t.Run(kind, func(t *testing.T) {
			d := townHall(t)
			rep := d.take(exchange.Budget, file, exchange.Options{File: "bp." + kind})
			counts(t, rep, report.Counts{Read: 65, Accepted: 65, New: 65})
			if rep.Format.Kind != kind || rep.Facts["commune"] != "Jèkabara" || rep.Facts["year"] != "2026" || rep.Facts["stage"] != "budget_primitif" {
				t.Errorf("format %+v, facts %v", rep.Format, rep.Facts)
			}
			docs := d.documents("417")
			if len(docs) != 1 || docs[0].Status != store.BudgetDraft || docs[0].SourceName != "bp."+kind {
				t.Fatalf("documents: %+v", docs)
			}
			lines := d.lines(docs[0])
			for _, c := range []struct {
				s   store.Section
				d   store.Direction
				n   int
				sum int64
			}{
				{store.Fonctionnement, store.Recette, 17, 188_370_000}, {store.Fonctionnement, store.Depense, 26, 188_370_000},
				{store.Investissement, store.Recette, 6, 108_000_000}, {store.Investissement, store.Depense, 16, 108_000_000},
			} {
				if n, sum := half(lines, c.s, c.d, planned); n != c.n || sum != c.sum {
					t.Errorf("%s %s: %d lines, %d; want %d, %d", c.s, c.d, n, sum, c.n, c.sum)
				}
			}
			if l := lines[0]; l.Nature.Code != "7111" || l.Function.Code != "01" || l.Chapter.Code != "71" || *l.Previous != 15_600_000 {
				t.Errorf("first line: %+v", l)
			}
		})
	}
}

func TestSampleAccounts(t *testing.T) {
	text := sample(t, "ca_2025_jekabara_cp1252.csv")
	utf8, err := charmap.Windows1252.NewDecoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for kind, file := range map[string]string{"csv": text, "xlsx": workbookOf(t, utf8, ';')} {
		t.Run(kind, func(t *testing.T) {
			d := townHall(t)
			rep := d.take(exchange.Budget, file, exchange.Options{Commune: "417", Publish: true})
			counts(t, rep, report.Counts{Read: 67, Accepted: 67, Totals: 4, New: 67})
			if kind == "csv" && (rep.Format.Encoding != "windows-1252" || rep.Format.Separator != ";" || rep.Format.Header != 6) {
				t.Errorf("format: %+v", rep.Format)
			}
			for _, w := range rep.Warnings {
				if w.Code != report.VillageUnknown {
					t.Errorf("warning %+v", w)
				}
			}
			doc := d.documents("417")[0]
			if doc.Year != 2025 || doc.Stage != store.CompteAdministratif || doc.Status != store.BudgetPublished {
				t.Errorf("document: %+v", doc)
			}
			lines := d.lines(doc)
			realised := func(l store.BudgetLine) int64 { return *l.Realised }
			revised := func(l store.BudgetLine) int64 { return *l.Revised }
			for _, c := range []struct {
				s                          store.Section
				d                          store.Direction
				n                          int
				planned, revised, realised int64
			}{
				{store.Fonctionnement, store.Recette, 18, 180_280_000, 189_494_500, 169_580_380},
				{store.Fonctionnement, store.Depense, 26, 180_280_000, 189_494_500, 168_835_440},
				{store.Investissement, store.Recette, 7, 96_700_000, 111_270_000, 76_885_000},
				{store.Investissement, store.Depense, 16, 96_700_000, 111_270_000, 76_095_500},
			} {
				n, p := half(lines, c.s, c.d, planned)
				_, v := half(lines, c.s, c.d, revised)
				_, r := half(lines, c.s, c.d, realised)
				if n != c.n || p != c.planned || v != c.revised || r != c.realised {
					t.Errorf("%s %s: %d lines, %d, %d, %d; want %+v", c.s, c.d, n, p, v, r, c)
				}
			}
			for _, l := range lines {
				if strings.ContainsRune(l.Nature.Label, '–') || l.Nature.Code == "2315" && (l.Nature.Label != "Dalot et piste rurale" || l.Operation != "Piste Jèkabara - Sanjiba") {
					t.Errorf("label %q, operation %q", l.Nature.Label, l.Operation)
				}
			}
		})
	}
}

// Works keep one number each, whatever is imported again, and the accounts tell what was spent.
func TestWorksOfABudget(t *testing.T) {
	d := townHall(t)
	d.take(exchange.Budget, sample(t, "ca_2025_jekabara_cp1252.csv"), exchange.Options{Commune: "417"})
	d.take(exchange.Budget, sample(t, "bp_2026_jekabara.csv"), exchange.Options{})
	commune := d.place("demo", "XX010101")
	works, err := d.db.Works().List(t.Context(), commune.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(works) != 32 {
		t.Fatalf("%d works, want 16 in each year", len(works))
	}
	numbers := map[int]bool{}
	for _, w := range works {
		if w.Number < 10 || numbers[w.Number] {
			t.Errorf("number %d of %q", w.Number, w.Operation)
		}
		numbers[w.Number] = true
		switch {
		case w.Operation == "École de Nyètaba":
			if w.Planned != 23_400_000 || w.Realised != nil || w.Place != d.place("demo", "XX010101002").ID {
				t.Errorf("%+v", w)
			}
		case w.Operation == "Adduction de Jèkabara" && w.Year == 2025:
			if w.Planned != 15_970_000 || *w.Realised != 3_450_000 || w.State != store.WorkPlanned {
				t.Errorf("%+v", w)
			}
		}
	}
}

func TestTheSameFileTwice(t *testing.T) {
	d := townHall(t)
	file := sample(t, "bp_2026_jekabara.csv")
	d.take(exchange.Budget, file, exchange.Options{})
	rep := d.take(exchange.Budget, file, exchange.Options{})
	counts(t, rep, report.Counts{Read: 65, Accepted: 65, Unchanged: 65})
	warned(t, rep, report.SameFile)
	if docs := d.documents("417"); len(docs) != 1 || docs[0].Status != store.BudgetDraft {
		t.Fatalf("documents: %+v", docs)
	}
	d.take(exchange.Budget, file, exchange.Options{Publish: true})
	if docs := d.documents("417"); len(docs) != 1 || docs[0].Status != store.BudgetPublished {
		t.Errorf("asked to publish the standing draft: %+v", docs)
	}
	// A corrected file is a second version.
	rep = d.take(exchange.Budget, strings.Replace(file, ",14300000,,", ",14300001,,", 1), exchange.Options{})
	if rep.Counts.Changed != 1 || rep.Counts.Unchanged != 64 {
		t.Errorf("counts: %+v", rep.Counts)
	}
	warned(t, rep, report.VersionReplaced)
	warned(t, rep, report.Unbalanced)
}

const head = "Section;Sens;Nature;Libellé;Fonction;Village;Prévision\n"

func TestChecksOfSums(t *testing.T) {
	balanced := "Fonctionnement;Recettes;7111;TDRL;01;;600\nFonctionnement;Recettes;7115;Marché;04;;700\nTOTAL RECETTES DE FONCTIONNEMENT;;;;;;1300\n" +
		"Fonctionnement;Dépenses;6111;Bureau;01;;1300\nTOTAL DÉPENSES DE FONCTIONNEMENT;;;;;;1300\nTOTAL GÉNÉRAL;;;;;;2600\n"
	for name, c := range map[string]struct {
		change [2]string
		want   report.Code
		line   int
	}{
		"sound":                       {[2]string{"x", "x"}, "", 0},
		"written total differs":       {[2]string{"FONCTIONNEMENT;;;;;;1300\nF", "FONCTIONNEMENT;;;;;;1301\nF"}, report.TotalDiffers, 4},
		"grand total differs":         {[2]string{"2600", "2601"}, report.TotalDiffers, 7},
		"TDRL above the section":      {[2]string{"TDRL;01;;600", "TDRL;01;;71112909224"}, report.RowAboveTotal, 2},
		"TDRL above all other income": {[2]string{"TDRL;01;;600\nFonctionnement;Recettes;7115;Marché;04;;700", "TDRL;01;;800\nFonctionnement;Recettes;7115;Marché;04;;500"}, report.TaxAboveRest, 2},
		"unbalanced":                  {[2]string{"Bureau;01;;1300", "Bureau;01;;1250"}, report.Unbalanced, 0},
	} {
		t.Run(name, func(t *testing.T) {
			rep, _ := townHall(t).plan(exchange.Budget, head+strings.Replace(balanced, c.change[0], c.change[1], 1),
				exchange.Options{Commune: "417", Year: 2026, Stage: store.BudgetPrimitif})
			if c.want == "" {
				if len(rep.Warnings) > 0 {
					t.Errorf("warnings: %+v", rep.Warnings)
				}
				return
			}
			if w := warned(t, rep, c.want); w.Line != c.line {
				t.Errorf("%+v, want line %d", w, c.line)
			}
		})
	}
}

func TestRefusedLines(t *testing.T) {
	rep, commit := townHall(t).plan(exchange.Budget, "Exercice;Document;"+head+
		"2026;Budget primitif;F;R;7111;a;01;;100\n"+
		"2026;Budget primitif;Sport;R;7111;a;01;;100\n"+
		"2026;Budget primitif;F;;7111;a;01;;100\n"+
		"2026;Budget primitif;F;R;;a;01;;100\n"+
		"2026;Budget primitif;F;R;7111;;01;;100\n"+
		"2026;Budget primitif;F;R;1.56412E+11;a;01;;100\n"+
		"2026;Budget primitif;F;R;7112;a;01;;1,5\n"+
		"2026;Budget primitif;F;R;7112;a;01;;-5\n"+
		"2026;Budget primitif;F;R;7112;a;01;;\n"+
		"2025;Budget primitif;F;R;7112;a;01;;5\n"+
		"2026;Compte administratif;F;R;7112;a;01;;5\n"+
		"2026;Budget de rêve;F;R;7112;a;01;;5\n"+
		"MMXXVI;Budget primitif;F;R;7112;a;01;;5\n", exchange.Options{Commune: "DEMO01"})
	if commit == nil {
		t.Fatalf("rejected: %+v", rep.Rejected)
	}
	counts(t, rep, report.Counts{Read: 13, Accepted: 1, Refused: 12, New: 1})
	for line, code := range map[int]report.Code{
		3: report.UnknownWord, 4: report.Missing, 5: report.Missing, 6: report.Missing, 7: report.BadCode, 8: report.Fraction,
		9: report.Negative, 10: report.Missing, 11: report.OtherYear, 12: report.OtherStage, 13: report.UnknownWord, 14: report.BadNumber,
	} {
		refused(t, rep, line, code)
	}
	for _, r := range rep.Refused {
		if r.Line == 8 && (r.Column != "Prévision" || r.Value != "1,5") {
			t.Errorf("refusal: %+v", r)
		}
	}
}

func TestHeadingOfABudget(t *testing.T) {
	row := "F;R;7111;TDRL;01;;100\nF;D;6111;Bureau;01;;100\n"
	for name, c := range map[string]struct {
		file   string
		o      exchange.Options
		reject report.Code
		year   string
		stage  string
	}{
		"options":             {head + row, exchange.Options{Commune: "417", Year: 2024, Stage: store.BudgetAdditionnel}, "", "2024", "budget_additionnel"},
		"titles":              {"Compte administratif;;;;;;\nExercice 2023, voté en 2024;;;;;;\n" + head + row, exchange.Options{Commune: "417"}, "", "2023", "compte_administratif"},
		"file name":           {head + row, exchange.Options{Commune: "417", File: "/tmp/BP_2022-final.csv"}, "", "2022", "budget_primitif"},
		"prévisionnel":        {"Budget prévisionnel 2025\n" + head + row, exchange.Options{Commune: "417"}, "", "2025", "budget_primitif"},
		"décision modif.":     {"Décision modificative 2025\n" + head + row, exchange.Options{Commune: "417"}, "", "2025", "budget_additionnel"},
		"collectif":           {"Collectif 2025\n" + head + row, exchange.Options{Commune: "417"}, "", "2025", "budget_additionnel"},
		"no year":             {head + row, exchange.Options{Commune: "417", Stage: store.BudgetPrimitif}, report.NoYear, "", ""},
		"no stage":            {head + row, exchange.Options{Commune: "417", Year: 2026}, report.NoStage, "", ""},
		"no commune":          {head + row, exchange.Options{Year: 2026, Stage: store.BudgetPrimitif}, report.NoCommune, "", ""},
		"unknown commune":     {head + row, exchange.Options{Commune: "999", Year: 2026, Stage: store.BudgetPrimitif}, report.UnknownCommune, "", ""},
		"another commune":     {sampleText, exchange.Options{Commune: "418"}, report.OtherCommune, "", ""},
		"thousands unsaid":    {"BP 2026, en milliers de francs\n" + head + row, exchange.Options{Commune: "417"}, report.UnitStated, "", ""},
		"thousands said":      {"BP 2026, en milliers de francs\n" + head + row, exchange.Options{Commune: "417", Unit: 1000}, "", "2026", "budget_primitif"},
		"p-code with edition": {head + row, exchange.Options{Commune: "demo:XX010101", Year: 2026, Stage: store.BudgetPrimitif}, "", "2026", "budget_primitif"},
		"nothing":             {head, exchange.Options{Commune: "417", Year: 2026, Stage: store.BudgetPrimitif}, report.NothingToDo, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			rep, _ := townHall(t).plan(exchange.Budget, c.file, c.o)
			if c.reject != "" {
				rejectedWith(t, rep, c.reject)
				return
			}
			if rep.Rejected != nil || rep.Facts["year"] != c.year || rep.Facts["stage"] != c.stage {
				t.Errorf("rejected %+v, facts %v", rep.Rejected, rep.Facts)
			}
		})
	}
}

const sampleText = "BGT_NATDEC,BGT_ANNEE,COLL_CODE,BGT_CONTNAT,BGT_CONTNAT_LABEL,BGT_SECTION,BGT_CODRD,BGT_MTPREV\nbudget primitif,2026,DEMO01,7111,TDRL,fonctionnement,recette,5\n"

func TestThousandsAreMultiplied(t *testing.T) {
	d := townHall(t)
	d.take(exchange.Budget, head+"F;R;7111;TDRL;01;;15,6\nF;D;6111;Bureau;01;;15,6\n", exchange.Options{Commune: "417", Year: 2026, Stage: store.BudgetPrimitif, Unit: 1_000_000})
	if l := d.lines(d.documents("417")[0]); l[0].Planned != 15_600_000 {
		t.Errorf("planned %d", l[0].Planned)
	}
}

// failing lets some works in and then breaks.
type failing struct {
	budget.Works
	left int
}

var errBroken = errors.New("broken")

func (f *failing) Upsert(ctx context.Context, w store.Work) (store.Work, error) {
	if f.left--; f.left < 0 {
		return store.Work{}, errBroken
	}
	return f.Works.Upsert(ctx, w)
}

func TestACommitIsWholeOrNothing(t *testing.T) {
	d := townHall(t)
	for k := range 16 {
		im := exchange.New(exchange.Deps{Tx: d.db, Places: d.db.Places(), Budgets: d.db.Budgets(), Works: &failing{d.db.Works(), k}, Services: d.db.Services(), Now: clock})
		_, commit, err := im.Plan(t.Context(), exchange.Budget, strings.NewReader(sample(t, "bp_2026_jekabara.csv")), exchange.Options{Publish: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := commit(t.Context()); !errors.Is(err, errBroken) {
			t.Fatalf("failure %d: %v", k, err)
		}
		if docs := d.documents("417"); len(docs) != 0 {
			t.Fatalf("failure %d left %d documents", k, len(docs))
		}
	}
}

func TestUnknownKind(t *testing.T) {
	if _, _, err := newDesk(t).im.Plan(t.Context(), "menus", io.MultiReader(), exchange.Options{}); err == nil {
		t.Error("an unknown kind is accepted")
	}
}
