package consultation

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"

	"baro/gateway/civictest"
	"baro/store"
)

// Every order of three choices comes up about equally often over many voters, and a voter's own never changes.
func TestRandomOrderIsFairAndStable(t *testing.T) {
	q := store.Question{ID: 7, Randomise: true, Choices: []store.Choice{{ID: 11, Ordinal: 1}, {ID: 12, Ordinal: 2}, {ID: 13, Ordinal: 3}}}
	const voters = 6000
	seen := map[[3]int64]int{}
	for i := range uint64(voters) {
		v := store.Voter(sha256.Sum256(binary.BigEndian.AppendUint64(nil, i)))
		order := recordedOrder(q, v)
		if !slices.Equal(order, recordedOrder(q, v)) {
			t.Fatal("another order on the second look")
		}
		seen[[3]int64(order)]++
	}
	if len(seen) != 6 {
		t.Fatalf("%d orders of 6", len(seen))
	}
	for order, n := range seen {
		// 1000 expected, standard deviation 29: the voters are fixed, so this holds in every run or in none.
		if n < 850 || n > 1150 {
			t.Errorf("order %v came up %d times of %d", order, n, voters)
		}
	}
}

func TestFixedOrderIsThePosters(t *testing.T) {
	q := store.Question{ID: 7, Choices: []store.Choice{{ID: 3, Ordinal: 2}, {ID: 9, Ordinal: 1}, {ID: 1, Ordinal: 3}}}
	var ids []int64
	for _, c := range shown(q, store.Voter{1}) {
		ids = append(ids, c.ID)
	}
	if !slices.Equal(ids, []int64{9, 3, 1}) || recordedOrder(q, store.Voter{1}) != nil {
		t.Errorf("shown %v, recorded %v", ids, recordedOrder(q, store.Voter{1}))
	}
}

// What is recorded beside an answer is what the voter saw.
func TestRecordedOrderIsTheOrderShown(t *testing.T) {
	b := newBench(t)
	c := b.opened(b.water())
	q := c.Questions[2]
	for i := range 8 {
		me := b.Caller(i)
		var saw []int64
		for _, row := range b.read(me, "consultation.choices", b.args(c, civictest.Whole("question", q.ID))) {
			saw = append(saw, row.Key.Num)
		}
		b.want(b.act(me, "consultation.choose", b.args(c, civictest.Whole("question", q.ID), civictest.Whole("choice", saw[0]))), "ok")
		ballot, err := b.Ballot(b.Ctx, b.home, c.ID, b.Voter(c.ID, me.Number))
		b.Must(err)
		if a := ballot.Answers[0]; !slices.Equal(a.ChoiceOrder, saw) || a.AskedOrder != 3 {
			t.Errorf("saw %v, recorded %v as question %d", saw, a.ChoiceOrder, a.AskedOrder)
		}
	}
}
