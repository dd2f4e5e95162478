package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// People of another system are taken over from the command line: what is printed names no number and says that nobody
// has agreed to anything.
func TestImportOfContacts(t *testing.T) {
	work := t.TempDir()
	file, key := filepath.Join(work, "contacts.csv"), filepath.Join(work, "key")
	list := "URN:Tel,Language,Status\n+22370000001,bam,Active\n+22370000002,fra,Stopped\ntelegram:70000003,fra,Active\n"
	for path, content := range map[string]string{file: list, key: strings.Repeat("k", 40)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := runIn(t, work, "", "import", "contacts", file); got.code != exitUsage {
		t.Errorf("without --from: %d", got.code)
	}
	if got := runIn(t, work, "", "import", "contacts", file, "--from", "rapidpro"); got.code != exitFound || !strings.Contains(got.out, "secrets.key_file") {
		t.Errorf("without a key: %d %s", got.code, got.out)
	}
	config := filepath.Join(work, "baro.yaml")
	if err := os.WriteFile(config, []byte("secrets: {key_file: "+key+"}\ndatabase: sqlite:"+filepath.Join(work, "baro.db")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"import", "contacts", file, "--from", "rapidpro", "--config", config}
	dry := runIn(t, work, "", args...)
	for _, want := range []string{"consents: none", "new contacts: 1", "new suppressions: 1", "line 4, URN:Tel \"\"", "Nothing was written"} {
		if !strings.Contains(dry.out, want) {
			t.Errorf("the dry run does not say %q:\n%s", want, dry.out)
		}
	}
	if strings.Contains(dry.out, "7000000") {
		t.Errorf("a number is printed:\n%s", dry.out)
	}
	if got := runIn(t, work, "", append(args, "--commit")...); got.code != exitFound || !strings.Contains(got.out, "Written: 2 new") {
		t.Errorf("commit: %d %s %s", got.code, got.out, got.errors)
	}
	if got := runIn(t, work, "", args...); !strings.Contains(got.out, "0 new, 0 changed, 2 unchanged") {
		t.Errorf("again: %s", got.out)
	}
}
