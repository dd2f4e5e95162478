package httpgw

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
)

// Bounds of documents.
const (
	maxDepth = 16
	maxNodes = 1024
)

// A document is a request's fields, however they came: the one value, or what lies below names. Names repeat in XML and in
// lists, and their order is kept.
type document struct {
	value    string
	children []child
}

type child struct {
	name string
	document
}

// parse reads a request as form, json, xml or query. A form that came by GET stands in the query.
func parse(body string, r *channel.Request) (document, error) {
	_, query, _ := strings.Cut(r.URI, "?")
	switch {
	case body == "query" || body == "form" && r.Method == "GET":
		return parseForm(query)
	case body == "form":
		return parseForm(string(r.Body))
	}
	text, ok := wire.Text(string(r.Body))
	if !ok {
		return document{}, wire.Invalid("body")
	}
	if body == "xml" {
		return parseXML(text)
	}
	return parseJSON(text)
}

func parseForm(raw string) (d document, err error) {
	f, ok := wire.ParseForm(raw)
	if !ok {
		return d, wire.Invalid("form")
	}
	for name, value := range f {
		d.children = append(d.children, child{name, document{value: value}})
	}
	return d, nil
}

func parseJSON(text string) (document, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	nodes := 0
	var value func(depth int, t json.Token) (document, error)
	value = func(depth int, t json.Token) (d document, err error) {
		if nodes++; nodes > maxNodes || depth > maxDepth {
			return d, errors.New("too much of it")
		}
		switch v := t.(type) {
		case json.Delim:
			for i := 0; dec.More(); i++ {
				name := fmt.Sprint(i)
				if v == '{' {
					key, err := dec.Token()
					if err != nil {
						return d, err
					}
					name = key.(string)
				}
				next, err := dec.Token()
				if err != nil {
					return d, err
				}
				below, err := value(depth+1, next)
				if err != nil {
					return d, err
				}
				d.children = append(d.children, child{name, below})
			}
			_, err = dec.Token()
			return d, err
		case string:
			d.value = v
		case nil:
		default:
			d.value = fmt.Sprint(v)
		}
		return d, nil
	}
	t, err := dec.Token()
	if err != nil || t != json.Delim('{') {
		return document{}, wire.Invalid("body")
	}
	d, err := value(0, t)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			return d, nil
		}
	}
	return document{}, wire.Invalid("body")
}

// parseXML takes elements and attributes. Documents with a DTD are refused: entities are how a small one becomes a large one.
func parseXML(text string) (document, error) {
	dec := xml.NewDecoder(bytes.NewReader([]byte(text)))
	dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now, whatever it says
	nodes := 0
	var element func(depth int) (document, error)
	element = func(depth int) (d document, err error) {
		var words strings.Builder
		for {
			t, err := dec.Token()
			if errors.Is(err, io.EOF) && depth == 0 {
				return d, nil
			}
			if err != nil {
				return d, err
			}
			if nodes++; nodes > maxNodes || depth > maxDepth {
				return d, errors.New("too much of it")
			}
			switch t := t.(type) {
			case xml.Directive:
				return d, errors.New("a DTD")
			case xml.CharData:
				words.Write(t)
			case xml.EndElement:
				d.value = strings.TrimSpace(words.String())
				return d, nil
			case xml.StartElement:
				below, err := element(depth + 1)
				if err != nil {
					return d, err
				}
				for _, a := range t.Attr {
					below.children = append(below.children, child{a.Name.Local, document{value: a.Value}})
				}
				d.children = append(d.children, child{t.Name.Local, below})
			}
		}
	}
	d, err := element(0)
	if err != nil || len(d.children) != 1 {
		return document{}, wire.Invalid("body")
	}
	return d, nil
}

// find follows a path: names with dots between them, compared exactly and then without case. "param[id=5]" is the param
// whose id is 5, for lists of names and values.
func (d document) find(path string) (string, bool) {
	at := d
	for path != "" {
		var step string
		step, path = cutStep(path)
		next, ok := at.step(step)
		if !ok {
			return "", false
		}
		at = next
	}
	return at.value, true
}

// list gives the items at a path: those of a list in JSON, elements of the same name in XML.
func (d document) list(path string) []document {
	at, last := d, path
	for {
		step, rest := cutStep(last)
		if rest == "" {
			break
		}
		next, ok := at.step(step)
		if !ok {
			return nil
		}
		at, last = next, rest
	}
	found := at.named(last)
	if len(found) != 1 || len(found[0].children) > 0 && found[0].children[0].name != "0" {
		return found
	}
	var out []document
	for _, c := range found[0].children {
		out = append(out, c.document)
	}
	return out
}

func cutStep(path string) (step, rest string) {
	if i := strings.IndexByte(path, '['); i >= 0 && i < strings.IndexByte(path+".", '.') {
		if j := strings.IndexByte(path, ']'); j > i {
			return path[:j+1], strings.TrimPrefix(path[j+1:], ".")
		}
	}
	step, rest, _ = strings.Cut(path, ".")
	return step, rest
}

func (d document) step(step string) (document, bool) {
	name, selector, _ := strings.Cut(strings.TrimSuffix(step, "]"), "[")
	key, want, selects := strings.Cut(selector, "=")
	candidates := d.named(name)
	if selects && len(candidates) == 1 && len(candidates[0].children) > 0 && candidates[0].children[0].name == "0" { // a list of JSON
		list := candidates[0]
		candidates = nil
		for _, item := range list.children {
			candidates = append(candidates, item.document)
		}
	}
	for _, c := range candidates {
		if !selects {
			return c, true
		}
		if got, ok := c.find(key); ok && strings.EqualFold(got, want) {
			return c, true
		}
	}
	return document{}, false
}

func (d document) named(name string) (out []document) {
	for _, same := range []func(string) bool{
		func(s string) bool { return s == name }, func(s string) bool { return strings.EqualFold(s, name) },
	} {
		for _, c := range d.children {
			if same(c.name) {
				out = append(out, c.document)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
