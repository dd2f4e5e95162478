//go:build unix

package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/gateway/identity"
)

// Environment of the fault tests.
const (
	servedFolder = "BARO_TEST_SERVED_FOLDER" // makes the test binary the process to be killed
	killsWanted  = "BARO_TEST_KILLS"         // how often it is killed; 20 when unset
)

// TestFaultKill kills a serving process again and again while people answer consultations and report problems. What was
// acknowledged is there once, and a request that got no answer can be sent again.
func TestFaultKill(t *testing.T) {
	if folder := os.Getenv(servedFolder); folder != "" {
		os.Exit(Run(context.Background(), Process{
			Args: []string{"demo", "--data", folder, "--listen", "127.0.0.1:0"}, Stdout: os.Stdout, Stderr: io.Discard,
		}))
	}
	kills := 20
	if n, err := strconv.Atoi(os.Getenv(killsWanted)); err == nil {
		kills = n
	}
	v := newVictim(t)
	chance := rand.New(rand.NewPCG(2026, uint64(kills)))
	people := &crowd{victim: v, client: &http.Client{Timeout: 10 * time.Second}, stop: make(chan struct{})}
	var walking sync.WaitGroup
	for i := range 4 {
		walking.Go(func() { people.walk(t, i) })
	}
	gone := make(chan struct{})
	go func() {
		walking.Wait()
		close(gone)
	}()
	for range kills {
		if !v.killAt(chance.IntN(40), chance.IntN(2) == 0, gone) {
			break
		}
		v.restart(t)
	}
	close(people.stop)
	<-gone
	v.kill()
	if t.Failed() {
		return
	}
	people.check(t, v.folder)
	t.Logf("%d kills, %d people, %d requests without an answer", kills, len(people.done), people.unanswered)
}

// A victim is the process that is killed, and the gate that people wait at while there is none.
type victim struct {
	folder string
	cmd    *exec.Cmd

	mu      sync.Mutex
	changed *sync.Cond
	url     string // empty while there is no process
	left    int    // requests until the kill; below zero: none is due
	after   bool   // the kill comes after the answer, else beside the request
	due     chan struct{}
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{folder: t.TempDir(), left: -1, due: make(chan struct{}, 1)}
	v.changed = sync.NewCond(&v.mu)
	v.restart(t)
	t.Cleanup(v.kill)
	return v
}

// restart starts a process on the folder and reads its address from its greeting.
func (v *victim) restart(t *testing.T) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestFaultKill$")
	cmd.Env = append(os.Environ(), servedFolder+"="+v.folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, address, ok := strings.Cut(lines.Text(), "phone --url "); ok {
			v.mu.Lock()
			v.cmd, v.url = cmd, address
			v.mu.Unlock()
			v.changed.Broadcast()
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return
		}
	}
	_ = cmd.Process.Kill()
	t.Fatalf("the process did not come up: %v", cmd.Wait())
}

// killAt kills at the n-th request from now, beside it or after its answer; false: everybody has gone before.
func (v *victim) killAt(n int, after bool, gone <-chan struct{}) bool {
	v.mu.Lock()
	v.left, v.after = n, after
	v.mu.Unlock()
	select {
	case <-v.due:
		v.kill()
		return true
	case <-gone:
		return false
	}
}

func (v *victim) kill() {
	v.mu.Lock()
	cmd := v.cmd
	v.cmd, v.url, v.left = nil, "", -1
	v.mu.Unlock()
	if cmd != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// await gives the address of the process, when there is one.
func (v *victim) await() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.url == "" {
		v.changed.Wait()
	}
	return v.url
}

// counted tells the killer of a request, before it is sent and after it was answered.
func (v *victim) counted(answered bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.left < 0 || answered != v.after {
		return
	}
	if v.left--; v.left < 0 {
		v.due <- struct{}{}
	}
}

// A person is what one phone was told, for the reckoning at the end.
type person struct {
	number   string
	choice   int      // the last acknowledged answer to the open consultation, 1 to 4; 0: none
	possible []string // what may be written: that answer, or one sent since without an answer
	agreed   bool     // the confirmation was acknowledged
	cases    []string
	unheard  int // reports without an answer: they may or may not have been taken
}

// A crowd walks dialogues until it is stopped.
type crowd struct {
	*victim
	client *http.Client
	stop   chan struct{}

	lock       sync.Mutex
	done       []person
	unanswered int
}

// walk is one line of people, each with a phone of their own.
func (c *crowd) walk(t *testing.T, line int) {
	for i := 0; ; i++ {
		select {
		case <-c.stop:
			return
		default:
		}
		p := person{number: fmt.Sprintf("+2237%d%06d", line+1, i)} // the demonstration's people begin with +22370
		ok := c.vote(t, &p, i) && c.report(t, &p)
		c.lock.Lock()
		c.done = append(c.done, p)
		c.lock.Unlock()
		if !ok {
			return
		}
	}
}

// vote answers, changes the answer and confirms, and begins again after every request that was cut off. What the
// screens say of a former attempt must be what was last acknowledged, or what was sent and got no answer.
func (c *crowd) vote(t *testing.T, p *person, n int) bool {
	works := []string{"", "Forage de Badaniba", "Pompe de Nyetaba", "Puits du marche", "Sans avis"}
	for attempt := 0; ; attempt++ {
		call := c.dial(p.number, fmt.Sprintf("vote-%d", attempt), "2*43")
		shown, ok := call.begin(t)
		for changes := 0; ok; {
			switch {
			case strings.HasPrefix(shown, "CON Eau: choisir un travail") && strings.Contains(shown, "1 Repondre"):
				shown, ok = call.press(t, "1")
			case strings.HasPrefix(shown, "CON Eau: choisir un travail"):
				shown, ok = call.press(t, "2")
			case strings.HasPrefix(shown, "CON Quel travail"):
				choice := 1 + (n+attempt+changes)%4
				changes++
				p.possible = append(p.possible, works[choice])
				if shown, ok = call.press(t, strconv.Itoa(choice)); ok {
					p.choice, p.possible = choice, []string{works[choice]}
				}
			case strings.HasPrefix(shown, "CON Vos reponses: "):
				said, _, _ := strings.Cut(strings.TrimPrefix(shown, "CON Vos reponses: "), ".")
				if !slices.Contains(p.possible, said) {
					t.Errorf("%q is written, possible is %q", said, p.possible)
					return false
				}
				if changes < 2 {
					shown, ok = call.press(t, "2")
				} else {
					shown, ok = call.press(t, "1")
				}
			case strings.HasPrefix(shown, "CON C'est note"):
				p.agreed = true
				return true
			default:
				t.Errorf("a vote shows %q", shown)
				return false
			}
		}
	}
}

// report puts a problem and notes its number.
func (c *crowd) report(t *testing.T, p *person) bool {
	for attempt := 0; ; attempt++ {
		call := c.dial(p.number, fmt.Sprintf("report-%d", attempt), "5")
		if _, ok := call.begin(t); !ok {
			continue
		}
		if _, ok := call.press(t, "2"); !ok {
			continue
		}
		shown, ok := call.press(t, "la pompe est en panne")
		switch {
		case !ok && shown == "":
			p.unheard++
			continue
		case !ok:
			continue
		case strings.Contains(shown, "plusieurs demandes ouvertes"):
			return true
		case !strings.HasPrefix(shown, "CON C'est recu."):
			t.Errorf("a report shows %q", shown)
			return false
		}
		p.cases = append(p.cases, caseNumber(t, shown))
		return true
	}
}

// A call is one dialogue with the history its provider keeps.
type call struct {
	crowd           *crowd
	number, session string
	deep, text      string
}

func (c *crowd) dial(number, session, deep string) *call {
	return &call{crowd: c, number: number, session: number[1:] + "-" + session, deep: deep, text: deep}
}

// begin dials and chooses French where the language is asked for.
func (k *call) begin(t *testing.T) (string, bool) {
	shown, ok := k.send(t)
	if ok && strings.HasPrefix(shown, "CON Votre mairie") {
		return k.press(t, "4")
	}
	return shown, ok
}

// press answers the screen. A process that knows nothing of the dialogue asks for the language: the call is over then, and
// what was typed has done nothing.
func (k *call) press(t *testing.T, key string) (string, bool) {
	k.text += "*" + key
	shown, ok := k.send(t)
	return shown, ok && !strings.HasPrefix(shown, "CON Votre mairie")
}

// send sends the history. Without an answer it is sent again to the next process, which knows nothing of the dialogue: that
// must show a screen and write nothing, and the call is over.
func (k *call) send(t *testing.T) (string, bool) {
	k.crowd.counted(false)
	shown, err := k.post()
	if err == nil {
		k.crowd.counted(true)
		return shown, true
	}
	k.crowd.lock.Lock()
	k.crowd.unanswered++
	k.crowd.lock.Unlock()
	for range 5 {
		if shown, err = k.post(); err == nil {
			break
		}
	}
	if err == nil {
		checkHook(t, http.StatusOK, shown)
	}
	return "", false
}

func (k *call) post() (string, error) {
	url := k.crowd.await()
	resp, err := k.crowd.client.Post(url+"/hooks/ussd/ussd", "application/x-www-form-urlencoded", strings.NewReader(form(k.session, k.number, k.text)))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the hook answered %s", resp.Status)
	}
	return string(body), err
}

// check compares what people were told with what the database holds.
func (c *crowd) check(t *testing.T, folder string) {
	t.Helper()
	set, _, err := demoSettings(Process{Stderr: io.Discard}, &commands{}, folder, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n, err := openDemoNode(t.Context(), set, slog.New(slog.DiscardHandler), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer n.close()
	db := openSQL(t, folder)
	if sound := ""; db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&sound) != nil || sound != "ok" {
		t.Fatalf("the database is damaged: %s", sound)
	}
	const water = 2 // the demonstration's consultation of one question
	votes, reports := 0, 0
	for _, p := range c.done {
		number, err := identity.Parse(p.number)
		if err != nil {
			t.Fatal(err)
		}
		voter, asker := n.subjects.consultation.Voter(water, number), n.keys.Pseudonym(number)
		var kept string
		err = db.QueryRowContext(t.Context(), `SELECT a.kept_choices FROM ballots b JOIN answers a ON a.ballot_id = b.id
			WHERE b.consultation_id = ? AND b.voter = ? AND b.confirmed_at IS NOT NULL`, water, voter[:]).Scan(&kept)
		if p.agreed && err != nil {
			t.Errorf("a confirmed answer is lost: %v", err)
			continue
		}
		if p.agreed {
			votes++
			if got := ordinal(t, db, kept); got != p.choice {
				t.Errorf("choice %d was confirmed, the database holds %d", p.choice, got)
			}
		}
		for _, number := range p.cases {
			if count(t, db, "SELECT count(*) FROM cases WHERE number = ? AND asker = ?", number, asker[:]) != 1 {
				t.Error("an acknowledged case is not there once")
			}
		}
		reports += len(p.cases)
		if rows := int(count(t, db, "SELECT count(*) FROM cases WHERE asker = ?", asker[:])); rows < len(p.cases) || rows > len(p.cases)+p.unheard {
			t.Errorf("%d cases for %d acknowledged and %d unanswered reports", rows, len(p.cases), p.unheard)
		}
	}
	if votes == 0 || reports == 0 {
		t.Errorf("%d confirmed answers and %d reports: the test saw nothing", votes, reports)
	}
	if rows := count(t, db, "SELECT count(*) FROM ballots WHERE consultation_id = ?", water); int(rows) > len(c.done) {
		t.Errorf("%d ballots of %d people", rows, len(c.done))
	}
	t.Logf("%d confirmed answers, %d acknowledged reports", votes, reports)
}

// ordinal is the key that a stored choice had on the screen, 1 for the first.
func ordinal(t *testing.T, db *sql.DB, stored string) int {
	t.Helper()
	var ids []int64
	if err := json.Unmarshal([]byte(stored), &ids); err != nil || len(ids) != 1 {
		t.Fatalf("choices %q: %v", stored, err)
	}
	return int(count(t, db, "SELECT count(*) FROM choices c JOIN choices mine ON mine.question_id = c.question_id AND c.ordinal <= mine.ordinal WHERE mine.id = ?", ids[0]))
}
