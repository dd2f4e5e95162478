package httpgw

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"baro/gateway/channel"
)

// A request is how a step of a dialogue is read.
type request struct {
	reading
	shape      channel.Shape
	separator  string
	stripCode  bool
	begin, off rule
	beginInput string
	cancel     []*regexp.Regexp
	trim       string
	inputLimit int
}

// A rule says when a field means something.
type rule struct {
	field   string
	equals  []string // without regard to case
	present bool     // any value at all
	empty   bool     // the input is empty
	code    bool     // the input is the dialled code
}

// fieldNames are the names that fields have here, whatever they are called on the wire.
func fieldNames() []string {
	return []string{"session", "phone", "code", "input", "type", "sequence", "network", "language"}
}

func compileRequest(s *settings) (r request) {
	r.reading = compileReading(s, "request", fieldNames(), "phone", "input")
	if s.oneOf("shape", "last", "last", "history") == "history" {
		r.shape = channel.Accumulating
	} else {
		r.shape = channel.LastInput
	}
	r.separator = s.text("history.separator", "*")
	if r.separator == "" {
		s.wrong("history.separator", "at least one character is expected")
	}
	r.stripCode = s.onOff("history.strip_code")
	r.begin = compileRule(s, "begin", r.fields)
	if r.shape == channel.LastInput && !r.begin.set() && !s.onOff("begin.unknown_session") {
		s.wrong("begin", "one of field with equals, empty_input, code_input, unknown_session is needed where only the last input comes")
	}
	s.used["begin.unknown_session"] = true
	r.beginInput = s.oneOf("begin_input", "ignore", "code", "code_tail", "shortcut", "ignore")
	r.off = compileRule(s, "end", r.fields)
	for _, pattern := range s.list("cancel") {
		compiled, err := regexp.Compile(pattern)
		if err != nil {
			s.wrong("cancel", "%q is no pattern", pattern)
			continue
		}
		r.cancel = append(r.cancel, compiled)
	}
	r.trim = s.text("trim", "")
	limit, err := strconv.Atoi(s.text("limits.input", "0"))
	if err != nil || limit < 0 {
		s.wrong("limits.input", "a number of characters is expected")
	}
	r.inputLimit = limit
	return r
}

func compileRule(s *settings, key string, fields map[string][]string) (r rule) {
	r.field, r.equals = s.text(key+".field", ""), s.list(key+".equals")
	r.present = s.onOff(key + ".present")
	if key == "begin" {
		r.empty, r.code = s.onOff(key+".empty_input"), s.onOff(key+".code_input")
	}
	switch {
	case r.field == "" && (len(r.equals) > 0 || r.present):
		s.wrong(key, "field is missing")
	case r.field != "" && len(r.equals) == 0 && !r.present:
		s.wrong(key, "equals or present is missing")
	case r.field != "" && fields[r.field] == nil:
		if err := checkSpec(r.field); err != nil || slices.Contains(fieldNames(), r.field) {
			s.wrong(key+".field", "there is no field %s under request.fields", r.field)
		}
	}
	return r
}

func (r rule) set() bool { return r.field != "" || r.empty || r.code }

func (r rule) holds(i incoming) bool {
	if r.field == "" {
		return false
	}
	specs := i.fields[r.field]
	if specs == nil {
		specs = []string{r.field}
	}
	for _, spec := range specs {
		if value, ok := i.at(spec); ok {
			value = strings.TrimSpace(value)
			return r.present || slices.ContainsFunc(r.equals, func(want string) bool { return strings.EqualFold(want, value) })
		}
	}
	return false
}

// over reports whether a request tells an end: by its type, or by a text that the network writes in place of an input.
func (r request) over(i incoming) bool {
	if r.off.holds(i) {
		return true
	}
	input := i.get("input")
	return slices.ContainsFunc(r.cancel, func(p *regexp.Regexp) bool { return p.MatchString(input) })
}

func (r request) begins(i incoming, input, code string) bool {
	switch {
	case r.begin.empty && strings.TrimSpace(input) == "":
		return true
	case r.begin.code && i.get("input") != "":
		return dialled(input, i.get("code")) || dialled(input, code)
	}
	return r.begin.holds(i)
}

// cut takes the characters off that a gateway adds at the ends of what was typed.
func (r request) cut(text string) string {
	if r.trim == "" {
		return text
	}
	return strings.Trim(text, r.trim)
}

// history is what was typed since the dialogue began, joined by "*".
func (r request) history(text string, codes ...string) string {
	if r.separator != "*" {
		text = strings.ReplaceAll(text, r.separator, "*")
	}
	if !r.stripCode {
		return text
	}
	text = strings.TrimSuffix(text, "#")
	for _, code := range codes {
		if rest, ok := beyond(strings.TrimPrefix(text, "*"), code); ok {
			return rest
		}
	}
	return text
}

// firstInput is what of the first request walks the menus.
func (r request) firstInput(text string, codes ...string) string {
	switch r.beginInput {
	case "shortcut":
		return strings.Trim(text, "*#")
	case "code_tail":
		for _, code := range codes {
			if rest, ok := beyond(strings.Trim(text, "*#"), code); ok {
				return rest
			}
		}
	}
	return ""
}

func dialled(text, code string) bool {
	_, ok := beyond(strings.Trim(text, "*# "), code)
	return ok
}

// beyond cuts a service code and its star off a dialled string.
func beyond(text, code string) (string, bool) {
	code = strings.Trim(code, "*# ")
	rest, ok := strings.CutPrefix(text, code)
	if code == "" || !ok || rest != "" && rest[0] != '*' {
		return "", false
	}
	return strings.TrimPrefix(rest, "*"), true
}
