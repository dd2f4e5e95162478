package budget

import (
	"slices"
	"strings"

	"baro/locales/charset"
	"baro/store"
)

// Rules say which lines are what. They are data and not constants of the program: Mali's lists of nature codes are not
// published in one place, and communes spell their labels as they like. Words are looked for in the label of a line's
// nature, folded (without accents, case or doubled letters), at any place.
type Rules struct {
	OwnChapters    []string // receipts that the commune raises itself
	StateChapters  []string // receipts from the State, unless the label names a partner
	GrantChapters  []string // receipts for investment from the State or others: by GrantWords
	GrantWords     []string // one of them makes a receipt of GrantChapters the State's
	PartnerWords   []string // one of them makes a receipt a partner's, whatever its chapter
	TaxWords       []string // one of them makes a receipt the TDRL
	TeacherNatures []string // nature codes of teachers' pay, as expenditure or as the transfer received for it
	TeacherWords   []string // all of them together make a line teachers' pay, beside TeacherNatures
}

// UsualRules follow the chapters and labels that communes' budgets share. No nature code of teachers' pay is among them:
// the codes differ, the words "salaires des enseignants" do not.
func UsualRules() Rules {
	return Rules{
		OwnChapters:   []string{"71", "72"},
		StateChapters: []string{"74"},
		GrantChapters: []string{"13"},
		GrantWords:    []string{"ANICT", "FNACT", "dotation", "transfert", "subvention d'équipement", "de l'État"},
		PartnerWords:  []string{"coopération", "partenaire", "bailleur"},
		TaxWords:      []string{"TDRL", "développement régional et local"},
		TeacherWords:  []string{"salaire", "enseignant"},
	}
}

// origin is where a receipt comes from.
type origin uint8

const (
	fromElsewhere origin = iota // villages, surpluses carried over, and what no rule knows
	fromOwn
	fromState
	fromPartners
)

// reader recognises lines by rules whose words are folded once.
type reader struct{ Rules }

func newReader(r Rules) reader {
	r.GrantWords, r.PartnerWords = foldAll(r.GrantWords), foldAll(r.PartnerWords)
	r.TaxWords, r.TeacherWords = foldAll(r.TaxWords), foldAll(r.TeacherWords)
	return reader{r}
}

// teachers tells whether a line is teachers' pay, which passes through the commune's books without a choice of its own.
func (r reader) teachers(l store.BudgetLine) bool {
	if slices.Contains(r.TeacherNatures, l.Nature.Code) {
		return true
	}
	label := charset.Fold(l.Nature.Label)
	for _, w := range r.TeacherWords {
		if !strings.Contains(label, w) {
			return false
		}
	}
	return len(r.TeacherWords) > 0
}

// tax tells whether a line is the receipt of the TDRL; what is paid out of it to others is not.
func (r reader) tax(l store.BudgetLine) bool {
	return l.Direction == store.Recette && containsAny(charset.Fold(l.Nature.Label), r.TaxWords)
}

// origin finds where a receipt comes from.
func (r reader) origin(l store.BudgetLine) origin {
	chapter := l.Chapter.Code
	if chapter == "" && len(l.Nature.Code) >= 2 {
		chapter = l.Nature.Code[:2] // a chapter is the beginning of its nature codes
	}
	label := charset.Fold(l.Nature.Label)
	switch {
	case slices.Contains(r.OwnChapters, chapter):
		return fromOwn
	case containsAny(label, r.PartnerWords):
		return fromPartners
	case slices.Contains(r.StateChapters, chapter),
		slices.Contains(r.GrantChapters, chapter) && containsAny(label, r.GrantWords):
		return fromState
	}
	return fromElsewhere
}

func foldAll(words []string) []string {
	folded := make([]string, len(words))
	for i, w := range words {
		folded[i] = charset.Fold(w)
	}
	return folded
}

func containsAny(label string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(label, w) })
}
