package locales

import (
	"math"
	"testing"
)

func TestPluralForms(t *testing.T) {
	for _, tc := range []struct {
		tag    string
		counts []int64
		want   form
	}{
		{"fr", []int64{0, 1, -1}, formOne},
		{"fr", []int64{2, 10, 999_999, 1_000_001, 1_500_000}, formOther},
		{"fr", []int64{1_000_000, 2_000_000, 1_000_000_000, -3_000_000}, formMany},
		{"en", []int64{1, -1}, formOne},
		{"en", []int64{0, 2, 1_000_000}, formOther},
		{"ff", []int64{0, 1}, formOne},
		{"ff", []int64{2, 1_000_000}, formOther},
		{"fuc", []int64{0, 1}, formOne},
		{"ar", []int64{0}, formZero},
		{"ar", []int64{1}, formOne},
		{"ar", []int64{2}, formTwo},
		{"ar", []int64{3, 10, 103, 110, 1003}, formFew},
		{"ar", []int64{11, 26, 99, 111, 1099}, formMany},
		{"ar", []int64{100, 101, 102, 200, 202, 1000, 1_000_000}, formOther},
		{"bm", []int64{0, 1, 2, 1_000_000}, formOther},
		{"ses", []int64{0, 1, 2}, formOther},
		{"nqo", []int64{0, 1, 2}, formOther},
		{"taq", []int64{0, 1, 2}, formOther},
		{"snk", []int64{0, 1, 2}, formOther},
		{"mey", []int64{0, 1, 2}, formOther},
		{"ar", []int64{math.MinInt64}, formFew}, // …808
		{"fr", []int64{math.MinInt64, math.MaxInt64}, formOther},
	} {
		for _, n := range tc.counts {
			if got := pluralRuleOf(tc.tag).form(n); got != tc.want {
				t.Errorf("%s, %d: %s, want %s", tc.tag, n, formNames[got], formNames[tc.want])
			}
		}
	}
}

func TestPluralRulesLeadOnlyToFormsTheyUse(t *testing.T) {
	for rule := range pluralRulesEnd {
		reached := [formCount]bool{}
		for n := int64(0); n < 300; n++ {
			reached[rule.form(n)] = true
		}
		reached[rule.form(1_000_000)] = true
		for f := range formCount {
			if reached[f] != rule.uses(f) {
				t.Errorf("rule %d, form %s: reached %v, uses %v", rule, formNames[f], reached[f], rule.uses(f))
			}
		}
	}
}
