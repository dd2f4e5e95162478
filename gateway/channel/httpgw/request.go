package httpgw

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
)

// A request is how what comes in is read.
type request struct {
	methods    []string
	body       string
	fields     map[string][]string
	country    string
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
	r.body = s.oneOf("request.body", "form", "form", "json", "xml", "query")
	r.methods = s.list("request.method")
	if len(r.methods) == 0 {
		r.methods = []string{"GET", "POST"}
	}
	for _, m := range r.methods {
		if m != "GET" && m != "POST" {
			s.wrong("request.method", "GET, POST or both are expected")
		}
	}
	r.fields = map[string][]string{}
	for _, name := range s.below("request.fields") {
		specs := s.list("request.fields." + name)
		if !slices.Contains(fieldNames(), name) {
			s.wrong("request.fields."+name, "unknown field, known are %s", strings.Join(fieldNames(), ", "))
		}
		for _, spec := range specs {
			if err := checkSpec(spec); err != nil {
				s.wrong("request.fields."+name, "%v", err)
			}
		}
		r.fields[name] = specs
	}
	for _, needed := range []string{"phone", "input"} {
		if len(r.fields[needed]) == 0 {
			s.wrong("request.fields", "%s is missing", needed)
		}
	}
	r.country = s.text("request.country", "")
	if strings.Trim(r.country, "0123456789") != "" || len(r.country) > 4 {
		s.wrong("request.country", "digits like 223 are expected")
	}
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

// checkSpec reads a field's place: a path, header:NAME, path:-1 or const:VALUE.
func checkSpec(spec string) error {
	kind, rest, marked := strings.Cut(spec, ":")
	switch {
	case spec == "":
		return fmt.Errorf("an empty name")
	case !marked:
		return nil
	case kind == "header" && rest != "", kind == "const":
		return nil
	case kind == "path":
		if n, err := strconv.Atoi(rest); err == nil && n < 0 {
			return nil
		}
	}
	return fmt.Errorf("%q is none of a name, a dotted path, header:NAME, path:-1, const:VALUE", spec)
}

// An incoming is one request taken apart.
type incoming struct {
	doc    document
	raw    *channel.Request
	fields map[string][]string
}

func (r request) read(in *channel.Request) (incoming, error) {
	if !slices.Contains(r.methods, in.Method) {
		return incoming{}, wire.Invalid("method")
	}
	doc, err := parse(r.body, in)
	if err != nil {
		return incoming{}, err
	}
	return incoming{doc, in, r.fields}, nil
}

func (r request) has(field string) bool { return len(r.fields[field]) > 0 }

// get is a field's value; the first place that is there counts.
func (i incoming) get(field string) string {
	for _, spec := range i.fields[field] {
		if value, ok := i.at(spec); ok {
			return value
		}
	}
	return ""
}

func (i incoming) at(spec string) (string, bool) {
	kind, rest, marked := strings.Cut(spec, ":")
	if !marked || i.raw == nil {
		return i.doc.find(spec)
	}
	switch kind {
	case "header":
		value, ok := wire.Text(i.raw.Header(rest))
		return value, ok && value != ""
	case "const":
		return rest, true
	case "path":
		parts := strings.Split(strings.Trim(i.raw.Path, "/"), "/")
		n, _ := strconv.Atoi(rest)
		if len(parts)+n >= 0 {
			value, ok := wire.Text(parts[len(parts)+n])
			return value, ok
		}
	}
	return "", false
}

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

// number reads a phone number; a national one gets its country's prefix.
func (r request) number(raw string) (identity.MSISDN, error) {
	digits := strings.TrimSpace(raw)
	if r.country != "" && strings.Trim(digits, "0123456789") == "" && len(digits) <= 10 && !strings.HasPrefix(digits, "00") {
		return identity.Parse("+" + r.country + strings.TrimPrefix(digits, "0"))
	}
	return identity.Parse(raw)
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
