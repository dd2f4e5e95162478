package channeltest

import (
	"fmt"
	"reflect"
	"unicode/utf8"

	"baro/flows"
)

// screens are the forms a screen takes.
func screens() map[string]flows.Screen {
	nav := []flows.Choice{{Key: "9", Label: "Suite"}, {Key: "0", Label: "Retour"}}
	return map[string]flows.Screen{
		"menu": {Text: "Budget et taxes", Choices: []flows.Choice{{Key: "1", Label: "Mon village"}, {Key: "2", Label: "Ma taxe"}},
			Nav: nav, Input: flows.InputKey, Lang: "fr", Page: 1, Pages: 2},
		"later page": {Choices: []flows.Choice{{Key: "6", Label: "Idees"}}, Nav: nav[1:], Input: flows.InputKey, Lang: "fr", Page: 2, Pages: 2},
		"question":   {Text: "Quelle commune?\n\"Ba\" & <Jè> 100 %", Nav: nav[1:], Input: flows.InputText, Lang: "fr", Page: 1, Pages: 1},
		"number":     {Text: "Combien?", Input: flows.InputNumber, Lang: "fr", Page: 1, Pages: 1},
		"code":       {Text: "Code de votre groupe?", Input: flows.InputPIN, Lang: "fr", Page: 1, Pages: 1},
		"end":        {Text: "C'est note.\nMerci.", Lang: "fr", Page: 1, Pages: 1},
		"like a tag": {Text: "END CON {{text}} $1 %s", Input: flows.InputKey, Lang: "fr", Page: 1, Pages: 1},
		"letters":    {Text: "ߒߞߏ ɛɔɲŋ é", Input: flows.InputKey, Lang: "bm", Page: 1, Pages: 1},
	}
}

func (u USSD) checkEncode() (problems []string) {
	for name, s := range screens() {
		before := s
		r := u.Provider.EncodeUSSD(&s)
		if !reflect.DeepEqual(before, s) {
			problems = append(problems, fmt.Sprintf("%s: encoding changed the screen", name))
		}
		if r.Status != 200 || r.ContentType == "" || len(r.Body) == 0 || !utf8.Valid(r.Body) {
			problems = append(problems, fmt.Sprintf("%s: status %d, type %q, body %q", name, r.Status, r.ContentType, r.Body))
			continue
		}
		text, end, err := u.Shown(r)
		switch {
		case err != nil:
			problems = append(problems, fmt.Sprintf("%s: the network cannot read it: %v", name, err))
		case text != s.String():
			problems = append(problems, fmt.Sprintf("%s: shown as %q, want %q", name, text, s.String()))
		case end != s.End():
			problems = append(problems, fmt.Sprintf("%s: end is %v", name, end))
		}
	}
	return problems
}

func (u USSD) checkProfile() (problems []string) {
	p := u.Provider.Profile()
	if p.Name == "" || p.GSM7 <= 0 {
		problems = append(problems, fmt.Sprintf("%+v shows nothing", p))
	}
	if p.Concatenated {
		problems = append(problems, p.Name+" sends parts, and a USSD screen has none")
	}
	return problems
}
