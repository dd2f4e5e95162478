package place

// A quality says how well a name agrees with what was typed; smaller is better.
type quality int

const (
	exact quality = iota
	prefix
	oneEdit
	twoEdits
	noMatch
)

// minLetters is the least number of letters that is looked up: one letter begins a hundred names.
const minLetters = 2

// maxLetters bounds the comparison; longer input cannot be a name.
const maxLetters = 64

// best is the best agreement of any query key with any key of a name.
func best(query, keys []key) quality {
	found := noMatch
	for _, q := range query {
		for _, k := range keys {
			if m := compare(q, k); m < found {
				found = m
			}
			if found == exact {
				return exact
			}
		}
	}
	return found
}

// compare finds how a key agrees with the query: equal, begun by it, or within one edit up to five letters and two above.
func compare(query, name key) quality {
	if len(query) < minLetters || len(query) > maxLetters {
		return noMatch
	}
	if len(query) <= len(name) {
		same := 0
		for same < len(query) && query[same] == name[same] {
			same++
		}
		switch {
		case same == len(name):
			return exact
		case same == len(query):
			return prefix
		}
	}
	limit := 2
	switch {
	case len(query) < 3:
		return noMatch
	case len(query) <= 5:
		limit = 1
	}
	switch n := edits(query, name, limit); {
	case n > limit:
		return noMatch
	case n == 1:
		return oneEdit
	}
	return twoEdits
}

// edits counts insertions, losses, changes and swaps of neighbouring letters that turn a into b (optimal string
// alignment), or gives limit+1 as soon as there are more than limit.
func edits(a, b key, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	var rows [3][maxLetters + 3]int
	older, former, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		former[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(former[j]+1, row[j-1]+1, former[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, older[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		older, former, row = former, row, older
	}
	return min(former[len(b)], limit+1)
}
