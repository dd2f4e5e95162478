package console

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"baro/store"
)

// functions are what pages can call, in one language.
func (c *Console) functions(locale string) template.FuncMap {
	return template.FuncMap{
		"t":      func(id string, args ...any) string { return c.texts.text(locale, id, args...) },
		"tn":     func(id string, n any, args ...any) (string, error) { return c.counted(locale, id, n, args...) },
		"tf":     func(f *Fault) string { return c.texts.text(locale, f.Text, f.Args...) },
		"when":   func(at time.Time) string { return c.when(locale, at) },
		"day":    func(d store.Date) string { return civil(locale, d) },
		"number": func(n any) (string, error) { i, err := whole(n); return grouped(i), err },
		"fcfa":   func(n any) (string, error) { i, err := whole(n); return grouped(i) + "\u00a0FCFA", err },
		"iso":    func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"field": func(f *Form, name, label string, options ...any) (Field, error) {
			return newField(f, name, label, options...)
		},
		"options": func(words ...string) (out []Option) {
			for i := 0; i+1 < len(words); i += 2 {
				out = append(out, Option{words[i], words[i+1]})
			}
			return out
		},
		"in": InPath,
	}
}

func (c *Console) counted(locale, id string, n any, args ...any) (string, error) {
	i, err := whole(n)
	return c.texts.count(locale, id, i, args...), err
}

// when is a time of day where people are.
func (c *Console) when(locale string, at time.Time) string {
	switch {
	case at.IsZero():
		return "–"
	case locale == "en":
		return at.In(c.Zone).Format("2 Jan 2006, 15:04")
	}
	return at.In(c.Zone).Format("02/01/2006 à 15:04")
}

func civil(locale string, d store.Date) string {
	at, err := time.Parse(time.DateOnly, string(d))
	switch {
	case err != nil:
		return "–"
	case locale == "en":
		return at.Format("2 Jan 2006")
	}
	return at.Format("02/01/2006")
}

func whole(n any) (int64, error) {
	switch n := n.(type) {
	case int:
		return int64(n), nil
	case int64:
		return n, nil
	case *int64:
		if n != nil {
			return *n, nil
		}
		return 0, nil
	}
	return 0, fmt.Errorf("%T is no whole number", n)
}

// grouped writes a number in groups of three with spaces that no line breaks at.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var parts []string
	for len(digits) > 3 {
		parts = append([]string{digits[len(digits)-3:]}, parts...)
		digits = digits[:len(digits)-3]
	}
	return sign + strings.Join(append([]string{digits}, parts...), "\u00a0")
}
