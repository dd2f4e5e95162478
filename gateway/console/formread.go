package console

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
)

// The frame's own fields of a form.
const (
	fieldProof = "_csrf"
	fieldForm  = "_form"
	fieldDraft = "_draft"
)

// Bounds of a form. Longer bodies are refused by the server.
const (
	maxParts = 500
	maxField = 64 << 10
)

// readForm reads what was sent and takes the frame's own fields out of it.
func (c *Console) readForm(r *Request) error {
	kind, params, err := mime.ParseMediaType(r.in.Header("Content-Type"))
	switch {
	case err != nil && len(r.in.Body) == 0:
		r.Form = url.Values{}
	case kind == "application/x-www-form-urlencoded":
		if strings.Count(string(r.in.Body), "&") >= maxParts {
			return errForm
		}
		if r.Form, err = url.ParseQuery(string(r.in.Body)); err != nil {
			return errForm
		}
	case kind == "multipart/form-data":
		if err := r.readParts(params["boundary"]); err != nil {
			return err
		}
	default:
		return errForm
	}
	r.proof, r.draft, r.drop = r.Form.Get(fieldProof), r.Form.Get(fieldForm), r.Form.Get(fieldDraft) == "drop"
	if r.proof == "" {
		r.proof = r.in.Header("X-CSRF-Token")
	}
	for _, own := range []string{fieldProof, fieldForm, fieldDraft} {
		r.Form.Del(own)
	}
	return nil
}

// readParts reads a form with files.
func (r *Request) readParts(boundary string) error {
	r.Form, r.files = url.Values{}, map[string]Upload{}
	reader := multipart.NewReader(bytes.NewReader(r.in.Body), boundary)
	for range maxParts {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errForm
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return errForm
		}
		switch {
		case part.FileName() != "":
			r.files[part.FormName()] = Upload{Name: part.FileName(), Content: content}
		case len(content) > maxField:
			return errForm
		case part.Header.Get("Content-Type") == "" || strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain"):
			r.Form.Add(part.FormName(), string(content))
		}
	}
	return errForm
}
