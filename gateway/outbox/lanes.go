package outbox

import (
	"slices"

	"baro/gateway/channel"
	"baro/store"
)

// item is a claimed message in the clear.
type item struct {
	row    store.Outbound
	mt     channel.MT
	holder string
	begun  bool // marked as about to be handed over when it was claimed
}

// laneCount is the number of priorities.
const laneCount = int(store.PriorityBulk) + 1

// lanes holds what is claimed and not begun, one queue for each priority.
type lanes struct {
	queues [laneCount][]*item
	passed [laneCount]int // messages that overtook the head of a waiting queue
}

// patience is how many messages of other lanes may overtake the head of a queue.
func patience(lane int) int { return 8 * lane }

// lookahead bounds the search for somebody who has no message under way.
const lookahead = 32

func (l *lanes) len() int {
	n := 0
	for _, q := range l.queues {
		n += len(q)
	}
	return n
}

func (l *lanes) add(it *item) {
	l.queues[it.lane()] = append(l.queues[it.lane()], it)
}

// lane is the queue it belongs to.
func (it *item) lane() int { return int(min(max(it.row.Priority, 0), store.PriorityBulk)) }

// afforded is whether a message can be paid for.
type afforded int

const (
	paid  afforded = iota
	dear           // not this one: its prefix has a pace of its own
	broke          // all drink from one bucket: who comes after would only delay this one
)

// next takes the message whose turn it is. busy tells whose earlier message is still under way: a person's messages go one
// after the other. afford pays for it, reply being true where the reserve may be used; what it refuses stays.
func (l *lanes) next(busy func(store.Pseudonym) bool, afford func(it *item, reply bool) afforded) *item {
	for _, lane := range l.turns() {
		q := l.queues[lane]
		seen := 0
		for at, it := range q {
			if busy(it.row.Recipient) {
				if seen++; seen == lookahead {
					break
				}
				continue
			}
			switch afford(it, lane == 0 || l.due(lane)) {
			case broke:
				return nil
			case dear:
				continue
			}
			if at == 0 {
				l.queues[lane] = q[1:]
			} else {
				l.queues[lane] = slices.Delete(q, at, at+1)
			}
			for other := range l.passed {
				if other != lane && len(l.queues[other]) > 0 {
					l.passed[other]++
				}
			}
			l.passed[lane] = 0
			return it
		}
	}
	return nil
}

// urgent is true while a reply waits.
func (l *lanes) urgent() bool { return len(l.queues[store.PriorityReply]) > 0 }

// begun are the messages that are marked as begun and were not handed over.
func (l *lanes) begun() (items []*item) {
	for _, q := range l.queues {
		for _, it := range q {
			if it.begun {
				items = append(items, it)
			}
		}
	}
	return items
}

// clear empties the lanes.
func (l *lanes) clear() { *l = lanes{} }

func (l *lanes) due(lane int) bool { return lane > 0 && l.passed[lane] >= patience(lane) }

// turns is the order in which lanes are asked: first those that were overtaken too often, then by priority.
func (l *lanes) turns() (order [laneCount]int) {
	n := 0
	for _, due := range []bool{true, false} {
		for lane := range l.queues {
			if l.due(lane) == due {
				order[n] = lane
				n++
			}
		}
	}
	return order
}
