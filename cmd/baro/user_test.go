package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUserCommands(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "key"), []byte(strings.Repeat("k", 40)), 0o600); err != nil {
		t.Fatal(err)
	}
	conf := "database: sqlite:" + filepath.Join(folder, "baro.db") + "\nsecrets: {key_file: " + filepath.Join(folder, "key") + "}\n"
	if err := os.WriteFile(filepath.Join(folder, "baro.yaml"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, stdin string
		args        []string
		code        int
		out         string
	}{
		{"add", "", []string{"user", "add", "Chief", "--role", "administrator"}, exitDone, "chief can sign in with the password "},
		{"add again", "", []string{"user", "add", "chief", "--role", "administrator"}, exitFound, ""},
		{"a given password", "riz au gras 2026\n", []string{"user", "add", "awa", "--role", "observer", "--password-stdin"}, exitDone, "awa can sign in.\n"},
		{"a weak password", "court", []string{"user", "add", "ali", "--role", "observer", "--password-stdin"}, exitUsage, ""},
		{"no such role", "", []string{"user", "add", "ali", "--role", "king"}, exitUsage, ""},
		{"a role without its commune", "", []string{"user", "add", "ali", "--role", "editor"}, exitUsage, ""},
		{"no such commune", "", []string{"user", "add", "ali", "--role", "editor@999"}, exitFound, ""},
		{"no role", "", []string{"user", "add", "ali"}, exitUsage, ""},
		{"disable", "", []string{"user", "disable", "awa"}, exitDone, "awa is closed.\n"},
		{"disable again", "", []string{"user", "disable", "awa"}, exitFound, ""},
		{"disable nobody", "", []string{"user", "disable", "nobody"}, exitFound, ""},
		{"list", "", []string{"user", "list"}, exitDone, "disabled"},
		{"reset", "", []string{"user", "reset", "awa"}, exitDone, "awa can sign in with the password "},
		{"reset nobody", "", []string{"user", "reset", "nobody"}, exitFound, ""},
		{"verify", "", []string{"audit", "verify"}, exitDone, " rows, each as it was written.\n"},
	} {
		got := runIn(t, folder, c.stdin, c.args...)
		if got.code != c.code || !strings.Contains(got.out, c.out) || c.code != exitDone && got.errors == "" {
			t.Errorf("%s: exit %d\n%s%s", c.name, got.code, got.out, got.errors)
		}
		if strings.Contains(got.out+got.errors, "riz au gras") {
			t.Errorf("%s repeats a password", c.name)
		}
	}
	for _, statement := range []string{"DROP TRIGGER audit_no_update", "UPDATE audit SET reason = 'other' WHERE seq = 2"} {
		execute(t, folder, statement)
	}
	if got := runIn(t, folder, "", "audit", "verify"); got.code != exitFound || !strings.Contains(got.out, "row 2") {
		t.Errorf("a changed row: exit %d\n%s%s", got.code, got.out, got.errors)
	}
}
