package charset

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// segmentVector is one text with its size by an independent counter.
type segmentVector struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Encoding string `json:"encoding"`
	Units    int    `json:"units"`
	Segments int    `json:"segments"`
	// Clusters is the count of a splitter that keeps grapheme clusters whole,
	// where it differs.
	Clusters int `json:"twilio_segments"`
}

func segmentVectors(t testing.TB) []segmentVector {
	t.Helper()
	var file struct {
		Count   int             `json:"count"`
		Vectors []segmentVector `json:"vectors"`
	}
	readJSON(t, "testdata/segments.json", &file)
	if len(file.Vectors) != 145 || file.Count != 145 {
		t.Fatalf("%d vectors, announced %d, want 145", len(file.Vectors), file.Count)
	}
	return file.Vectors
}

type transliterationFile struct {
	Drop      []string          `json:"drop"`
	Common    map[string]string `json:"common"`
	ASCII     map[string]string `json:"ascii_pass"`
	Extension map[string]string `json:"extension_pass"`
	Tables    map[string]struct {
		Map map[string]string `json:"map"`
	} `json:"tables"`
}

func transliteration(t testing.TB) transliterationFile {
	t.Helper()
	var file transliterationFile
	readJSON(t, "testdata/transliteration.json", &file)
	return file
}

// glossaryCells returns the filled cells of one language.
func glossaryCells(t testing.TB, lang string) []string {
	t.Helper()
	file, err := os.Open("testdata/glossary.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], lang)
	if column < 0 {
		t.Fatalf("no column %q", lang)
	}
	var cells []string
	for _, row := range rows[1:] {
		if row[column] != "" {
			cells = append(cells, row[column])
		}
	}
	return cells
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	octets, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(octets, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}
