package rapidpro

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"baro/gateway/channel"
	"baro/gateway/channel/wire"
)

// maxFields bounds the fields of a body that are looked at.
const maxFields = 64

// read takes a request's fields from its body, a form, JSON or multipart, and from its query. The body's count.
func read(r *channel.Request) (wire.Form, error) {
	_, query, _ := strings.Cut(r.URI, "?")
	f, ok := wire.ParseForm(query)
	if !ok {
		return nil, wire.Invalid("query")
	}
	if len(r.Body) == 0 {
		return f, nil
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	for name, value := range body {
		f[name] = value
	}
	return f, nil
}

func readBody(r *channel.Request) (wire.Form, error) {
	kind, params, _ := mime.ParseMediaType(r.Header("Content-Type"))
	switch {
	case kind == "multipart/form-data":
		return readParts(r.Body, params["boundary"])
	case strings.HasSuffix(kind, "json"):
		return readJSON(r.Body)
	}
	f, ok := wire.ParseForm(string(r.Body))
	if !ok {
		return nil, wire.Invalid("body")
	}
	return f, nil
}

// readJSON takes the words and numbers of an object; what lies deeper is none of the contract's.
func readJSON(body []byte) (wire.Form, error) {
	text, ok := wire.Text(string(body))
	var all map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if !ok || dec.Decode(&all) != nil || all == nil {
		return nil, wire.Invalid("body")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, wire.Invalid("body")
	}
	f := make(wire.Form, len(all))
	for name, value := range all {
		switch v := value.(type) {
		case string:
			f[name] = v
		case json.Number:
			f[name] = v.String()
		}
	}
	return f, nil
}

func readParts(body []byte, boundary string) (wire.Form, error) {
	f := wire.Form{}
	if boundary == "" {
		return nil, wire.Invalid("body")
	}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxFields {
		part, err := parts.NextPart()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return nil, wire.Invalid("body")
		}
		raw, err := io.ReadAll(part)
		value, ok := wire.Text(string(raw))
		if err != nil || !ok {
			return nil, wire.Invalid("body")
		}
		if _, repeated := f[part.FormName()]; !repeated && part.FileName() == "" {
			f[part.FormName()] = value
		}
	}
	return f, nil
}

// first is the first of the names that has a value.
func first(f wire.Form, names ...string) string {
	for _, name := range names {
		if value := f[name]; name != "" && value != "" {
			return value
		}
	}
	return ""
}
