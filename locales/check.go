package locales

import (
	"fmt"
	"slices"
	"strings"
)

// check holds a message against its French source: forms that the language can
// use, plural where French is, and the same fields. It reports and tells
// whether the text may be compiled.
func (ld *loader) check(l Lang, i ID, p *pieces) bool {
	c := ld.catalogue
	id := c.ids[i]
	before := len(ld.problems)
	ld.checkForms(l, id, p)
	if l != ld.source {
		ld.checkAgainstSource(l, id, p)
	}
	ld.checkFields(l, i, p)
	ld.checkVariant(l, id, p)
	return len(ld.problems) == before
}

func (ld *loader) checkForms(l Lang, id string, p *pieces) {
	tag, rule := ld.catalogue.tags[l], ld.catalogue.rules[l]
	for f := range formCount {
		if p[f] != nil && !rule.uses(f) {
			ld.reportAt(l, id, f, fmt.Sprintf("%s: no number leads to the form %s in %s", id, formNames[f], tag))
		}
	}
	if p[formOther] == nil {
		ld.reportAt(l, id, formCount, fmt.Sprintf("plural %s lacks the form other", id))
	}
	if l != ld.source || !p.isPlural() {
		return
	}
	if p[formOne] == nil {
		ld.reportAt(l, id, formCount, fmt.Sprintf("plural %s lacks the form one", id))
	}
	if !slices.Contains(fieldsOf(p[formOther]), countField) {
		ld.reportAt(l, id, formOther, fmt.Sprintf("plural %s does not show {{.%s}}, by which its form is chosen", id, countField))
	}
}

func (ld *loader) checkAgainstSource(l Lang, id string, p *pieces) {
	french := ld.pieces[ld.source][id]
	if french == nil {
		french = ld.pieces[ld.source][strings.TrimSuffix(id, smsSuffix)]
	}
	if p.isPlural() && !french.isPlural() {
		ld.reportAt(l, id, formCount, fmt.Sprintf("%s has plural forms but none in fr.yaml, so no number reaches it", id))
	}
}

// checkFields wants the French fields in each form. Only the number itself may
// be left out, and only where the form already says it ("une réunion").
func (ld *loader) checkFields(l Lang, i ID, p *pieces) {
	id, want := ld.catalogue.ids[i], ld.catalogue.fields[i]
	if ld.pieces[ld.source][id] == nil {
		return // a variant that French does without: checkVariant
	}
	for f := range formCount {
		if p[f] == nil {
			continue
		}
		have := fieldsOf(p[f])
		for _, name := range want {
			spoken := name == countField && f != formOther
			if !slices.Contains(have, name) && !spoken {
				ld.reportAt(l, id, f, fmt.Sprintf("%s lacks {{.%s}}", id, name))
			}
		}
		for _, name := range have {
			if !slices.Contains(want, name) {
				ld.reportAt(l, id, f, fmt.Sprintf("%s has {{.%s}}, which the French text has not", id, name))
			}
		}
	}
}

// checkVariant keeps an SMS variant to the fields of its message: it is
// rendered with the same data.
func (ld *loader) checkVariant(l Lang, id string, p *pieces) {
	base, variant := strings.CutSuffix(id, smsSuffix)
	i, ok := ld.catalogue.index[base]
	if !variant || !ok {
		return
	}
	for _, name := range p.fields() {
		if !slices.Contains(ld.catalogue.fields[i], name) {
			ld.reportAt(l, id, formCount, fmt.Sprintf("%s has {{.%s}}, which %s has not", id, name, base))
		}
	}
}
