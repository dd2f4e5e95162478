package locales

// form is a CLDR plural form.
type form uint8

const (
	formZero form = iota
	formOne
	formTwo
	formFew
	formMany
	formOther
	formCount
)

var formNames = [formCount]string{"zero", "one", "two", "few", "many", "other"}

// pluralRule chooses a form by an integer count. The table is our own because
// go-i18n has no rule for most languages of Mali and lets none be added.
type pluralRule uint8

const (
	pluralNone     pluralRule = iota // always other
	pluralZeroOne                    // one for 0 and 1 (CLDR ff)
	pluralFrench                     // one for 0 and 1, many for whole millions (CLDR fr)
	pluralEnglish                    // one for 1 (CLDR en)
	pluralArabic                     // six forms (CLDR ar)
	pluralRulesEnd                   // number of rules
)

// pluralRuleOf returns the rule of a language of our list. The Fulfulde tags
// share CLDR's ff, which describes Pulaar; arb is ar under its own code.
func pluralRuleOf(tag string) pluralRule {
	switch tag {
	case "fr":
		return pluralFrench
	case "en":
		return pluralEnglish
	case "ar", "arb":
		return pluralArabic
	case "ff", "ffm", "fuc", "ff-Adlm":
		return pluralZeroOne
	default:
		return pluralNone
	}
}

// form returns the form for a count; a negative count goes by its magnitude.
func (r pluralRule) form(count int64) form {
	n := magnitude(count)
	switch r {
	case pluralZeroOne:
		if n <= 1 {
			return formOne
		}
	case pluralFrench:
		switch {
		case n <= 1:
			return formOne
		case n%1_000_000 == 0:
			return formMany
		}
	case pluralEnglish:
		if n == 1 {
			return formOne
		}
	case pluralArabic:
		return arabicForm(n)
	}
	return formOther
}

// uses tells whether some count leads to the form; a text in any other form
// would never be shown.
func (r pluralRule) uses(f form) bool {
	switch r {
	case pluralZeroOne, pluralEnglish:
		return f == formOne || f == formOther
	case pluralFrench:
		return f == formOne || f == formMany || f == formOther
	case pluralArabic:
		return true
	default:
		return f == formOther
	}
}

func arabicForm(n uint64) form {
	switch {
	case n == 0:
		return formZero
	case n == 1:
		return formOne
	case n == 2:
		return formTwo
	}
	switch m := n % 100; {
	case m >= 3 && m <= 10:
		return formFew
	case m >= 11:
		return formMany
	}
	return formOther
}

// magnitude is |n|, also for the smallest int64, which has no positive twin.
func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
