package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestTextsAreThoseThatAreUsed reads the code and pages of every room: no id without a text, no text without a use. Ids
// that a program puts together are found by their beginning.
func TestTextsAreThoseThatAreUsed(t *testing.T) {
	folders, err := filepath.Glob("*/texts/fr.yaml")
	if err != nil || len(folders) < 4 {
		t.Fatalf("%d rooms have texts, %v", len(folders), err)
	}
	texts := map[string]bool{}
	rooms := map[string]bool{}
	for _, file := range folders {
		rooms[strings.Split(filepath.ToSlash(file), "/")[0]] = true
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var own map[string]string
		if err := yaml.Unmarshal(raw, &own); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for id := range own {
			texts[id] = true
		}
	}
	var beginnings []string
	found := mentioned(t)
	for _, word := range found {
		room, _, _ := strings.Cut(word, ".")
		switch {
		case !rooms[room]:
		case strings.HasSuffix(word, "."):
			beginnings = append(beginnings, word)
		case textID.MatchString(word) && !texts[word] && !texts[word+".one"]:
			t.Errorf("%s is named and has no text", word)
		}
	}
	for id := range texts {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(id, ".one"), ".other"), "_next")
		if !slices.Contains(found, id) && !slices.Contains(found, base) &&
			!slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(id, b) }) {
			t.Errorf("the text %s is used nowhere", id)
		}
	}
}

var quoted = regexp.MustCompile(`"([a-z]+(?:\.[a-z0-9_]+)*\.?)"`)

// mentioned gives every string of the rooms' code and pages that could be an id or the beginning of one.
func mentioned(t *testing.T) (found []string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasSuffix(path, ".html"):
			raw, err := os.ReadFile(path)
			for _, m := range quoted.FindAllSubmatch(raw, -1) {
				found = append(found, string(m[1]))
			}
			return err
		case strings.HasSuffix(path, "_test.go") || !strings.HasSuffix(path, ".go"):
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil {
					found = append(found, s)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
