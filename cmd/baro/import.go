package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"baro/gateway/exchange"
	"baro/gateway/exchange/report"
	"baro/store"
)

type importCommand struct {
	Kind    string            `arg:"" help:"What the file holds: places, budget, services, opportunities, practices, contacts." enum:"places,budget,services,opportunities,practices,contacts"`
	File    string            `arg:"" help:"CSV or XLSX file." type:"existingfile"`
	Commune string            `help:"Commune by number or p-code, where the file does not name it (all but places)."`
	Edition string            `help:"Edition of the map (places)."`
	Year    int               `help:"Year, where the file does not say it (budget)."`
	Stage   string            `help:"Stage, where the file does not say it: budget_primitif, budget_additionnel, compte_administratif."`
	Unit    int64             `help:"FCFA of one unit in the file: 1, 1000 or 1000000 (budget)." default:"1"`
	Map     map[string]string `help:"Names of the file's columns: --map ours=theirs." mapsep:"none"`
	Use     bool              `help:"Let people reach the communes of this edition (places)."`
	Publish bool              `help:"Publish at once (budget, opportunities, practices)."`
	Source  string            `help:"Who keeps the list (services)."`
	From    string            `help:"The system that wrote the file (contacts): rapidpro." enum:",rapidpro" default:""`
	// Of whom nothing is named here gets no consent.
	ConsentSource string `help:"The sheet on which everybody in the file agreed to notices (contacts). Without it nobody gets a consent." placeholder:"SHEET"`
	DryRun        bool   `help:"Only report; this is what happens without --commit."`
	Commit        bool   `help:"Write the accepted rows, in one transaction."`
	JSON          bool   `help:"The report as JSON."`
}

// Run plans the import, reports it, and writes it when asked to.
func (i *importCommand) Run(ctx context.Context, p Process, c *commands) error {
	if i.Commit && i.DryRun {
		return usageError{fmt.Errorf("--commit and --dry-run contradict each other")}
	}
	if (i.Kind == string(exchange.Contacts)) != (i.From != "") {
		return usageError{fmt.Errorf("contacts come with --from rapidpro, other kinds without")}
	}
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	file, err := os.Open(i.File)
	if err != nil {
		return err
	}
	defer file.Close()
	deps := exchange.Deps{
		Tx: db, Places: db.Places(), Budgets: db.Budgets(), Works: db.Works(), Services: db.Services(), Now: time.Now,
		Opportunities: db.Opportunities(), Practices: db.Practices(),
	}
	if i.Kind == string(exchange.Contacts) {
		if err := withContacts(ctx, p, c, db, &deps); err != nil {
			return err
		}
	}
	importer := exchange.New(deps)
	act := store.Act{Actor: "command line", Reason: "import " + i.Kind}
	rep, commit, err := importer.Plan(ctx, exchange.Kind(i.Kind), file, exchange.Options{
		File: i.File, Map: i.Map, Commune: i.Commune, Edition: i.Edition, Year: i.Year, Stage: store.BudgetStage(i.Stage),
		Unit: i.Unit, Publish: i.Publish, Source: i.Source, ConsentSource: i.ConsentSource, Act: act,
	})
	if err != nil {
		return err
	}
	if i.JSON {
		if err := json.NewEncoder(p.Stdout).Encode(rep); err != nil {
			return err
		}
	} else {
		printReport(p.Stdout, rep)
	}
	if i.Commit && commit != nil {
		if err := commit(ctx); err != nil {
			return err
		}
		if i.Use && i.Kind == string(exchange.Places) {
			if err := db.Places().SetInUse(ctx, i.Edition, true, act); err != nil {
				return err
			}
		}
		say(p.Stdout, i.JSON, "Written: %d new, %d changed.\n", rep.Counts.New, rep.Counts.Changed)
	} else if commit != nil {
		say(p.Stdout, i.JSON, "Nothing was written; --commit writes the accepted rows.\n")
	}
	if !rep.Clean() {
		return errFound
	}
	return nil
}

func say(w io.Writer, quiet bool, format string, args ...any) {
	if !quiet {
		fmt.Fprintf(w, format, args...)
	}
}

func printReport(w io.Writer, r *report.Report) {
	f := r.Format
	fmt.Fprintf(w, "%s: %s, %s", r.File, f.Kind, f.Encoding)
	if f.Separator != "" {
		fmt.Fprintf(w, ", separator %q", f.Separator)
	}
	fmt.Fprintf(w, ", header on line %d, layout %s\n", f.Header, f.Layout)
	for _, k := range slices.Sorted(maps.Keys(r.Facts)) {
		fmt.Fprintf(w, "  %s: %s\n", k, r.Facts[k])
	}
	if r.Rejected != nil {
		fmt.Fprintf(w, "Refused as a whole: %s\n", r.Rejected.French)
	} else {
		c := r.Counts
		fmt.Fprintf(w, "%d rows read, %d accepted, %d refused, %d totals checked; %d new, %d changed, %d unchanged\n",
			c.Read, c.Accepted, c.Refused, c.Totals, c.New, c.Changed, c.Unchanged)
	}
	for _, x := range r.Refused {
		fmt.Fprintf(w, "  line %d, %s %q: %s\n", x.Line, x.Column, x.Value, x.French)
	}
	if r.NotListed > 0 {
		fmt.Fprintf(w, "  and %d more\n", r.NotListed)
	}
	for _, x := range r.Warnings {
		fmt.Fprintf(w, "  warning, line %d, %s %q, %d times: %s\n", x.Line, x.Column, x.Value, x.Times, x.French)
	}
}
