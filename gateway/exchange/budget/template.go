package budget

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// templateSheet is the sheet that is filled in; the other one explains.
const templateSheet = "Budget"

// templateColumns are the columns of the workbook town halls fill in, under names that the import knows, with what belongs
// there.
var templateColumns = []struct {
	name, hint string
	width      float64
	choices    []string
}{
	{name: "Section", width: 16, choices: []string{"fonctionnement", "investissement"}, hint: "fonctionnement ou investissement"},
	{name: "Sens", width: 11, choices: []string{"recette", "dépense"}, hint: "recette ou dépense"},
	{name: "Chapitre", width: 10, hint: "Code du chapitre, tel quel, avec ses zéros"},
	{name: "Libellé chapitre", width: 28, hint: "Nom du chapitre"},
	{name: "Nature", width: 10, hint: "Code du compte, tel quel, avec ses zéros. Obligatoire"},
	{name: "Libellé", width: 40, hint: "Ce que c'est, en mots que tout le monde comprend. Obligatoire"},
	{name: "Fonction", width: 10, hint: "Code de la fonction"},
	{name: "Libellé fonction", width: 24, hint: "Nom de la fonction"},
	{name: "Ouvrage", width: 28, hint: "Pour un investissement : le nom du chantier, par exemple École de …"},
	{name: "Secteur", width: 16, hint: "Par exemple éducation, santé, eau, routes, mairie"},
	{name: "Village", width: 18, hint: "Où le chantier se trouve"},
	{name: "Budget précédent", width: 17, hint: "FCFA, chiffres seuls"},
	{name: "Budget primitif", width: 17, hint: "Montant voté, en FCFA, chiffres seuls. Obligatoire"},
	{name: "Budget additionnel", width: 17, hint: "Ce que le collectif ajoute ou retire (avec un signe moins)"},
	{name: "Réalisation", width: 17, hint: "Pour le compte administratif : ce qui a été encaissé ou dépensé"},
}

// templateRows is how far down the lists of choices reach.
const templateRows = 500

// Template makes the workbook that a town hall fills in and imports: the columns with lists to choose from, and a sheet that
// says what belongs in each.
func Template() ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	faults := []error{book.SetSheetName(book.GetSheetName(0), templateSheet)}
	do := func(err error) { faults = append(faults, err) }
	bold, err := book.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E3EDDF"}},
	})
	do(err)
	text, err := book.NewStyle(&excelize.Style{NumFmt: 49}) // codes keep their zeros
	do(err)
	amounts, err := book.NewStyle(&excelize.Style{NumFmt: 3})
	do(err)
	for i, c := range templateColumns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		do(err)
		style := text
		if c.name == "Réalisation" || len(c.name) > 6 && c.name[:6] == "Budget" {
			style = amounts
		}
		do(book.SetColStyle(templateSheet, letter, style))
		do(book.SetColWidth(templateSheet, letter, letter, c.width))
		do(book.SetCellStr(templateSheet, letter+"1", c.name))
		do(book.SetCellStyle(templateSheet, letter+"1", letter+"1", bold))
		if len(c.choices) > 0 {
			list := excelize.NewDataValidation(true)
			list.Sqref = fmt.Sprintf("%[1]s2:%[1]s%d", letter, templateRows)
			do(list.SetDropList(c.choices))
			do(book.AddDataValidation(templateSheet, list))
		}
	}
	do(book.SetPanes(templateSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	do(explain(book, bold))
	for _, err := range faults {
		if err != nil {
			return nil, fmt.Errorf("budget template: %w", err)
		}
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		return nil, fmt.Errorf("budget template: %w", err)
	}
	return out.Bytes(), nil
}

// explain adds the sheet that says how to fill in the other one.
func explain(book *excelize.File, bold int) error {
	const sheet = "Mode d'emploi"
	if _, err := book.NewSheet(sheet); err != nil {
		return err
	}
	rows := [][2]string{
		{"Une ligne par compte. Une ligne qui commence par « Total » est vérifiée et n'est pas importée.", ""},
		{"L'année et le document (budget primitif, budget additionnel, compte administratif) se choisissent à l'import.", ""},
		{"", ""},
		{"Colonne", "Ce qu'on y met"},
	}
	head := len(rows)
	for _, c := range templateColumns {
		rows = append(rows, [2]string{c.name, c.hint})
	}
	for i, r := range rows {
		if err := book.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &[]string{r[0], r[1]}); err != nil {
			return err
		}
	}
	if err := book.SetColWidth(sheet, "A", "B", 34); err != nil {
		return err
	}
	return book.SetCellStyle(sheet, fmt.Sprintf("A%d", head), fmt.Sprintf("B%d", head), bold)
}
