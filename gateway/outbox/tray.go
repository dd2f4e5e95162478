package outbox

import "sync"

// tray collects results for the recorder, which is woken for the first of a group and for the last, not for each.
type tray struct {
	first  chan struct{} // there is something on the tray
	enough chan struct{} // as much as was wanted
	closed chan struct{} // nothing more comes

	mu     sync.Mutex
	on     []result
	wanted int // 0: nobody waits for more
}

func newTray() *tray {
	return &tray{first: make(chan struct{}, 1), enough: make(chan struct{}, 1), closed: make(chan struct{})}
}

func (t *tray) put(r result) {
	t.mu.Lock()
	t.on = append(t.on, r)
	n, wanted := len(t.on), t.wanted
	if wanted > 0 && n >= wanted {
		t.wanted = 0
	}
	t.mu.Unlock()
	if n == 1 {
		signal(t.first)
	}
	if wanted > 0 && n >= wanted {
		signal(t.enough)
	}
}

// want asks to be told when there are n, and reports whether there are already.
func (t *tray) want(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.enough: // of an earlier wish
	default:
	}
	if len(t.on) >= n {
		t.wanted = 0
		return true
	}
	t.wanted = n
	return false
}

// take empties the tray.
func (t *tray) take() []result {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.on
	t.on, t.wanted = make([]result, 0, cap(all)), 0
	return all
}

func (t *tray) close() { close(t.closed) }
