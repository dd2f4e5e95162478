package locales

import "fmt"

// Options says which languages a deployment shows.
type Options struct {
	Languages []string // live, in the order of the language menu; has to include fr
	Default   string   // for whoever has not chosen; fr when empty
	Drafts    []string // languages whose unreviewed texts may be shown
}

// languages fixes the order of the live languages, their rules and chains.
func (ld *loader) languages(opts Options) {
	c := ld.catalogue
	for _, tag := range opts.Languages {
		lang, ok := FindLanguage(tag)
		if !ok {
			ld.report(Problem{Language: tag, Text: fmt.Sprintf("language %q is not known", tag)})
			continue
		}
		if _, twice := c.langs[lang.Tag]; twice {
			ld.report(Problem{Language: lang.Tag, Text: fmt.Sprintf("language %s is listed twice", lang.Tag)})
			continue
		}
		ld.add(lang.Tag)
	}
	if _, ok := c.langs[Source]; !ok {
		ld.report(Problem{Language: Source, Text: "the languages lack fr, in which every chain ends"})
		ld.add(Source)
	}
	ld.source = c.langs[Source]
	ld.setDefault(opts.Default)
	ld.setDrafts(opts.Drafts)
	c.chains = make([][]Lang, len(c.tags))
	for l, tag := range c.tags {
		lang, _ := exactLanguage(tag)
		c.chains[l] = []Lang{Lang(l)}
		for _, next := range lang.Chain {
			if live, ok := c.langs[next]; ok {
				c.chains[l] = append(c.chains[l], live)
			}
		}
	}
	ld.sources = make([]*source, len(c.tags))
	ld.pieces = make([]map[string]*pieces, len(c.tags))
}

func (ld *loader) add(tag string) {
	c := ld.catalogue
	c.langs[tag] = Lang(len(c.tags))
	c.tags = append(c.tags, tag)
	c.files = append(c.files, tag+".yaml")
	c.rules = append(c.rules, pluralRuleOf(tag))
}

func (ld *loader) setDefault(tag string) {
	ld.catalogue.fallback = ld.source
	if tag == "" {
		return
	}
	lang, _ := FindLanguage(tag)
	l, live := ld.catalogue.langs[lang.Tag]
	if !live {
		ld.report(Problem{Language: tag, Text: fmt.Sprintf("default language %q is not among the languages", tag)})
		return
	}
	ld.catalogue.fallback = l
}

func (ld *loader) setDrafts(tags []string) {
	c := ld.catalogue
	c.drafts = make([]bool, len(c.tags))
	for _, tag := range tags {
		lang, known := FindLanguage(tag)
		l, live := c.langs[lang.Tag]
		switch {
		case !known:
			ld.report(Problem{Language: tag, Text: fmt.Sprintf("draft language %q is not known", tag)})
		case !live:
			ld.report(Problem{Language: tag, Warning: true, Text: fmt.Sprintf("draft language %s is not among the languages", tag)})
		default:
			c.drafts[l] = true
		}
	}
}
