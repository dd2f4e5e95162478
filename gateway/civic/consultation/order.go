package consultation

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"baro/store"
)

// shown returns a question's choices in the order this voter sees them. Where choices name places or groups the order
// differs from voter to voter (domain §12 k): each choice is placed by a hash of voter, question and choice. The voter is
// a keyed hash nobody outside can compute, so every order is equally likely, and a redial shows the same one.
func shown(q store.Question, v store.Voter) []store.Choice {
	choices := slices.Clone(q.Choices)
	if !q.Randomise {
		slices.SortFunc(choices, func(a, b store.Choice) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
		return choices
	}
	rank := make(map[int64][sha256.Size]byte, len(choices))
	for _, c := range choices {
		buf := append(make([]byte, 0, len(v)+16), v[:]...)
		buf = binary.BigEndian.AppendUint64(buf, uint64(q.ID))
		rank[c.ID] = sha256.Sum256(binary.BigEndian.AppendUint64(buf, uint64(c.ID)))
	}
	slices.SortFunc(choices, func(a, b store.Choice) int {
		x, y := rank[a.ID], rank[b.ID]
		return bytes.Compare(x[:], y[:])
	})
	return choices
}

// recordedOrder is what is kept beside an answer: the ids as shown, nothing where the order is the same for everybody.
func recordedOrder(q store.Question, v store.Voter) []int64 {
	if !q.Randomise {
		return nil
	}
	var ids []int64
	for _, c := range shown(q, v) {
		ids = append(ids, c.ID)
	}
	return ids
}

// inOrder returns the questions by ordinal.
func inOrder(questions []store.Question) []store.Question {
	sorted := slices.Clone(questions)
	slices.SortFunc(sorted, func(a, b store.Question) int { return cmp.Compare(a.Ordinal, b.Ordinal) })
	return sorted
}

// position returns the place of a question among the others, from 1, and the question.
func position(c store.Consultation, question int64) (int, store.Question, bool) {
	for i, q := range inOrder(c.Questions) {
		if q.ID == question {
			return i + 1, q, true
		}
	}
	return 0, store.Question{}, false
}
