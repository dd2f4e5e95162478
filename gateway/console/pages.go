package console

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"text/template/parse"

	"baro/store"
)

// pages holds every page by language and by "room/name", ready to be drawn.
type pages map[string]map[string]*template.Template

// view is what a page sees: the frame's part, and its room's in D.
type view struct {
	Locale, Path string
	Proof        string // that forms carry
	Who, Login   string // "" when nobody is signed in
	Commune      store.Place
	Links        []navLink
	Communes     []navLink // to go to another commune
	Said         string
	D            any
}

// parsePages reads the pages of all rooms and checks that each has a title, that each text it names exists, and that every
// part it calls for does.
func (c *Console) parsePages(frame fs.FS) (pages, error) {
	all := pages{}
	var faults []error
	for _, locale := range consoleLocales() {
		all[locale] = map[string]*template.Template{}
		base, err := template.New("").Option("missingkey=error").Funcs(c.functions(locale)).ParseFS(frame, "layout.html", "parts.html")
		if err != nil {
			return nil, fmt.Errorf("parse the frame: %w", err)
		}
		for _, room := range c.rooms {
			if room.Files == nil {
				continue
			}
			files, err := fs.Glob(room.Files, "pages/*.html")
			if err != nil {
				return nil, err
			}
			for _, file := range files {
				name := room.Name + "/" + strings.TrimSuffix(path.Base(file), ".html")
				t, err := parsePage(base, room.Files, file)
				if err != nil {
					return nil, fmt.Errorf("page %s: %w", name, err)
				}
				faults = append(faults, c.checkPage(name, t)...)
				all[locale][name] = t
			}
		}
	}
	return all, errors.Join(faults...)
}

func parsePage(base *template.Template, files fs.FS, file string) (*template.Template, error) {
	t, err := base.Clone()
	if err != nil {
		return nil, err
	}
	if t, err = t.ParseFS(files, file); err != nil {
		return nil, err
	}
	for _, part := range []string{"title", "main"} {
		if t.Lookup(part) == nil {
			return nil, fmt.Errorf("does not define %q", part)
		}
	}
	// Escaping is worked out at the first drawing: better now than when somebody comes. What comes out does not matter.
	var bad *template.Error
	if err := t.ExecuteTemplate(io.Discard, "layout", nil); errors.As(err, &bad) {
		return nil, bad
	}
	return t, nil
}

// checkPage walks through a page and looks up the texts it names.
func (c *Console) checkPage(name string, t *template.Template) (faults []error) {
	for _, part := range t.Templates() {
		if part.Tree == nil {
			continue
		}
		walk(part.Tree.Root, func(n parse.Node) {
			s, ok := n.(*parse.StringNode)
			if ok && textID.MatchString(s.Text) && c.ownsText(s.Text) && !c.texts.has(s.Text) && !c.texts.has(s.Text+".one") {
				faults = append(faults, fmt.Errorf("page %s: there is no text %s", name, s.Text))
			}
		})
	}
	return faults
}

// ownsText tells whether a word with dots is meant as a text: it begins with a room's name.
func (c *Console) ownsText(id string) bool {
	first, _, _ := strings.Cut(id, ".")
	for _, room := range c.rooms {
		if room.Name == first {
			return true
		}
	}
	return false
}

// walk visits a node and everything below it.
func walk(n parse.Node, visit func(parse.Node)) {
	if n == nil {
		return
	}
	visit(n)
	pipe := func(p *parse.PipeNode) {
		if p == nil {
			return
		}
		for _, cmd := range p.Cmds {
			for _, arg := range cmd.Args {
				walk(arg, visit)
			}
		}
	}
	branch := func(b *parse.BranchNode) {
		pipe(b.Pipe)
		walkList(b.List, visit)
		walkList(b.ElseList, visit)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		walkList(n, visit)
	case *parse.ActionNode:
		pipe(n.Pipe)
	case *parse.PipeNode:
		pipe(n)
	case *parse.ChainNode:
		walk(n.Node, visit)
	case *parse.TemplateNode:
		pipe(n.Pipe)
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	}
}

func walkList(l *parse.ListNode, visit func(parse.Node)) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		walk(n, visit)
	}
}

// draw writes a page.
func (c *Console) draw(ctx context.Context, w io.Writer, r *Request, a Answer) error {
	t := c.pages[r.Locale][a.page]
	if t == nil {
		return errors.New("there is no such page")
	}
	v := view{Locale: r.Locale, Path: r.in.Path, Commune: r.Commune, D: a.data}
	var err error
	if v.Proof, err = mask(formKey(r.token)); err != nil {
		return err
	}
	if r.Who != nil {
		v.Login = r.Who.Account.Login
	}
	if r.Who != nil && r.Who.Session.Stage == store.StageFull {
		v.Who = r.Who.Account.Name
		if v.Links, v.Communes, err = c.navigation(ctx, r); err != nil {
			return err
		}
	}
	if r.said != nil {
		args := make([]any, len(r.said.Args))
		for i, word := range r.said.Args {
			args[i] = word
		}
		v.Said = c.texts.text(r.Locale, r.said.ID, args...)
	}
	return t.ExecuteTemplate(w, "layout", v)
}
