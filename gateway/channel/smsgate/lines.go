package smsgate

import (
	"sync"
	"time"
)

// lines are the phones that this node can reach now: on event streams, or because they have just asked.
type lines struct {
	mu      sync.Mutex
	bells   map[string]map[chan struct{}]struct{} // of streams and waiting questions, by phone
	streams map[string]*stream
	asked   time.Time     // last question of any phone
	changed chan struct{} // somebody has come
}

// stream is an event stream of a phone.
type stream struct{ end func() }

// afterQuestion is how long a phone without a stream counts as present once it has asked.
const afterQuestion = 10 * time.Second

func newLines() *lines {
	return &lines{bells: map[string]map[chan struct{}]struct{}{}, streams: map[string]*stream{}, changed: make(chan struct{}, 1)}
}

// listen gives a bell that rings when something lies ready for a phone.
func (l *lines) listen(phone string) (bell chan struct{}, leave func()) {
	bell = make(chan struct{}, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bells[phone] == nil {
		l.bells[phone] = map[chan struct{}]struct{}{}
	}
	l.bells[phone][bell] = struct{}{}
	signal(l.changed)
	return bell, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.bells[phone], bell)
		if len(l.bells[phone]) == 0 {
			delete(l.bells, phone)
		}
	}
}

// take makes a stream the one of its phone, and ends the one before: a connection that broke without our noticing.
func (l *lines) take(phone string, end func()) (leave func()) {
	mine := &stream{end: end}
	l.mu.Lock()
	defer l.mu.Unlock()
	if former := l.streams[phone]; former != nil {
		former.end()
	}
	l.streams[phone] = mine
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.streams[phone] == mine {
			delete(l.streams, phone)
		}
	}
}

// streaming tells whether a phone has a stream here.
func (l *lines) streaming(phone string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.streams[phone] != nil
}

// ring wakes whoever waits for a phone's messages.
func (l *lines) ring(phone string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for bell := range l.bells[phone] {
		signal(bell)
	}
}

// question notes that a phone asks for messages.
func (l *lines) question(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = now
	signal(l.changed)
}

// present tells whether there is a phone that would fetch what is laid ready.
func (l *lines) present(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.bells) > 0 || now.Sub(l.asked) < afterQuestion
}

// reachable lists the phones somebody listens for.
func (l *lines) reachable() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make(map[string]bool, len(l.bells))
	for phone := range l.bells {
		all[phone] = true
	}
	return all
}

// waiters are the sends of this node that wait for word of a phone.
type waiters struct {
	mu  sync.Mutex
	all map[string]chan struct{}
}

func newWaiters() *waiters { return &waiters{all: map[string]chan struct{}{}} }

func (w *waiters) await(message string) (word chan struct{}, leave func()) {
	word = make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all[message] = word
	return word, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.all[message] == word {
			delete(w.all, message)
		}
	}
}

func (w *waiters) tell(messages ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range messages {
		if word := w.all[id]; word != nil {
			signal(word)
		}
	}
}

// signal leaves one wake-up behind; more of them say no more.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
