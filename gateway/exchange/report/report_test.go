package report_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"baro/gateway/exchange/report"
)

// declaredCodes reads the codes from the source, so that a new one cannot be forgotten here.
func declaredCodes(t *testing.T) []report.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []report.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for _, v := range spec.Values {
			if lit, ok := v.(*ast.BasicLit); ok {
				text, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				codes = append(codes, report.Code(text))
			}
		}
		return true
	})
	if len(codes) < 50 {
		t.Fatalf("only %d codes found in reason.go", len(codes))
	}
	return codes
}

func TestEveryCodeHasItsSentences(t *testing.T) {
	seen := map[report.Code]bool{}
	for _, code := range declaredCodes(t) {
		if seen[code] {
			t.Errorf("%s is declared twice", code)
		}
		seen[code] = true
		r := report.Because(code)
		if r.French == "" || r.English == "" {
			t.Errorf("%s lacks a sentence: %+v", code, r)
		}
		if strings.Count(r.French, "%") != strings.Count(r.English, "%") {
			t.Errorf("%s: the sentences take different arguments: %+v", code, r)
		}
	}
}

func TestRefusalsAreCountedBeyondTheList(t *testing.T) {
	rep := report.New("places", "x.csv")
	for i := range report.MaxRefused + 5 {
		rep.Refuse(i, "a", "b", report.Because(report.Missing))
	}
	if rep.Counts.Refused != report.MaxRefused+5 || len(rep.Refused) != report.MaxRefused || rep.NotListed != 5 {
		t.Errorf("counted %d, listed %d, not listed %d", rep.Counts.Refused, len(rep.Refused), rep.NotListed)
	}
	if rep.Clean() {
		t.Error("a report with refusals is not clean")
	}
}

func TestEqualWarningsAreOneEntry(t *testing.T) {
	rep := report.New("budget", "")
	for i := range 3 {
		rep.Warn(10+i, "Village", "Nyètaba", report.Because(report.VillageUnknown))
	}
	rep.Warn(20, "Village", "Sanjiba", report.Because(report.VillageUnknown))
	if len(rep.Warnings) != 2 || rep.Warnings[0].Times != 3 || rep.Warnings[0].Line != 10 {
		t.Errorf("warnings: %+v", rep.Warnings)
	}
}

func TestReportIsJSON(t *testing.T) {
	rep := report.New("places", "x.csv")
	rep.Refuse(7, "Nom", strings.Repeat("é", 200)+"\x00\n", report.Because(report.TooLong, 20))
	data, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"line":7`, `"code":"too_long"`, `"warnings":[]`, "au plus", "at most 20"} {
		if !strings.Contains(string(data), want) {
			t.Errorf("%s is not in %s", want, data)
		}
	}
	if n := utf8.RuneCountInString(rep.Refused[0].Value); n != 60 {
		t.Errorf("a long value is quoted with %d characters", n)
	}
}
