package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"time"

	"baro/config"
	"baro/flows"
	"baro/flows/compile"
	"baro/flows/library"
	"baro/locales"
	"baro/locales/charset"
)

type checkCommand struct {
	Graph bool   `help:"Draw each flow as a Mermaid flowchart."`
	JSON  bool   `help:"As JSON."`
	Flows string `help:"Folder of flows and manifest to check instead of those that ship." type:"existingdir"`
	Texts string `help:"Folder of message files to check instead of those that ship." type:"existingdir"`
}

// A checked program with everything found on the way.
type checked struct {
	Program  *flows.Program
	Problems compile.Problems
	Screens  []compile.Fullness
}

// Run compiles and reports.
func (k *checkCommand) Run(p Process, c *commands) error {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	set := resolve(conf, nil, time.Now)
	result := compileAll(folder(k.Flows, library.Files()), folder(k.Texts, locales.Messages()), locales.Review(), set.texts(), set.profiles())
	switch {
	case k.JSON:
		err = k.printJSON(p.Stdout, result)
	case k.Graph:
		err = printGraphs(p.Stdout, result)
	default:
		printCheck(p.Stdout, result)
	}
	if err != nil {
		return err
	}
	if result.Problems.Errors() > 0 {
		return errFound
	}
	return nil
}

// compileAll loads the texts and compiles the flows against them; problems of both come as one list.
func compileAll(flowFiles, messages fs.FS, review []byte, opts locales.Options, profiles []charset.Profile) checked {
	catalogue, textProblems := locales.Load(messages, review, opts)
	var out checked
	for _, t := range textProblems {
		out.Problems = append(out.Problems, compile.Problem{File: t.File, Line: t.Line, Text: t.Text, Warning: t.Warning})
	}
	program, found := compile.Program(flowFiles, library.ManifestFile, compile.Options{Catalogue: catalogue, Profiles: profiles})
	out.Program = program
	out.Problems = append(out.Problems, found...)
	if out.Problems.Errors() == 0 {
		out.Screens = compile.Measure(program, profiles)
	}
	return out
}

func (k *checkCommand) printJSON(w io.Writer, r checked) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	problems := r.Problems
	if problems == nil {
		problems = compile.Problems{}
	}
	return enc.Encode(struct {
		Errors     int                 `json:"errors"`
		Problems   compile.Problems    `json:"problems"`
		Screens    []compile.Fullness  `json:"screens"`
		Languages  map[string][]string `json:"shown_in"`
		ToDo       map[string][]string `json:"to_be_translated"`
		ProgramRef string              `json:"program"`
	}{r.Problems.Errors(), problems, r.Screens, shownIn(r), untranslated(r), r.Program.Hash})
}

func printGraphs(w io.Writer, r checked) error {
	for i := range r.Program.Flows {
		f := &r.Program.Flows[i]
		fmt.Fprintf(w, "%%%% %s\n", f.Name)
		if err := compile.Graph(w, r.Program, f); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return nil
}

func printCheck(w io.Writer, r checked) {
	for _, p := range r.Problems {
		fmt.Fprintln(w, p)
	}
	if n := r.Problems.Errors(); n > 0 {
		fmt.Fprintf(w, "%d errors\n", n)
		return
	}
	for _, tag := range r.Program.Catalogue.Tags() {
		fmt.Fprintf(w, "\n%s: shown in %v", tag, shownIn(r)[tag])
		if n := len(untranslated(r)[tag]); n > 0 {
			fmt.Fprintf(w, "; %d texts to be translated", n)
		}
		fmt.Fprintln(w)
		for _, s := range fullest(r.Screens, tag, 5) {
			fmt.Fprintf(w, "  %3d/%d %s.%s (%s, %d pages)\n", s.Units, s.Limit, s.Flow, s.Screen, s.Profile, s.Pages)
		}
	}
	fmt.Fprintf(w, "\n%d flows, %d texts, program %.12s: no errors\n", len(r.Program.Flows), len(r.Program.Catalogue.IDs()), r.Program.Hash)
}

// fullest are the screens of a language that leave the least room.
func fullest(all []compile.Fullness, tag string, n int) (out []compile.Fullness) {
	for _, s := range all {
		if s.Language == tag {
			out = append(out, s)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Limit-out[i].Units < out[j].Limit-out[j].Units })
	return out[:min(n, len(out))]
}

// shownIn tells for each language which flows are really shown in it; the others are shown in its fallback.
func shownIn(r checked) map[string][]string {
	out := map[string][]string{}
	for l, tag := range r.Program.Catalogue.Tags() {
		out[tag] = []string{}
		for i := range r.Program.Flows {
			f := &r.Program.Flows[i]
			if lang := locales.Lang(l); f.Messages != nil && f.Shown(lang, charset.UCS2Letters) == lang {
				out[tag] = append(out[tag], f.Name)
			}
		}
	}
	return out
}

// untranslated lists for each language the texts it still lacks.
func untranslated(r checked) map[string][]string {
	out := map[string][]string{}
	for l, tag := range r.Program.Catalogue.Tags() {
		out[tag] = r.Program.Catalogue.Untranslated(locales.Lang(l))
	}
	return out
}
