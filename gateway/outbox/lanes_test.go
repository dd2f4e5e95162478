package outbox

import (
	"testing"

	"baro/store"
)

func filled(n int, lanesOf ...store.Priority) *lanes {
	l := &lanes{}
	for i := range n {
		for _, p := range lanesOf {
			l.add(&item{row: store.Outbound{Priority: p, Recipient: store.Pseudonym{byte(p) + 1, byte(i), byte(i >> 8)}}})
		}
	}
	return l
}

func nobody(store.Pseudonym) bool { return false }
func always(*item, bool) afforded { return paid }

// With every lane full replies get most, and each other lane gets its turn within its patience.
func TestLanesStarveNobody(t *testing.T) {
	l := filled(400, store.PriorityReply, store.PriorityNotice, store.PriorityBulk)
	var got, since [laneCount]int
	for range 300 {
		it := l.next(nobody, always)
		for lane := range since {
			since[lane]++
		}
		got[it.row.Priority]++
		since[it.row.Priority] = 0
		for lane := 1; lane < laneCount; lane++ {
			if since[lane] > patience(lane)+laneCount {
				t.Fatalf("lane %d was overtaken %d times", lane, since[lane])
			}
		}
	}
	if got[0] < 200 || got[1] <= got[2] || got[2] == 0 {
		t.Errorf("replies, notices, bulk: %v", got)
	}
}

func TestLanesKeepAPersonsOrder(t *testing.T) {
	l := &lanes{}
	ada, bo := store.Pseudonym{1}, store.Pseudonym{2}
	for _, m := range []struct {
		id  string
		who store.Pseudonym
	}{{"a1", ada}, {"a2", ada}, {"b1", bo}} {
		l.add(&item{row: store.Outbound{ID: m.id, Recipient: m.who}})
	}
	busy := map[store.Pseudonym]bool{}
	isBusy := func(p store.Pseudonym) bool { return busy[p] }
	take := func(want string) {
		t.Helper()
		it := l.next(isBusy, always)
		if (it == nil) != (want == "") || it != nil && it.row.ID != want {
			t.Fatalf("got %+v, want %q", it, want)
		}
		if it != nil {
			busy[it.row.Recipient] = true
		}
	}
	take("a1")
	take("b1") // a2 waits for a1
	take("")
	busy[ada] = false
	take("a2")
	if l.len() != 0 {
		t.Errorf("%d left", l.len())
	}
}

// What cannot be paid for stays where it is, and nobody slips past it.
func TestLanesWaitForTokens(t *testing.T) {
	l := filled(3, store.PriorityReply, store.PriorityBulk)
	if it := l.next(nobody, func(*item, bool) afforded { return broke }); it != nil || l.len() != 6 {
		t.Errorf("took %+v, %d left", it, l.len())
	}
	l = filled(3, store.PriorityBulk)
	if it := l.next(nobody, func(_ *item, reply bool) afforded {
		if reply {
			return paid
		}
		return broke
	}); it != nil {
		t.Error("bulk used what is kept for replies")
	}
}
