package locales

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
)

// reviewFile is the name of the review file in problems.
const reviewFile = "review.yaml"

// fingerprintLength is how many hex digits of a SHA-256 an approval quotes.
const fingerprintLength = 12

// approval says that somebody read the texts of one language under a pattern,
// beside the French source with the given fingerprint.
type approval struct {
	tag, pattern, fingerprint string
	line                      int
}

// Fingerprint returns the first 12 hex digits of the SHA-256 of the French
// source that a pattern stands for; ok is false when it matches no message. For
// one id that source is the text itself, or for a plural its forms as lines
// "one: …", "other: …"; for prefix.* it is a line "id=text" for each message
// below the prefix, in order of id.
func (c *Catalogue) Fingerprint(pattern string) (fingerprint string, ok bool) {
	ids := c.matching(pattern)
	if len(ids) == 0 {
		return "", false
	}
	var source strings.Builder
	if !strings.HasSuffix(pattern, ".*") {
		source.WriteString(c.sources[ids[0]])
	} else {
		for _, id := range ids {
			fmt.Fprintf(&source, "%s=%s\n", c.ids[id], c.sources[id])
		}
	}
	sum := sha256.Sum256([]byte(source.String()))
	return hex.EncodeToString(sum[:])[:fingerprintLength], true
}

// matching lists the messages of an exact id or of prefix.*.
func (c *Catalogue) matching(pattern string) []ID {
	prefix, wide := strings.CutSuffix(pattern, "*")
	if !wide || !strings.HasSuffix(prefix, ".") {
		if id, ok := c.index[pattern]; ok {
			return []ID{id}
		}
		return nil
	}
	var ids []ID
	for id, name := range c.ids {
		if strings.HasPrefix(name, prefix) {
			ids = append(ids, ID(id))
		}
	}
	return ids
}

// review raises the drafts that an approval covers. An approval of an older
// French text covers nothing any more, which is said but stops nobody.
func (ld *loader) review(approvals []approval) {
	c := ld.catalogue
	for _, a := range approvals {
		problem := Problem{File: reviewFile, Line: a.line, ID: a.pattern, Language: a.tag}
		now, ok := c.Fingerprint(a.pattern)
		if !ok {
			problem.Text = fmt.Sprintf("no message matches %s", a.pattern)
			ld.report(problem)
			continue
		}
		if now != a.fingerprint {
			problem.Warning = true
			problem.Text = fmt.Sprintf("the French of %s changed after its approval in %s (was %s, is %s): draft again", a.pattern, a.tag, a.fingerprint, now)
			ld.report(problem)
			continue
		}
		l, live := c.langs[a.tag]
		if !live {
			continue
		}
		for _, id := range c.matching(a.pattern) {
			if t := &c.texts[l][id]; t.state == Draft {
				t.state = Approved
			}
		}
	}
}

// readReview reads the review file: language, then a list of
// {id, approved: {by, date, source}}.
func readReview(data []byte) ([]approval, []Problem) {
	r := &reviewReader{}
	root, err := composeYAML(data)
	switch {
	case err != nil:
		r.report(yamlLine(err), "", err.Error())
	case root == nil:
	case root.Kind != yaml.MappingNode:
		r.report(root.Line, "", "the review file maps languages to lists of approvals")
	default:
		r.languages(root)
	}
	return r.approvals, r.problems
}

type reviewReader struct {
	approvals []approval
	problems  []Problem
}

func (r *reviewReader) languages(root *yaml.Node) {
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, list := root.Content[i], root.Content[i+1]
		lang, ok := exactLanguage(key.Value)
		switch {
		case !ok || lang.Tag != key.Value:
			r.report(key.Line, key.Value, fmt.Sprintf("%q is not a known language", key.Value))
		case lang.Tag == Source || lang.Tag == "en":
			r.report(key.Line, key.Value, fmt.Sprintf("%s is approved by definition", key.Value))
		case list.Kind != yaml.SequenceNode:
			r.report(list.Line, key.Value, fmt.Sprintf("%s has to be a list of approvals", key.Value))
		default:
			for _, entry := range list.Content {
				r.entry(lang.Tag, entry)
			}
		}
	}
}

func (r *reviewReader) entry(tag string, node *yaml.Node) {
	fields, ok := r.fields(tag, node, "id", "approved")
	if !ok {
		return
	}
	approved, ok := r.fields(tag, fields["approved"], "by", "date", "source")
	if !ok {
		return
	}
	a := approval{tag: tag, pattern: fields["id"].Value, fingerprint: approved["source"].Value, line: node.Line}
	fault := ""
	if _, err := time.Parse(time.DateOnly, approved["date"].Value); err != nil {
		fault = "date has to be yyyy-mm-dd"
	}
	if strings.TrimSpace(approved["by"].Value) == "" {
		fault = "by has to name the reader"
	}
	if len(a.fingerprint) != fingerprintLength || strings.Trim(a.fingerprint, "0123456789abcdef") != "" {
		fault = "source has to be the 12 hex digits of the French text"
	}
	if fault != "" {
		r.report(node.Line, tag, fmt.Sprintf("approval of %s: %s", a.pattern, fault))
		return
	}
	r.approvals = append(r.approvals, a)
}

// fields reads a mapping that has exactly the given keys.
func (r *reviewReader) fields(tag string, node *yaml.Node, names ...string) (map[string]*yaml.Node, bool) {
	out := map[string]*yaml.Node{}
	sound := node.Kind == yaml.MappingNode && len(node.Content) == 2*len(names)
	if sound {
		for i := 0; i < len(node.Content); i += 2 {
			out[node.Content[i].Value] = node.Content[i+1]
		}
		for _, name := range names {
			sound = sound && out[name] != nil
		}
	}
	if !sound {
		r.report(node.Line, tag, fmt.Sprintf("an entry has the keys %s, each once", strings.Join(names, ", ")))
	}
	return out, sound
}

func (r *reviewReader) report(line int, tag, text string) {
	r.problems = append(r.problems, Problem{File: reviewFile, Line: line, Language: tag, Text: text})
}

// sourceText is the French text of a message as approvals fingerprint it.
func sourceText(m *i18n.Message) string {
	forms := formTexts(m)
	var lines []string
	for f := range formOther {
		if forms[f] != "" {
			lines = append(lines, formNames[f]+": "+forms[f])
		}
	}
	if len(lines) == 0 {
		return m.Other
	}
	return strings.Join(append(lines, formNames[formOther]+": "+m.Other), "\n")
}
