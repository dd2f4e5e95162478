package locales

import (
	"fmt"
	"io/fs"
	"strings"

	"go.yaml.in/yaml/v3"

	"baro/locales/charset"
)

// Meaning is what a keyword at the start of a message asks for.
type Meaning uint8

const (
	NoMeaning Meaning = iota
	Stop              // send me nothing more; obeyed in any state
	Start             // send me messages again
	Help              // what is this
	Menu              // begin a dialogue
	Erase             // delete my data, after one confirmation
	Budget            // the subjects of the main menu, by name
	Opinion
	Services
	Question
	Accept // yes; only as the answer to the consent text
	Refuse // no; only as the answer to the consent text
	meaningCount
)

var meaningNames = [meaningCount]string{"", "stop", "start", "help", "menu", "erase", "budget", "opinion", "services", "question", "accept", "refuse"}

// String returns the meaning's name in the keyword files; "" for none.
func (m Meaning) String() string {
	if m >= meaningCount {
		return ""
	}
	return meaningNames[m]
}

// Keywords finds the meaning of what people write by SMS. It never changes and
// is safe for concurrent use.
type Keywords struct {
	meanings map[string]Meaning // by folded keyword
	words    int                // of the longest keyword
}

// keyword is where a key was first declared.
type keyword struct {
	Problem
	meaning Meaning
}

// LoadKeywords reads one TAG.yaml per language: a meaning, then its list of
// words. French is always read, so that STOP works whatever the languages are;
// of the others only those given. Two words of different meaning with the same
// folded key are a problem: one of them would be obeyed wrongly.
func LoadKeywords(files fs.FS, languages []string) (*Keywords, []Problem) {
	k := &Keywords{meanings: map[string]Meaning{}}
	ld := &keywordLoader{keywords: k, declared: map[string]keyword{}, live: map[string]bool{Source: true}}
	for _, tag := range languages {
		if lang, ok := FindLanguage(tag); ok {
			ld.live[lang.Tag] = true
		}
	}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return k, []Problem{{Text: fmt.Sprintf("read keyword folder: %v", err)}}
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			ld.file(files, entry.Name())
		}
	}
	sortProblems(ld.problems)
	return k, ld.problems
}

// Match returns the meaning of the keyword that a message begins with. Case,
// accents, quotes, punctuation and words after the keyword do not matter
// ("Arrêtez, svp"). A message of one word may have one letter wrong, except that
// Stop and Start are never guessed: "arrêté" is also a decree. Accept and Refuse
// are not among the answers: see Consent.
func (k *Keywords) Match(message string) Meaning {
	if m := k.find(message); m < Accept && m != NoMeaning {
		return m
	}
	return k.guess(message)
}

// Consent returns Accept or Refuse for a message that answers the consent text,
// where Stop refuses and Start accepts too; NoMeaning for anything else.
func (k *Keywords) Consent(message string) Meaning {
	switch k.find(message) {
	case Accept, Start:
		return Accept
	case Refuse, Stop:
		return Refuse
	default:
		return NoMeaning
	}
}

// find looks for the longest keyword that the message begins with.
func (k *Keywords) find(message string) Meaning {
	words := strings.Fields(charset.Fold(message))
	for n := min(k.words, len(words)); n > 0; n-- {
		if m, ok := k.meanings[strings.Join(words[:n], " ")]; ok {
			return m
		}
	}
	return NoMeaning
}

type keywordLoader struct {
	keywords *Keywords
	declared map[string]keyword
	live     map[string]bool
	problems []Problem
}

func (ld *keywordLoader) file(files fs.FS, file string) {
	tag, fault := languageOfFile(file)
	at := Problem{File: file, Language: tag}
	if fault != "" {
		ld.report(at, 0, fault)
		return
	}
	if !ld.live[tag] {
		return
	}
	data, err := fs.ReadFile(files, file)
	if err != nil {
		ld.report(at, 0, fmt.Sprintf("read: %v", err))
		return
	}
	root, err := composeYAML(data)
	switch {
	case err != nil:
		ld.report(at, yamlLine(err), err.Error())
		return
	case root == nil:
		return
	case root.Kind != yaml.MappingNode:
		ld.report(at, root.Line, "a keyword file maps meanings to lists of words")
		return
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		ld.meaning(at, root.Content[i], root.Content[i+1])
	}
}

func (ld *keywordLoader) meaning(at Problem, key, list *yaml.Node) {
	meaning := NoMeaning
	for m := Stop; m < meaningCount; m++ {
		if meaningNames[m] == key.Value {
			meaning = m
		}
	}
	if meaning == NoMeaning {
		ld.report(at, key.Line, fmt.Sprintf("%q is not one of %s", key.Value, strings.Join(meaningNames[1:], ", ")))
		return
	}
	if list.Kind != yaml.SequenceNode {
		ld.report(at, list.Line, fmt.Sprintf("%s has to be a list of words", key.Value))
		return
	}
	for _, word := range list.Content {
		ld.word(at, meaning, word)
	}
}

func (ld *keywordLoader) word(at Problem, meaning Meaning, node *yaml.Node) {
	if node.Kind != yaml.ScalarNode || node.ShortTag() != "!!str" {
		ld.report(at, node.Line, fmt.Sprintf("%q is not a string: quote it", node.Value))
		return
	}
	words := strings.Fields(charset.Fold(node.Value))
	key := strings.Join(words, " ")
	// One letter means yes in one language and no in the next; digits are menu keys.
	if len([]rune(key)) < 2 || strings.Trim(key, "0123456789 ") == "" {
		ld.report(at, node.Line, fmt.Sprintf("keyword %q is too short or a number", node.Value))
		return
	}
	if first, ok := ld.declared[key]; ok {
		if first.meaning != meaning {
			ld.report(at, node.Line, fmt.Sprintf("keyword %q means %s but reads the same as one of %s at %s:%d",
				node.Value, meaning, first.meaning, first.File, first.Line))
		}
		return
	}
	at.Line = node.Line
	ld.declared[key] = keyword{Problem: at, meaning: meaning}
	ld.keywords.meanings[key] = meaning
	ld.keywords.words = max(ld.keywords.words, len(words))
}

func (ld *keywordLoader) report(at Problem, line int, text string) {
	at.Line, at.Text = line, text
	ld.problems = append(ld.problems, at)
}
