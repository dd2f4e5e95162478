package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"baro/config"
	"baro/gateway/civic/poster"
	"baro/store"
)

type exportCommand struct {
	Poster exportPosterCommand `cmd:"" help:"A sheet for the wall, a text for the radio or for the crier, of one thing a commune tells."`
}

type exportPosterCommand struct {
	Kind    string `arg:"" help:"What it is about: budget, work, consultation, meeting, offer, practice." enum:"budget,work,consultation,meeting,offer,practice"`
	Number  int    `arg:"" help:"Its number as it is dialled; the year of a budget."`
	Commune string `help:"The commune by number or p-code." required:""`
	Lang    string `help:"fr or en." default:"fr" enum:"fr,en"`
	Form    string `help:"How it is told: poster, radio, crier." default:"poster" enum:"poster,radio,crier"`
	Output  string `help:"The file to write: .html is a page to print, anything else plain text; standard output when absent." short:"o" placeholder:"FILE"`
}

// Run writes one sheet.
func (e *exportPosterCommand) Run(ctx context.Context, p Process, c *commands) error {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	n, err := openTool(ctx, conf)
	if err != nil {
		return err
	}
	defer n.close()
	commune, err := n.subjects.bound(ctx, e.Commune)
	if err != nil {
		return err
	}
	sheet, err := n.posters().Make(ctx, commune, poster.Kind(e.Kind), e.Number, e.Lang)
	if store.CodeOf(err) == store.CodeNotFound {
		return fmt.Errorf("there is no %s %d that residents of %s may read", e.Kind, e.Number, e.Commune)
	}
	if err != nil {
		return err
	}
	out := []byte(sheet.Text(poster.Form(e.Form)))
	if strings.HasSuffix(e.Output, ".html") {
		page, err := poster.NewPage()
		if err != nil {
			return err
		}
		if out, err = page.Render(sheet, poster.Form(e.Form)); err != nil {
			return err
		}
	}
	if e.Output == "" || e.Output == "-" {
		_, err = p.Stdout.Write(out)
		return err
	}
	return os.WriteFile(e.Output, out, 0o644)
}

// posters put what communes tell into words that leave the phone.
func (n *node) posters() *poster.Service {
	db, s := n.db, n.subjects
	return poster.New(poster.Deps{
		Communes: s.place, Budgets: s.budget, Works: db.Works(), Numbers: db.DialNumbers(), Consultations: s.consultation, Meetings: s.notice,
		Venues: db.Venues(), Organisations: db.Organisations(), Offers: s.economy, Practices: s.learning, Dials: n.dials, Label: n.label,
		Now: n.set.now, Zone: n.set.zone,
	})
}
