//go:build unix

package main

import (
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A provider stands between people and some nodes, as an aggregator and a load balancer do together: each request goes to
// the next node, and to the one after it when no answer comes.
type provider struct {
	client *http.Client
	path   string

	mu         sync.Mutex
	urls       []string // "" while a node is down
	changed    chan struct{}
	next       int
	answered   int
	unanswered int
	slowest    time.Duration // of the answers
}

func newProvider(path string, urls ...string) *provider {
	return &provider{client: &http.Client{Timeout: 10 * time.Second}, path: path, urls: urls, changed: make(chan struct{})}
}

// set tells where a node is now.
func (p *provider) set(i int, url string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.urls[i] = url
	close(p.changed)
	p.changed = make(chan struct{})
}

// pick gives the next node that is up, and waits for one.
func (p *provider) pick() string {
	for {
		p.mu.Lock()
		for range p.urls {
			p.next++
			if url := p.urls[p.next%len(p.urls)]; url != "" {
				p.mu.Unlock()
				return url
			}
		}
		changed := p.changed
		p.mu.Unlock()
		<-changed
	}
}

// send brings one request until it is answered, and gives the answer. Anything but a screen fails the test.
func (p *provider) send(t testing.TB, session, number, text string) string {
	t.Helper()
	for {
		begin := time.Now()
		resp, err := p.client.Post(p.pick()+p.path, formType, strings.NewReader(form(session, number, text)))
		if err == nil {
			body, readErr := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if readErr == nil {
				took := time.Since(begin)
				p.mu.Lock()
				p.answered++
				p.slowest = max(p.slowest, took)
				p.mu.Unlock()
				checkHook(t, resp.StatusCode, string(body))
				return string(body)
			}
		}
		p.mu.Lock()
		p.unanswered++
		p.mu.Unlock()
	}
}

// count is how many requests were answered so far.
func (p *provider) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answered
}

// takeSlowest gives the slowest answer since it was last asked.
func (p *provider) takeSlowest() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.slowest
	p.slowest = 0
	return d
}

// Residents call one after the other, each from a number of their own, and report a problem or vote.
type residents struct {
	provider *provider
	area     int   // first digits of their numbers, after +2237
	before   int64 // votes that were there before them
	stop     chan struct{}
	wait     sync.WaitGroup

	mu      sync.Mutex
	serial  int
	reports map[string]string // acknowledged, by the number of the case: who
	votes   int               // acknowledged
	broken  int               // calls that a fault of ours ended
	calls   int
}

const confirmedBallots = "SELECT count(*) FROM ballots WHERE confirmed_at IS NOT NULL"

func newResidents(t testing.TB, p *provider, db *sql.DB, area int) *residents {
	t.Helper()
	return &residents{provider: p, area: area, before: count(t, db, confirmedBallots), stop: make(chan struct{}), reports: map[string]string{}}
}

// start lets some of them call at a time, until end.
func (r *residents) start(t testing.TB, atATime int) {
	for range atATime {
		r.wait.Go(func() {
			for {
				select {
				case <-r.stop:
					return
				default:
					r.call(t)
				}
			}
		})
	}
}

func (r *residents) end() {
	close(r.stop)
	r.wait.Wait()
}

var caseTold = regexp.MustCompile(`^(?:CON|END) C'est recu\. Votre numero de suivi: (\d+)\.`)

// call is one person's call; it tells whether it came to its end.
func (r *residents) call(t testing.TB) bool {
	r.mu.Lock()
	r.serial++
	serial := r.serial
	r.mu.Unlock()
	number := fmt.Sprintf("+2237%d%05d", r.area, serial)
	keys := []string{"", "4", "5", "1", "la piste est coupee"}
	if serial%2 == 0 {
		keys = []string{"", "4", "2", "1", "1", "1", "2", "1"}
	}
	text, shown := "", ""
	for i, key := range keys {
		if i > 0 {
			text = strings.TrimPrefix(text+"*"+key, "*")
		}
		shown = r.provider.send(t, "call-"+number[1:], number, text)
		if strings.HasPrefix(shown, "END ") && i < len(keys)-1 {
			break
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	switch m := caseTold.FindStringSubmatch(shown); {
	case m != nil:
		if other := r.reports[m[1]]; other != "" {
			t.Errorf("two people have the case number %s", m[1])
		}
		r.reports[m[1]] = number
	case strings.HasPrefix(shown, "CON C'est note."), strings.HasPrefix(shown, "END C'est note."):
		r.votes++
	default:
		if r.broken++; r.broken == 1 {
			t.Logf("the first call that broke off was shown %q after %q", shown, text)
		}
		return false
	}
	return true
}

// done is how many calls came to their end, and how many did not.
func (r *residents) done() (whole, broken int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls - r.broken, r.broken
}

// check compares what was acknowledged with what is written. Nothing acknowledged is missing, and nobody has anything
// twice; a call that broke off may have left what it wrote.
func (r *residents) check(t testing.TB, db *sql.DB) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for number := range r.reports {
		if n := count(t, db, "SELECT count(*) FROM cases WHERE number = $1 AND asker IS NOT NULL", number); n != 1 {
			t.Errorf("the acknowledged case %s is there %d times", number, n)
		}
	}
	if n := count(t, db, "SELECT count(*) FROM (SELECT 1 FROM cases WHERE asker IS NOT NULL GROUP BY asker HAVING count(*) > 1) AS twice"); n != 0 {
		t.Errorf("%d people have two cases for one report", n)
	}
	cases := int(count(t, db, "SELECT count(*) FROM cases WHERE asker IS NOT NULL AND state = 'received'"))
	if cases < len(r.reports) || cases > len(r.reports)+r.broken {
		t.Errorf("%d cases for %d acknowledged reports, with %d calls broken off", cases, len(r.reports), r.broken)
	}
	if votes := int(count(t, db, confirmedBallots) - r.before); votes < r.votes || votes > r.votes+r.broken {
		t.Errorf("%d votes for %d acknowledged, with %d calls broken off", votes, r.votes, r.broken)
	}
	t.Logf("%d reports and %d votes acknowledged, %d calls broken off, %d cases; %d requests answered, %d repeated to another node",
		len(r.reports), r.votes, r.broken, cases, r.provider.answered, r.provider.unanswered)
}
