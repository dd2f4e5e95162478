package table_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
)

func layouts() []table.Layout {
	return []table.Layout{
		{Name: "sums", Totals: true, Columns: []table.Column{
			{Name: "code", Aliases: []string{"Nature"}, Required: true},
			{Name: "label", Aliases: []string{"Libellé", "Intitulé"}, Required: true},
			{Name: "amount", Aliases: []string{"Prévision"}, Required: true},
			{Name: "note", Aliases: []string{"Remarque"}},
		}},
		{Name: "people", Columns: []table.Column{
			{Name: "name", Aliases: []string{"Nom"}, Required: true},
			{Name: "phone", Aliases: []string{"Téléphone"}, Required: true},
		}},
	}
}

// readAll gives every row's code, label and amount; totals are marked.
func readAll(t *testing.T, r io.Reader, o table.Options) (*report.Report, [][]string, error) {
	t.Helper()
	rep := report.New("test", "")
	file, err := table.Open(r, layouts(), o, rep)
	if err != nil {
		return rep, nil, err
	}
	defer func() {
		if err := file.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	var rows [][]string
	for {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			return rep, rows, nil
		}
		if err != nil {
			return rep, rows, err
		}
		cells := []string{row.Get("code"), row.Get("label"), row.Raw("amount")}
		if row.Total != "" {
			cells = []string{"TOTAL", row.Total, row.Raw("amount")}
		}
		rows = append(rows, cells)
	}
}

const plainFile = "Nature,Libellé,Prévision\n01,Études,1500\n7111,\"Taxe, TDRL\",200\n"

func plainRows() [][]string {
	return [][]string{{"01", "Études", "1500"}, {"7111", "Taxe, TDRL", "200"}}
}

func TestEncodingsAndSeparators(t *testing.T) {
	parted := func(separator string) string {
		return strings.NewReplacer("Taxe,", "Taxe,", ",", separator).Replace(plainFile)
	}
	tabbed, semicolon := parted("\t"), parted(";")
	encode := func(e interface{ Bytes([]byte) ([]byte, error) }, s string) string {
		out, err := e.Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	for _, c := range []struct {
		name, file, encoding, separator string
		header                          int
	}{
		{"plain", plainFile, "utf-8", ",", 1},
		{"no final newline", strings.TrimSuffix(plainFile, "\n"), "utf-8", ",", 1},
		{"byte order mark", "\ufeff" + plainFile, "utf-8-bom", ",", 1},
		{"CRLF", strings.ReplaceAll(plainFile, "\n", "\r\n"), "utf-8", ",", 1},
		{"CR only", strings.ReplaceAll(plainFile, "\n", "\r"), "utf-8", ",", 1},
		{"semicolon", semicolon, "utf-8", ";", 1},
		{"tab", tabbed, "utf-8", "tab", 1},
		{"Windows-1252", encode(charmap.Windows1252.NewEncoder(), semicolon), "windows-1252", ";", 1},
		{"UTF-16 tab", encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), tabbed), "utf-16le", "tab", 1},
		{"UTF-16 big-endian", encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder(), semicolon), "utf-16be", ";", 1},
		{"titles above", "RÉPUBLIQUE;;\n;;\n\"Exercice\n2025\";;\n" + semicolon, "utf-8", ";", 5},
		{"case and accents", "\nNATURE;libelle;PREVISION\n01;Études;1500\n7111;Taxe, TDRL;200\n", "utf-8", ";", 2},
		{"repeated header and empty rows", "Nature;Libellé;Prévision\n01;Études;1500\n;;\n\nNature;Libellé;Prévision\n7111;Taxe, TDRL;200\n", "utf-8", ";", 1},
		{"ragged, other columns, blanks", "x;Prévision;  Libellé ;Nature\n;1500 ;\u00a0Études ;01\n;200;Taxe, TDRL;7111;;;zu viel\n", "utf-8", ";", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			rep, rows, err := readAll(t, strings.NewReader(c.file), table.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(rows, plainRows()) {
				t.Errorf("rows: %q", rows)
			}
			f := rep.Format
			if f.Encoding != c.encoding || f.Separator != c.separator || f.Header != c.header || f.Kind != "csv" || f.Layout != "sums" {
				t.Errorf("format: %+v", f)
			}
			if rep.Counts.Read != 2 {
				t.Errorf("read %d rows", rep.Counts.Read)
			}
		})
	}
}

func TestTitlesAndTotals(t *testing.T) {
	file := "Commune;;\nCompte 2025;;\nNature;Libellé;Prévision\n01;Études;10\nTOTAL RECETTES;;10\n02;Total des travaux;5\nSous-total;;5\nTotaux;;15\nEnsemble;;15\n"
	rep, rows, err := readAll(t, strings.NewReader(file), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"01", "Études", "10"}, {"TOTAL", "TOTAL RECETTES", "10"}, {"02", "Total des travaux", "5"}, {"TOTAL", "Sous-total", "5"}, {"TOTAL", "Totaux", "15"}, {"TOTAL", "Ensemble", "15"}}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("rows: %q", rows)
	}
	if rep.Counts.Read != 2 || rep.Counts.Totals != 4 {
		t.Errorf("counts: %+v", rep.Counts)
	}
	if !reflect.DeepEqual(rep.Format.Titles, []string{"Commune", "Compte 2025"}) {
		t.Errorf("titles: %q", rep.Format.Titles)
	}
}

func TestMapReplacesNames(t *testing.T) {
	file := "Nature;Libellé;Prévision;Voté\n01;Études;1;2\n"
	_, rows, err := readAll(t, strings.NewReader(file), table.Options{Map: map[string]string{"amount": "vote"}})
	if err != nil || rows[0][2] != "2" {
		t.Errorf("rows %q, %v", rows, err)
	}
	_, _, err = readAll(t, strings.NewReader(file), table.Options{Map: map[string]string{"sum": "Voté"}})
	if reason, ok := table.AsRejection(err); !ok || reason.Code != report.MapUnknown {
		t.Errorf("an unknown column is accepted: %v", err)
	}
}

func TestFilesThatAreNoTable(t *testing.T) {
	var zipped bytes.Buffer
	gz := gzip.NewWriter(&zipped)
	_, _ = gz.Write([]byte(plainFile))
	_ = gz.Close()
	for name, c := range map[string]struct {
		file string
		o    table.Options
		want report.Code
	}{
		"empty":           {"", table.Options{}, report.Empty},
		"blank":           {" \r\n \n", table.Options{}, report.Empty},
		"NUL":             {"Nature,Libellé,Prévision\n1,a\x00b,2\n", table.Options{}, report.Binary},
		"late NUL":        {plainFile + strings.Repeat("1,a,2\n", 30_000) + "\x00", table.Options{}, report.Binary},
		"old Excel":       {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", table.Options{}, report.OldExcel},
		"gzip":            {zipped.String(), table.Options{}, report.Compressed},
		"HTML":            {"<html><table><tr><td>Nature</td></tr></table></html>", table.Options{}, report.WebPage},
		"undefined 1252":  {"Nature;Libellé;Prévision\n1;\xe9\x8d;2\n", table.Options{}, report.BadEncoding},
		"no header":       {"a,b,c\n1,2,3\n", table.Options{}, report.NoHeader},
		"header too deep": {strings.Repeat("x\n", 25) + plainFile, table.Options{}, report.NoHeader},
		"open quote":      {plainFile + "2,\"open,3\n4,b,5\n", table.Options{}, report.DamagedCSV},
		"too large":       {plainFile, table.Options{Limits: table.Limits{Bytes: 10}}, report.TooLarge},
		"too many rows":   {plainFile, table.Options{Limits: table.Limits{Rows: 1}}, report.TooManyRows},
		"too wide":        {plainFile + strings.Repeat(",", 600) + "x\n", table.Options{}, report.TooWide},
		"broken zip":      {"PK\x03\x04 this is no archive", table.Options{}, report.DamagedXLSX},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := readAll(t, strings.NewReader(c.file), c.o)
			reason, ok := table.AsRejection(err)
			if !ok || reason.Code != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if reason.French == "" || reason.English == "" || strings.Contains(reason.French+reason.English, "%!") {
				t.Errorf("sentences: %+v", reason)
			}
		})
	}
}

func TestDoubtfulEncodingsAreSaid(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want report.Code
	}{
		"mixed":          {"Nature;Libelle;Prevision\n1;\xe9cole;2\n2;école;3\n", report.MixedEncoding},
		"decoded twice":  {"Nature;Libelle;Prevision\n1;Ã©cole;2\n", report.DoubledEncoding},
		"column doubled": {"Nature;Libellé;Prévision;LIBELLE\n1;a;2;b\n", report.DoubledColumn},
	} {
		rep, _, err := readAll(t, strings.NewReader(c.file), table.Options{})
		if err != nil || len(rep.Warnings) != 1 || rep.Warnings[0].Code != c.want {
			t.Errorf("%s: %v, warnings %+v", name, err, rep.Warnings)
		}
	}
}

// Requirement P1: no phone number beside what tells of displacement, ethnicity, religion or party.
func TestPhoneBesideAGroupIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		refused bool
	}{
		"phone alone":          {"Nom;Téléphone\na;1\n", false},
		"displaced":            {"Nom;Téléphone;Déplacé\na;1;oui\n", true},
		"idp":                  {"Nom;Téléphone;IDP status\na;1;x\n", true},
		"ethnie":               {"Nom;Téléphone;Ethnie\na;1;x\n", true},
		"party":                {"Nom;Téléphone;Parti politique\na;1;x\n", true},
		"tags":                 {"Nom;Téléphone;x\n#contact+name;#contact+phone;#affected+idps\na;1;x\n", true},
		"tags with blanks":     {"Nom;Téléphone;x\n#contact +name;#contact +phone;#affected +f +displaced\na;1;x\n", true},
		"tags without persons": {"Nom;Téléphone;x\n#contact+name;#contact+phone;#geo+lat\na;1;x\n", false},
		"partial is no party":  {"Nom;Téléphone;Partiel\na;1;x\n", false},
	} {
		_, _, err := readAll(t, strings.NewReader(c.file), table.Options{})
		reason, rejected := table.AsRejection(err)
		if rejected != c.refused || rejected && reason.Code != report.PhoneAndGroup || !rejected && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHashtagRowIsNoData(t *testing.T) {
	rep, rows, err := readAll(t, strings.NewReader("Nature;Libellé;Prévision\n#budget+code;#description;#value+budget+c_xof\n01;a;2\n"), table.Options{})
	if err != nil || len(rows) != 1 || len(rep.Format.Hashtags) != 3 {
		t.Errorf("rows %q, tags %q, %v", rows, rep.Format.Hashtags, err)
	}
}

// lines makes a long file without holding it, and cannot be rewound.
type lines struct {
	left int
	buf  string
}

func (l *lines) Read(p []byte) (int, error) {
	if l.buf == "" {
		if l.left == 0 {
			return 0, io.EOF
		}
		l.left--
		l.buf = "7111;Taxe de développement régional et local;15 600 000,00\n"
	}
	n := copy(p, l.buf)
	l.buf = l.buf[n:]
	return n, nil
}

func TestMemoryDoesNotGrowWithRows(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	const count = 200_000
	rep := report.New("test", "")
	file, err := table.Open(&lines{left: count, buf: "Nature;Libellé;Prévision\n"}, layouts(), table.Options{}, rep)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	var early int64
	for i := range count {
		if _, err := file.Next(); err != nil {
			t.Fatalf("row %d: %v", i, err)
		}
		if i == 1_000 {
			early = heap()
		}
	}
	if grown := heap() - early; grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes over %d rows", grown, count)
	}
	if _, err := file.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last row: %v", err)
	}
}

// FuzzOpen: whatever the bytes, reading ends with rows or with a reason for people, never with a panic.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(plainFile))
	f.Add([]byte("\xff\xfeN\x00a\x00"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("Nature;Libellé;Prévision\r\"a\"\"b;\xe9\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, err := readAll(t, bytes.NewReader(data), table.Options{Limits: table.Limits{Bytes: 1 << 20, Rows: 1000}})
		if _, ok := table.AsRejection(err); err != nil && !ok {
			t.Errorf("a file is blamed on the machine: %v", err)
		}
	})
}

func BenchmarkRows(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		rep := report.New("test", "")
		file, err := table.Open(strings.NewReader("Nature;Libellé;Prévision\n"+strings.Repeat("7111;Taxe de développement régional;15 600 000,00\n", 10_000)), layouts(), table.Options{}, rep)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err := file.Next(); err != nil {
				break
			}
		}
		_ = file.Close()
	}
}
