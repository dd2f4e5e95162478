package place

// maxMatches is the most places a search shows; a longer list is not read on a phone.
const maxMatches = 20

// Search finds the communes that a number or a name may mean: those that agree best and only those, by name and cercle,
// at most twenty. One result is a clear answer, several are a question to the person, none is "not found".
func (s *Service) Search(query string) []Commune {
	x := s.index.Load()
	if e, ok := x.byNumber[x.words.strip(query)]; ok {
		return []Commune{e.Commune}
	}
	keys := x.words.keysOf(query)
	top := noMatch
	var found []Commune
	for _, e := range x.communes {
		q := best(keys, e.keys)
		switch {
		case q == noMatch || q > top:
			continue
		case q < top:
			top, found = q, found[:0]
		}
		if len(found) < maxMatches {
			found = append(found, e.Commune)
		}
	}
	return found
}
