package locales

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"baro/locales/charset"
)

// loader gathers a catalogue and everything wrong on the way.
type loader struct {
	catalogue *Catalogue
	sources   []*source // by language; nil without a file
	pieces    []map[string]*pieces
	source    Lang
	problems  []Problem
}

// Load reads the *.yaml files in the root of messages, one per language and
// named by its tag, with the review states, and compiles the live languages.
// All problems come back at once, sorted by file and line. The catalogue is
// never nil: with errors it holds what could be compiled, so that whoever
// checks flows against it can report theirs too, but it must not go live.
func Load(messages fs.FS, review []byte, opts Options) (*Catalogue, []Problem) {
	ld := &loader{catalogue: &Catalogue{langs: map[string]Lang{}, index: map[string]ID{}}}
	ld.languages(opts)
	ld.read(messages)
	for l := range ld.sources {
		ld.cut(Lang(l))
	}
	ld.number()
	for l := range ld.sources {
		ld.compile(Lang(l))
	}
	approvals, problems := readReview(review)
	ld.problems = append(ld.problems, problems...)
	ld.review(approvals)
	ld.catalogue.hash = ld.catalogue.digest()
	sortProblems(ld.problems)
	return ld.catalogue, ld.problems
}

// read reads the files of live languages and refuses files that no language of
// the list would ever be read from.
func (ld *loader) read(messages fs.FS) {
	entries, err := fs.ReadDir(messages, ".")
	if err != nil {
		ld.report(Problem{Text: fmt.Sprintf("read message folder: %v", err)})
		return
	}
	for _, entry := range entries {
		file := entry.Name()
		if entry.IsDir() {
			continue
		}
		lang, problem := languageOfFile(file)
		if problem != "" {
			ld.report(Problem{File: file, Text: problem})
			continue
		}
		l, live := ld.catalogue.langs[lang]
		if !live {
			continue
		}
		data, err := fs.ReadFile(messages, file)
		if err != nil {
			ld.report(Problem{File: file, Language: lang, Text: fmt.Sprintf("read: %v", err)})
			continue
		}
		ld.sources[l] = readSource(file, lang, data)
		ld.problems = append(ld.problems, ld.sources[l].problems...)
	}
	for l, s := range ld.sources {
		if s != nil {
			continue
		}
		tag, file := ld.catalogue.tags[l], ld.catalogue.files[l]
		ld.report(Problem{File: file, Language: tag, Warning: tag != Source, Text: fmt.Sprintf("language %s has no message file", tag)})
	}
}

// languageOfFile returns the tag a file is named by; "" with no problem for a
// file that is no message file.
func languageOfFile(file string) (tag, problem string) {
	switch ext := path.Ext(file); ext {
	case ".yaml":
		stem := strings.TrimSuffix(file, ext)
		lang, ok := FindLanguage(stem)
		if !ok {
			return "", fmt.Sprintf("%q is not a known language", stem)
		}
		if lang.Tag != stem {
			return "", fmt.Sprintf("name this file %s.yaml", lang.Tag)
		}
		return stem, ""
	case ".yml", ".json", ".toml":
		return "", "not read: message files are named TAG.yaml"
	default:
		return "", ""
	}
}

// cut splits the messages of a language at their fields.
func (ld *loader) cut(l Lang) {
	s := ld.sources[l]
	ld.pieces[l] = map[string]*pieces{}
	if s == nil {
		return
	}
	for id, message := range s.messages {
		p, faults := cut(message)
		at := s.positions[id]
		for f, err := range faults {
			ld.report(Problem{File: s.file, Line: at.forms[f], ID: id, Language: s.tag, Text: fmt.Sprintf("%s: %v", id, err)})
		}
		if len(faults) > 0 {
			s.broken = append(s.broken, id)
			continue
		}
		if p.empty() {
			if l == ld.source {
				s.broken = append(s.broken, id)
				ld.report(Problem{File: s.file, Line: at.line, ID: id, Language: s.tag, Text: fmt.Sprintf("%s has no text", id)})
			}
			continue
		}
		ld.pieces[l][id] = &p
	}
}

// number fixes the ids: those of the source language, and SMS variants that
// only another language needs.
func (ld *loader) number() {
	c := ld.catalogue
	french := ld.pieces[ld.source]
	for id := range french {
		c.ids = append(c.ids, id)
	}
	for l := range ld.pieces {
		for id := range ld.pieces[l] {
			base, variant := strings.CutSuffix(id, smsSuffix)
			if variant && french[base] != nil && french[id] == nil {
				c.ids = append(c.ids, id)
			}
		}
	}
	slices.Sort(c.ids)
	c.ids = slices.Compact(c.ids)
	for i, id := range c.ids {
		c.index[id] = ID(i)
	}
	c.sms = make([]ID, len(c.ids))
	c.fields = make([][]string, len(c.ids))
	c.sources = make([]string, len(c.ids))
	for i, id := range c.ids {
		c.sms[i] = ID(i)
		if variant, ok := c.index[id+smsSuffix]; ok {
			c.sms[i] = variant
		}
		if french[id] == nil {
			id = strings.TrimSuffix(id, smsSuffix)
		}
		c.fields[i] = french[id].fields()
		c.sources[i] = sourceText(ld.sources[ld.source].messages[id])
	}
}

// compile checks a language against the source and prepares its texts.
func (ld *loader) compile(l Lang) {
	c := ld.catalogue
	row := make([]text, len(c.ids))
	for id, p := range ld.pieces[l] {
		i, ok := c.index[id]
		if !ok {
			ld.unknown(l, id)
			continue
		}
		if !ld.check(l, i, p) {
			continue
		}
		t := prepare(p, c.tags[l])
		t.line = ld.sources[l].positions[id].line
		t.state = Draft
		if c.tags[l] == Source || c.tags[l] == "en" {
			t.state = Approved
		}
		row[i] = t
		ld.tones(l, id, p)
	}
	c.texts = append(c.texts, row)
}

func (ld *loader) unknown(l Lang, id string) {
	french := ld.sources[ld.source]
	if french == nil || french.unreadable || french.dropped(id) {
		return
	}
	ld.reportAt(l, id, formCount, fmt.Sprintf("%s is not in fr.yaml", id))
}

// tones warns of tone marks: after transliteration a toned vowel would read as
// another letter.
func (ld *loader) tones(l Lang, id string, p *pieces) {
	for f := range p {
		for _, s := range p[f] {
			for _, warning := range charset.ToneWarnings(s.Literal, ld.catalogue.tags[l]) {
				ld.reportAt(l, id, form(f), fmt.Sprintf("%s: %s", id, warning))
				ld.problems[len(ld.problems)-1].Warning = true
			}
		}
	}
}

// reportAt reports a problem at a form of a message, formCount for the message.
func (ld *loader) reportAt(l Lang, id string, f form, text string) {
	s := ld.sources[l]
	line := s.positions[id].line
	if f < formCount && s.positions[id].forms[f] != 0 {
		line = s.positions[id].forms[f]
	}
	ld.report(Problem{File: s.file, Line: line, ID: id, Language: s.tag, Text: text})
}

func (ld *loader) report(p Problem) { ld.problems = append(ld.problems, p) }
