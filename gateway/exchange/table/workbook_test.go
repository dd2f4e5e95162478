package table_test

import (
	"archive/zip"
	"bytes"
	"io"
	"reflect"
	"testing"

	"github.com/xuri/excelize/v2"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
)

// workbook makes a file with a hidden first sheet, titles, codes shown with a leading zero and amounts shown in
// millions.
func workbook(t *testing.T) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := book.NewSheet("Budget")
	must(err)
	zeros := "00"
	code, err := book.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
	must(err)
	short := "0.0,,"
	millions, err := book.NewStyle(&excelize.Style{CustomNumFmt: &short})
	must(err)
	must(book.SetSheetRow("Sheet1", "A1", &[]any{"Nature", "Libellé", "Prévision", "Remarque"}))
	must(book.SetSheetRow("Sheet1", "A2", &[]any{"99", "brouillon", 1}))
	must(book.SetSheetRow("Budget", "A1", &[]any{"Commune de démonstration"}))
	must(book.SetSheetRow("Budget", "A4", &[]any{"Nature", "Libellé", "Prévision"}))
	must(book.SetSheetRow("Budget", "A5", &[]any{1, "Études", 15_600_049}))
	must(book.SetSheetRow("Budget", "A6", &[]any{"068", "Taxe", 1.56e7}))
	must(book.SetSheetRow("Budget", "A8", &[]any{"TOTAL", nil, "31 200 049,00"}))
	must(book.SetCellStyle("Budget", "A5", "A5", code))
	must(book.SetCellStyle("Budget", "C5", "C6", millions))
	book.SetActiveSheet(1)
	must(book.SetSheetVisible("Sheet1", false))
	var out bytes.Buffer
	_, err = book.WriteTo(&out)
	must(err)
	return out.Bytes()
}

func TestWorkbook(t *testing.T) {
	rep, rows, err := readAll(t, bytes.NewReader(workbook(t)), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"01", "Études", "15600049"}, {"068", "Taxe", "15600000"}, {"TOTAL", "TOTAL", "31 200 049,00"}}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("rows: %q", rows)
	}
	if f := rep.Format; f.Kind != "xlsx" || f.Sheet != "Budget" || f.Header != 4 || f.Separator != "" {
		t.Errorf("format: %+v", f)
	}
}

func TestWorkbookFromAStream(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	_, rows, err := readAll(t, io.MultiReader(bytes.NewReader(workbook(t))), table.Options{})
	if err != nil || len(rows) != 3 {
		t.Errorf("rows %q, %v", rows, err)
	}
}

func TestWorkbooksThatAreNone(t *testing.T) {
	archive := func(names ...string) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, name := range names {
			part, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := part.Write(bytes.Repeat([]byte{' '}, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	whole := workbook(t)
	for name, c := range map[string]struct {
		file []byte
		o    table.Options
		want report.Code
	}{
		"OpenDocument": {archive("mimetype", "content.xml"), table.Options{}, report.OpenDocument},
		"zipped CSV":   {archive("budget.csv"), table.Options{}, report.Compressed},
		"bomb":         {archive("xl/workbook.xml", "xl/worksheets/sheet1.xml"), table.Options{Limits: table.Limits{Unzipped: 1<<20 + 1}}, report.ZipBomb},
		"no workbook":  {archive("xl/workbook.xml"), table.Options{}, report.DamagedXLSX},
		"cut":          {whole[:len(whole)/2], table.Options{}, report.DamagedXLSX},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := readAll(t, bytes.NewReader(c.file), c.o)
			if reason, ok := table.AsRejection(err); !ok || reason.Code != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
