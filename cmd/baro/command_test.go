package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"baro/flows/library"
	"baro/locales"
	"baro/locales/charset"
)

// A result is what a command left.
type result struct {
	code        int
	out, errors string
}

// run runs a command in a folder of its own, without the environment of whoever runs the tests.
func run(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	return runIn(t, t.TempDir(), stdin, args...)
}

func runIn(t *testing.T, folder, stdin string, args ...string) result {
	t.Helper()
	t.Chdir(folder)
	var out, faults bytes.Buffer
	code := Run(t.Context(), Process{Args: args, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &faults})
	return result{code, out.String(), faults.String()}
}

// TestExitCodes: 0 done, 1 found problems or failed, 2 wrong usage; and whoever fails says why on the error stream.
func TestExitCodes(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "no-such-file")
	for _, c := range []struct {
		name string
		args []string
		code int
	}{
		{"help", []string{"--help"}, exitDone},
		{"help of a command", []string{"import", "--help"}, exitDone},
		{"version", []string{"version"}, exitDone},
		{"check", []string{"check"}, exitDone},
		{"text", []string{"text", "Bonjour"}, exitDone},
		{"migrate", []string{"migrate"}, exitDone},
		{"serve without its secrets", []string{"serve"}, exitFound},
		{"a phone without a gateway", []string{"phone", "--url", "http://127.0.0.1:1", "--script", script(t, "== dial")}, exitFound},
		{"a script that is none", []string{"phone", "--script", script(t, "nonsense")}, exitFound},
		{"nothing", nil, exitUsage},
		{"no such command", []string{"dance"}, exitUsage},
		{"no such flag", []string{"check", "--loudly"}, exitUsage},
		{"no such profile", []string{"text", "--profile", "telex", "Bonjour"}, exitUsage},
		{"no such language", []string{"text", "--lang", "tlh", "Bonjour"}, exitUsage},
		{"no JSON", []string{"text", "--json"}, exitUsage},
		{"no such kind", []string{"import", "recipes", missing}, exitUsage},
		{"no such file", []string{"import", "places", missing}, exitUsage},
		{"flags that contradict each other", []string{"import", "places", script(t, "x"), "--dry-run", "--commit"}, exitUsage},
		{"a phone that speaks no such language", []string{"phone", "--lang", "tlh"}, exitUsage},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, "", c.args...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d\n%s%s", got.code, c.code, got.out, got.errors)
			}
			if c.code != exitDone && got.errors == "" {
				t.Error("nothing says why")
			}
		})
	}
}

// script writes a file and gives its path.
func script(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script.txt")
	if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestCheckPrintsEveryPlantedError breaks flows and texts in several files and expects each fault with its file and line,
// all at once.
func TestCheckPrintsEveryPlantedError(t *testing.T) {
	flowsFolder, texts := t.TempDir(), t.TempDir()
	copyFiles(t, library.Files(), flowsFolder)
	copyFiles(t, locales.Messages(), texts)
	var planted []string
	for _, p := range []struct{ folder, file, before, after string }{
		{flowsFolder, "budget.yaml", "{text: budget.item.tax, go: tax}", "{text: budget.item.tax, go: nowhere}"},
		{flowsFolder, "question.yaml", "text: question.limit", "text: question.no_such_text"},
		{flowsFolder, "services.yaml", "list: service.nearest", "list: service.no_such_source"},
		{texts, "fr.yaml", "budget.item.village: Mon village", "budget.item.village: Mon {{.Hameau}}"},
		{texts, "en.yaml", "main.bye: ", "main.bye: \"{{.Broken\" #"},
	} {
		planted = append(planted, p.file+":"+strconv.Itoa(plant(t, filepath.Join(p.folder, p.file), p.before, p.after)))
	}
	got := run(t, "", "check", "--flows", flowsFolder, "--texts", texts)
	if got.code != exitFound {
		t.Errorf("exit %d", got.code)
	}
	for _, place := range planted {
		if !strings.Contains(got.out, place+":") {
			t.Errorf("nothing is said of %s", place)
		}
	}
	if t.Failed() {
		t.Log(got.out)
	}

	var report struct {
		Errors   int
		Problems []struct {
			File string
			Line int
		}
	}
	got = run(t, "", "check", "--json", "--flows", flowsFolder, "--texts", texts)
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || got.code != exitFound || report.Errors < len(planted) {
		t.Errorf("as JSON: exit %d, %d errors, %v", got.code, report.Errors, err)
	}
}

func copyFiles(t *testing.T, from fs.FS, to string) {
	t.Helper()
	if err := os.CopyFS(to, from); err != nil {
		t.Fatal(err)
	}
}

// plant replaces a piece of a file and gives the line it stands on.
func plant(t *testing.T, path, before, after string) int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), before)
	if at < 0 {
		t.Fatalf("%s holds no %q", path, before)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), before, after, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return 1 + strings.Count(string(data[:at]), "\n")
}

// TestCheckOfWhatShips: no errors, the fullest screens of each language, and a chart of each flow.
func TestCheckOfWhatShips(t *testing.T) {
	got := run(t, "", "check", "--json")
	var report struct {
		Errors   int
		Problems []any
		Screens  []struct{ Units, Limit int }
		ShownIn  map[string][]string `json:"shown_in"`
	}
	if err := json.Unmarshal([]byte(got.out), &report); err != nil {
		t.Fatal(err)
	}
	if got.code != exitDone || report.Errors != 0 || len(report.Screens) == 0 || len(report.ShownIn["fr"]) == 0 || len(report.ShownIn["en"]) != len(report.ShownIn["fr"]) {
		t.Errorf("exit %d: %d errors, %d screens, shown in %v", got.code, report.Errors, len(report.Screens), report.ShownIn)
	}
	for _, s := range report.Screens {
		if s.Units > s.Limit {
			t.Errorf("a screen of %d units where %d fit", s.Units, s.Limit)
		}
	}
	if got = run(t, "", "check"); !strings.Contains(got.out, "/160 budget.") || !strings.Contains(got.out, "no errors") {
		t.Errorf("for people: %.400s", got.out)
	}
	if got = run(t, "", "check", "--graph"); strings.Count(got.out, "flowchart") != len(report.ShownIn["fr"]) {
		t.Errorf("%d charts of %d flows", strings.Count(got.out, "flowchart"), len(report.ShownIn["fr"]))
	}
}

// TestTextJSON measures texts from standard input as they are, and with --lang also as they are sent.
func TestTextJSON(t *testing.T) {
	texts := []string{"Bonjour", "Jèkabara", "ɲininkali", strings.Repeat("a", 161), "prix 5 €", ""}
	in, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	type entry struct {
		Encoding string
		Units    int
		Parts    int
		Sent     *struct {
			Text, Encoding string
			Units, Parts   int
		}
	}
	measure := func(args ...string) (out []entry) {
		t.Helper()
		got := run(t, string(in), append([]string{"text", "--json"}, args...)...)
		if err := json.Unmarshal([]byte(got.out), &out); err != nil || got.code != exitDone || len(out) != len(texts) {
			t.Fatalf("exit %d, %d entries, %v: %s", got.code, len(out), err, got.errors)
		}
		return out
	}
	want := []entry{
		{Encoding: "gsm7", Units: 7, Parts: 1}, {Encoding: "gsm7", Units: 8, Parts: 1}, {Encoding: "ucs2", Units: 9, Parts: 1},
		{Encoding: "gsm7", Units: 161, Parts: 2}, {Encoding: "gsm7", Units: 9, Parts: 1},
	}
	for i, got := range measure()[:len(want)] {
		if got != want[i] {
			t.Errorf("%.20q: %+v, want %+v", texts[i], got, want[i])
		}
	}
	for _, profile := range charset.Profiles() {
		for i, got := range measure("--lang", "bm", "--profile", profile.Name) {
			if got.Sent == nil {
				t.Fatalf("%s: nothing is said of what is sent", profile.Name)
			}
			if m := charset.Count(got.Sent.Text); m.Units != got.Sent.Units || m.Encoding.String() != got.Sent.Encoding || m.Parts != got.Sent.Parts {
				t.Errorf("%s, %.20q: sent %+v, measured %+v", profile.Name, texts[i], *got.Sent, m)
			}
			if got.Sent.Encoding == "ucs2" && profile.UCS2 == 0 {
				t.Errorf("%s cannot show UCS-2, and %.20q is sent in it", profile.Name, texts[i])
			}
		}
	}
	if got := measure("--lang", "bm", "--profile", "ussd")[2]; got.Sent.Text != "nyininkali" {
		t.Errorf("sent %q", got.Sent.Text)
	}
	if got := run(t, `{"not":"an array"}`, "text", "--json"); got.code != exitUsage {
		t.Errorf("an object instead of an array: exit %d", got.code)
	}
	if got := run(t, "", "text", "--lang", "bm", "--profile", "ussd", "ɲininkali"); !strings.Contains(got.out, "UCS2, 9 units") || !strings.Contains(got.out, "nyininkali") {
		t.Errorf("for people: %s", got.out)
	}
}

// TestVersionJSON holds what a report of a fault has to name.
func TestVersionJSON(t *testing.T) {
	got := run(t, "", "version", "--json")
	var version map[string]string
	if err := json.Unmarshal([]byte(got.out), &version); err != nil || got.code != exitDone {
		t.Fatalf("exit %d, %v", got.code, err)
	}
	for _, key := range []string{"version", "go", "target"} {
		if version[key] == "" {
			t.Errorf("no %s in %s", key, got.out)
		}
	}
}

// TestImport: a dry run writes nothing, --commit writes the accepted rows and fails when rows were refused.
func TestImport(t *testing.T) {
	folder := t.TempDir()
	good := "edition,pcode,level,name,parent,short_name,number,lat,lon,population,languages,aliases\n" +
		"t,ML,pays,Mali (essai),,,,,,,,\nt,ML90,région,Région d'essai,ML,,,13.5,-6.7,,,\nt,ML9001,cercle,Cercle d'essai,ML90,,,13.5,-6.7,,,\n" +
		"t,ML900101,commune,Kalabara,ML9001,Kalabara,501,13.52,-6.78,18400,bm|fr,\n"
	bad := good + "t,ML900102,commune,Sans latitude,ML9001,,502,nord,-6.78,1,bm,\n"
	files := map[string]string{}
	for name, content := range map[string]string{"good.csv": good, "bad.csv": bad} {
		files[name] = filepath.Join(folder, name)
		if err := os.WriteFile(files[name], []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		args   []string
		code   int
		places int64
		says   string
	}{
		{"without --commit", []string{"good.csv"}, exitDone, 0, "Nothing was written"},
		{"dry run", []string{"good.csv", "--dry-run"}, exitDone, 0, "4 accepted, 0 refused"},
		{"commit", []string{"good.csv", "--commit"}, exitDone, 4, "Written: 4 new"},
		{"refused rows, dry", []string{"bad.csv"}, exitFound, 0, "line 6"},
		{"refused rows, committed", []string{"bad.csv", "--commit"}, exitFound, 4, "nord"},
		{"JSON", []string{"good.csv", "--json"}, exitDone, 0, `"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			work := t.TempDir()
			args := append([]string{"import", "places", files[c.args[0]], "--edition", "t"}, c.args[1:]...)
			got := runIn(t, work, "", args...)
			if got.code != c.code || !strings.Contains(got.out, c.says) {
				t.Errorf("exit %d, want %d; want %q in\n%s%s", got.code, c.code, c.says, got.out, got.errors)
			}
			if n := count(t, openSQL(t, filepath.Join(work, "data")), "SELECT count(*) FROM places"); n != c.places {
				t.Errorf("%d places stand in the database, want %d", n, c.places)
			}
			if c.name == "JSON" && !json.Valid([]byte(got.out)) {
				t.Errorf("not JSON: %s", got.out)
			}
		})
	}
	t.Run("the same file twice", func(t *testing.T) {
		work := t.TempDir()
		runIn(t, work, "", "import", "places", files["good.csv"], "--edition", "t", "--commit")
		if got := runIn(t, work, "", "import", "places", files["good.csv"], "--edition", "t", "--commit"); got.code != exitDone || !strings.Contains(got.out, "Written: 0 new, 0 changed") {
			t.Errorf("exit %d\n%s", got.code, got.out)
		}
	})
}

// TestPhoneScript plays, compares and refreshes a dialogue in process.
func TestPhoneScript(t *testing.T) {
	fresh := script(t, "@number +22370000001\n\n== dial *384*96*1#\n\n== 4")
	got := run(t, "", "phone", "--script", fresh)
	if got.code != exitDone || !strings.Contains(got.out, "Budget 2026: 283 M FCFA") || !strings.Contains(got.out, "[GSM7 150/160]") {
		t.Errorf("a script without screens: exit %d\n%s", got.code, got.out)
	}
	if got = run(t, "", "phone", "--script", fresh, "--update"); got.code != exitDone {
		t.Errorf("--update: exit %d\n%s", got.code, got.errors)
	}
	if got = run(t, "", "phone", "--script", fresh); got.code != exitDone || !strings.Contains(got.out, "2 steps as written") {
		t.Errorf("after --update: exit %d\n%s", got.code, got.out)
	}
	plant(t, fresh, "283 M FCFA", "284 M FCFA")
	if got = run(t, "", "phone", "--script", fresh); got.code != exitFound || !strings.Contains(got.out, "284 M FCFA") {
		t.Errorf("another screen than written: exit %d\n%s", got.code, got.out)
	}
}

// TestPhoneTalks dials and types from standard input, as a person in a terminal does.
func TestPhoneTalks(t *testing.T) {
	got := run(t, "\n1\n0\n0\n", "phone", "--lang", "en")
	for _, want := range []string{"Town hall Jekabara", "Budget 2026", "Goodbye", "(the call is over)"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q was not shown", want)
		}
	}
	if got.code != exitDone {
		t.Errorf("exit %d", got.code)
	}
}

// TestDemoStops: the demonstration serves until its context ends, and leaves a database and a key only its owner can read.
func TestDemoStops(t *testing.T) {
	folder := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	greeted := &greeting{tell: stop}
	code := Run(ctx, Process{Args: []string{"demo", "--data", folder, "--listen", "127.0.0.1:0"}, Stdout: greeted, Stderr: &bytes.Buffer{}})
	if code != exitDone || !strings.Contains(greeted.text.String(), "Stopping.") {
		t.Errorf("exit %d: %s", code, greeted.text.String())
	}
	for _, name := range []string{"baro.db", "baro.key"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
		} else if name == "baro.key" && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v", name, info.Mode())
		}
	}
}

// A greeting stops the demonstration when it has said where it listens.
type greeting struct {
	text bytes.Buffer
	tell func()
}

func (g *greeting) Write(p []byte) (int, error) {
	n, err := g.text.Write(p)
	if strings.Contains(g.text.String(), "http://127.0.0.1:") {
		g.tell()
	}
	return n, err
}
