package httpgw

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
	"baro/gateway/identity"
)

// A reading is how requests of one kind are taken apart.
type reading struct {
	methods []string
	body    string
	fields  map[string][]string
	country string
}

// compileReading reads what stands under a key: method, body, fields and country. names are the fields' names here,
// whatever they are called on the wire.
func compileReading(s *settings, at string, names []string, needed ...string) (r reading) {
	r.body = s.oneOf(at+".body", "form", "form", "json", "xml", "query")
	r.methods = s.list(at + ".method")
	if len(r.methods) == 0 {
		r.methods = []string{"GET", "POST"}
	}
	for _, m := range r.methods {
		if m != "GET" && m != "POST" {
			s.wrong(at+".method", "GET, POST or both are expected")
		}
	}
	r.fields = map[string][]string{}
	for _, name := range s.below(at + ".fields") {
		key := at + ".fields." + name
		specs := s.list(key)
		if !slices.Contains(names, name) {
			s.wrong(key, "unknown field, known are %s", strings.Join(names, ", "))
		}
		for _, spec := range specs {
			if err := checkSpec(spec); err != nil {
				s.wrong(key, "%v", err)
			}
		}
		r.fields[name] = specs
	}
	for _, name := range needed {
		if len(r.fields[name]) == 0 {
			s.wrong(at+".fields", "%s is missing", name)
		}
	}
	r.country = s.text(at+".country", "")
	if strings.Trim(r.country, "0123456789") != "" || len(r.country) > 4 {
		s.wrong(at+".country", "digits like 223 are expected")
	}
	return r
}

// number reads a phone number; a national one gets its country's prefix.
func (r reading) number(raw string) (identity.MSISDN, error) {
	digits := strings.TrimSpace(raw)
	if r.country != "" && strings.Trim(digits, "0123456789") == "" && len(digits) <= 10 && !strings.HasPrefix(digits, "00") {
		return identity.Parse("+" + r.country + strings.TrimPrefix(digits, "0"))
	}
	return identity.Parse(raw)
}

// checkSpec reads a field's place: a path, header:NAME, path:-1, query:NAME or const:VALUE.
func checkSpec(spec string) error {
	kind, rest, marked := strings.Cut(spec, ":")
	switch {
	case spec == "":
		return fmt.Errorf("an empty name")
	case !marked:
		return nil
	case (kind == "header" || kind == "query") && rest != "", kind == "const":
		return nil
	case kind == "path":
		if n, err := strconv.Atoi(rest); err == nil && n < 0 {
			return nil
		}
	}
	return fmt.Errorf("%q is none of a name, a dotted path, header:NAME, query:NAME, path:-1, const:VALUE", spec)
}

// An incoming is one request taken apart.
type incoming struct {
	doc    document
	raw    *channel.Request
	fields map[string][]string
}

func (r reading) read(in *channel.Request) (incoming, error) {
	if !slices.Contains(r.methods, in.Method) {
		return incoming{}, wire.Invalid("method")
	}
	doc, err := parse(r.body, in)
	if err != nil {
		return incoming{}, err
	}
	return incoming{doc, in, r.fields}, nil
}

func (r reading) has(field string) bool { return len(r.fields[field]) > 0 }

// get is a field's value, empty where it is nowhere.
func (i incoming) get(field string) string {
	value, _ := i.find(field)
	return value
}

// find gives a field's value; the first place that is there counts.
func (i incoming) find(field string) (string, bool) {
	for _, spec := range i.fields[field] {
		if value, ok := i.at(spec); ok {
			return value, true
		}
	}
	return "", false
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
	case "query":
		_, raw, _ := strings.Cut(i.raw.URI, "?")
		form, ok := wire.ParseForm(raw)
		return form[rest], ok && form[rest] != ""
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

// items are the parts of a request that are judged alone: one, or those of a list.
func (i incoming) items(list string) []incoming {
	if list == "" {
		return []incoming{i}
	}
	var out []incoming
	for _, d := range i.doc.list(list) {
		out = append(out, incoming{d, i.raw, i.fields})
	}
	return out
}
