// Package public has the pages of communes that everybody may read without signing in: the budget in figures and bars, how
// it was voted, its calendar, and what to dial. They are made on the server, need no script, and print well: the same sheet
// hangs at the town hall.
package public

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"time"

	"baro/gateway/civic/budget"
	"baro/gateway/civic/place"
	"baro/gateway/civic/voice"
	"baro/store"
)

//go:embed *.html
var pages embed.FS

//go:embed public.css
var style []byte

// Communes finds communes by the three digits people know.
type Communes interface {
	ByNumber(number string) (place.Commune, bool)
}

// Budgets tells what may be shown of a commune's budget.
type Budgets interface {
	Published(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error)
	Figures(ctx context.Context, d store.BudgetDocument) (*budget.Figures, error)
	WorksIn(ctx context.Context, commune store.PlaceID, document int64) ([]budget.ToldWork, error)
	SeenOf(ctx context.Context, w store.Work) (voice.Totals, bool, error)
	Calendar(ctx context.Context, commune store.PlaceID, year int, now time.Time) ([]budget.Step, error)
}

// Dials tells what to dial.
type Dials interface {
	String(commune store.PlaceID, keys ...int) string
}

// Deps are what the pages are made from.
type Deps struct {
	Communes Communes
	Budgets  Budgets
	Dials    Dials
	Label    func(lang, id string) string // a message of the catalogue without fields
	Now      func() time.Time
	Zone     *time.Location
}

// Pages makes the public pages.
type Pages struct {
	Deps
	commune *template.Template
	missing *template.Template
}

// New prepares the pages.
func New(d Deps) (*Pages, error) {
	all, err := template.New("public").Option("missingkey=error").ParseFS(pages, "*.html")
	if err != nil {
		return nil, fmt.Errorf("parse public pages: %w", err)
	}
	p := &Pages{Deps: d, commune: all.Lookup("commune.html"), missing: all.Lookup("missing.html")}
	if p.commune == nil || p.missing == nil {
		return nil, fmt.Errorf("parse public pages: a page is missing among %s", all.DefinedTemplates())
	}
	return p, nil
}

// Style is the style sheet of the pages, beside the one all pages share.
func Style() []byte { return bytes.Clone(style) }

// Commune writes the page of the commune with a number, in French or English; any other language is French. found is false
// when no commune has the number: the page then says so.
func (p *Pages) Commune(ctx context.Context, number, lang string) (body []byte, found bool, err error) {
	t := textsIn(lang)
	c, ok := p.Communes.ByNumber(number)
	if !ok {
		body, err = render(p.missing, missingView{T: t})
		return body, false, err
	}
	v, err := p.view(ctx, c, t)
	if err != nil {
		return nil, true, fmt.Errorf("public page of a commune: %w", err)
	}
	body, err = render(p.commune, v)
	return body, true, err
}

func render(t *template.Template, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("render %s: %w", t.Name(), err)
	}
	return b.Bytes(), nil
}
