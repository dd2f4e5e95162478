package budget

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"

	"baro/store"
)

// plan2026 reads the budget primitif of the fictional commune.
func plan2026(t testing.TB) []store.BudgetLine {
	t.Helper()
	var lines []store.BudgetLine
	rows := readTable(t, "testdata/bp_2026.csv", ',')
	col := columns(rows[0])
	for i, r := range rows[1:] {
		l := store.BudgetLine{
			Row: i + 2, Section: store.Section(r[col["BGT_SECTION"]]), Direction: store.Recette, Kind: store.LineReel,
			Nature:    store.Coded{Code: r[col["BGT_CONTNAT"]], Label: r[col["BGT_CONTNAT_LABEL"]]},
			Chapter:   store.Coded{Code: r[col["BGT_NATURE"]], Label: r[col["BGT_NATURE_LABEL"]]},
			Function:  store.Coded{Code: r[col["BGT_FONCTION"]], Label: r[col["BGT_FONCTION_LABEL"]]},
			Operation: r[col["BGT_OPERATION"]], Sector: r[col["SECTEUR"]], Village: r[col["VILLAGE"]],
			Planned: *money(t, r[col["BGT_MTPREV"]]),
		}
		if r[col["BGT_CODRD"]] == "dépense" {
			l.Direction = store.Depense
		}
		if r[col["BGT_OPBUDG"]] == "ordre" {
			l.Kind = store.LineOrdre
		}
		lines = append(lines, l)
	}
	return lines
}

// accounts2025 reads the compte administratif of the fictional commune.
func accounts2025(t testing.TB) []store.BudgetLine {
	t.Helper()
	var lines []store.BudgetLine
	rows := readTable(t, "testdata/ca_2025.csv", ';')
	const heading = 5 // title rows above it
	col := columns(rows[heading])
	for i, r := range rows[heading+1:] {
		if strings.HasPrefix(r[0], "TOTAL") {
			continue
		}
		l := store.BudgetLine{
			Row: heading + i + 2, Section: store.Fonctionnement, Direction: store.Recette, Kind: store.LineReel,
			Nature:   store.Coded{Code: r[col["Nature"]], Label: r[col["Libellé"]]},
			Chapter:  store.Coded{Code: r[col["Chapitre"]]},
			Function: store.Coded{Code: r[col["Fonction"]], Label: r[col["Libellé fonction"]]},
			Sector:   r[col["Secteur"]], Village: r[col["Village"]],
			Planned: *money(t, r[col["Budget primitif"]]), Revised: money(t, r[col["Prévision totale"]]),
			Realised: money(t, r[col["Réalisation"]]),
		}
		if r[0] == "Investissement" {
			l.Section = store.Investissement
		}
		if r[col["Sens"]] == "Dépenses" {
			l.Direction = store.Depense
		}
		if r[col["Opération"]] == "ordre" {
			l.Kind = store.LineOrdre
		}
		if l.Section == store.Investissement && l.Direction == store.Depense {
			l.Nature.Label, l.Operation, _ = strings.Cut(l.Nature.Label, " – ")
		}
		lines = append(lines, l)
	}
	return lines
}

func readTable(t testing.TB, file string, comma rune) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = comma
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func columns(heading []string) map[string]int {
	col := make(map[string]int, len(heading))
	for i, name := range heading {
		col[name] = i
	}
	return col
}

// money reads "15 600 000,00", blanks being plain or not broken.
func money(t testing.TB, cell string) *int64 {
	t.Helper()
	digits := strings.NewReplacer(" ", "", "\u00a0", "", ",00", "").Replace(cell)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		t.Fatalf("%q is no amount", cell)
	}
	return &n
}
