package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"baro/flows/simulate"
	"baro/locales/charset"
)

// Marks in the name of a dialogue's file.
const (
	unboundMark = ".unbound." // the channel belongs to no commune
	knownMark   = ".known."   // the phone's owner had the language of the folder kept ("baro phone --lang")
	noSMSMark   = ".nosms."   // no channel carries SMS
)

// changes are the further marks, with what each changes in the records before the dialogue.
func changes() map[string]string {
	return map[string]string{
		".noservices.":   "DELETE FROM services",
		".nobudget.":     "UPDATE budget_documents SET status = 'draft', published_at = NULL",
		".norate.":       "DELETE FROM tax_facts",
		".nopopulation.": "UPDATE places SET population = NULL",
		".nosecond.":     "DELETE FROM officer_posts WHERE role = 'second'",
		".freshpins.":    "UPDATE officers SET pin_fresh = TRUE",
		".silenced.":     "UPDATE organisations SET state = 'silenced'",
		".novenues.":     "UPDATE venues SET retired = TRUE",
		".nopractices.":  "UPDATE practices SET state = 'withdrawn'",
		".published.":    "UPDATE consultations SET state = 'published', closed_at = opens_at WHERE title LIKE '%Eau: choisir%'",
		".blocked.": "INSERT INTO blocked_dates (commune_id, from_on, to_on, reason) " +
			"SELECT id, '2026-12-20', '2026-12-21', 'demonstration' FROM places WHERE number = '417'",
	}
}

// passing is an act of the clock between two acts of a person, "(20 days pass)". Only this test can play it.
var passing = regexp.MustCompile(`^\((\d+) (minutes|hours|days) pass\)$`)

// sized is the line below every screen.
var sized = regexp.MustCompile(`^\[GSM7 (\d+)/160\]( \[END\])?$`)

// TestDialogues plays every dialogue under testdata and compares the screens. The files are the documentation of the flows;
// those in French, and those in Bamanankan, show every screen there is.
func TestDialogues(t *testing.T) {
	update := updating()
	files, err := filepath.Glob("testdata/dialogues/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d dialogues, %v", len(files), err)
	}
	records, walked := newSeed(t), map[string]*steps{}
	for _, file := range files {
		t.Run(strings.TrimPrefix(file, "testdata/dialogues/"), func(t *testing.T) {
			script := readScript(t, file)
			language := filepath.Base(filepath.Dir(file))
			if walked[language] == nil {
				walked[language] = &steps{seen: map[string]bool{}}
			}
			got := playFixed(t, records, script, file, walked[language])
			for _, step := range got.Steps {
				checkScreen(t, step)
			}
			if update {
				if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := script.Diff(got); diff != "" {
				t.Errorf("%s: %s\n(go test ./cmd/baro -run TestDialogues -update writes what is shown)", file, diff)
			}
		})
	}
	for _, language := range []string{"fr", "bm"} {
		t.Run("every screen/"+language, func(t *testing.T) {
			if walked[language] == nil {
				t.Skip("no dialogue was played")
			}
			if left := walked[language].never(unplayed()); len(left) > 0 {
				t.Errorf("%d screens are in no dialogue: %s", len(left), strings.Join(left, ", "))
			}
		})
	}
}

// updating reads -update where it is given. The flag is looked up and not declared in the package, because nothing here
// has package-level state.
func updating() bool {
	f := flag.Lookup(updateFlag)
	return f != nil && f.Value.String() == "true"
}

const updateFlag = "update"

// TestMain declares the flag -update.
func TestMain(m *testing.M) {
	flag.Bool(updateFlag, false, "write the screens shown into the dialogues")
	os.Exit(m.Run())
}

func readScript(t testing.TB, file string) *simulate.Script {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	script, err := simulate.ReadScript(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return script
}

// playFixed plays a script on a node of its own, made as the name of its file asks for.
func playFixed(t testing.TB, records seed, script *simulate.Script, file string, walked *steps) *simulate.Script {
	t.Helper()
	folder, clock := memoryFolder(t), newClock()
	records.copyTo(t, folder)
	set := fixedSettings(t, folder, clock)
	channelsOf(&set, file)
	for mark, statement := range changes() {
		if strings.Contains(file, mark) {
			execute(t, folder, statement)
		}
	}
	n := walked.open(t, set)
	if strings.Contains(file, knownMark) {
		if err := n.speak(t.Context(), script.Number, filepath.Base(filepath.Dir(file))); err != nil {
			t.Fatal(err)
		}
	}
	got, err := playWithClock(t.Context(), n, clock, script)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// channelsOf gives a node the channels that the name of a dialogue's file asks for.
func channelsOf(set *settings, file string) {
	if strings.Contains(file, unboundMark) {
		unbind(set)
	}
	if strings.Contains(file, noSMSMark) {
		set.channels = slices.DeleteFunc(set.channels, func(c channelSettings) bool { return c.Kind != "ussd" })
	}
}

// playWithClock plays the acts between two acts of the clock in one go: the phone remembers where it is.
func playWithClock(ctx context.Context, n *node, clock *clock, script *simulate.Script) (*simulate.Script, error) {
	phone := fixedPhone(n, demoNumber)
	out := &simulate.Script{Comments: script.Comments, Number: script.Number}
	rest := script.Steps
	for len(rest) > 0 {
		if d, ok := passes(rest[0].Act); ok {
			clock.pass(d)
			out.Steps = append(out.Steps, simulate.Step{Line: rest[0].Line, Act: rest[0].Act})
			rest = rest[1:]
			continue
		}
		until := 1
		for until < len(rest) && !passing.MatchString(rest[until].Act) {
			until++
		}
		part := &simulate.Script{Number: script.Number, Steps: rest[:until]}
		played, err := part.Run(ctx, phone, strictProfile())
		if err != nil {
			return nil, err
		}
		out.Steps, rest = append(out.Steps, played.Steps...), rest[until:]
	}
	return out, nil
}

func passes(act string) (time.Duration, bool) {
	m := passing.FindStringSubmatch(act)
	if m == nil {
		return 0, false
	}
	n, _ := strconv.Atoi(m[1])
	unit := map[string]time.Duration{"minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour}[m[2]]
	return time.Duration(n) * unit, true
}

// fixedPhone is a phone whose calls have the ids 1, 2, 3…
func fixedPhone(n *node, number string) *simulate.Phone {
	calls := 0
	return &simulate.Phone{Network: nodeNetwork{n}, Number: number, Code: ussdCode(n), NewID: func() string {
		calls++
		return fmt.Sprintf("call-%d", calls)
	}}
}

// checkScreen holds a screen to the strictest profile: 160 characters of the plain GSM-7 alphabet, and the size written
// below it is the one counted.
func checkScreen(t testing.TB, step simulate.Step) {
	t.Helper()
	if step.Want == "" {
		return // nothing is shown to who hangs up
	}
	lines := strings.Split(step.Want, "\n")
	screen, size := strings.Join(lines[:len(lines)-1], "\n"), lines[len(lines)-1]
	m := sized.FindStringSubmatch(size)
	if m == nil {
		t.Errorf("line %d: after %q the size is %q, not that of a GSM-7 screen", step.Line, step.Act, size)
		return
	}
	encoding, units := charset.Units(screen)
	if strconv.Itoa(units) != m[1] || encoding != charset.GSM7 || units > 160 || !strictProfile().Fits(screen) {
		t.Errorf("line %d: after %q the screen takes %d units of %s, %q is said", step.Line, step.Act, units, encoding, size)
	}
	if strings.TrimSpace(screen) == "" {
		t.Errorf("line %d: after %q the screen is empty", step.Line, step.Act)
	}
}
