package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"

	"baro/flows"
	"baro/locales"
	"baro/locales/charset"
)

// compilerVersion changes the hash of every program when compiled programs change their meaning.
const compilerVersion = "1"

// Options say against what a program is proved.
type Options struct {
	Catalogue *locales.Catalogue
	Profiles  []charset.Profile // channel profiles in use; the built-in "ussd" when empty
}

// Program compiles all *.yaml files of a folder except the manifest. The program is usable when there are no errors
// among the problems.
func Program(files fs.FS, manifestFile string, opts Options) (*flows.Program, Problems) {
	if len(opts.Profiles) == 0 {
		strict, _ := charset.FindProfile("ussd")
		opts.Profiles = []charset.Profile{strict}
	}
	c := &compiler{opts: opts, program: &flows.Program{Catalogue: opts.Catalogue}, flows: map[string]int{}}
	digest := sha256.New()
	fmt.Fprintln(digest, compilerVersion, opts.Catalogue.Hash())
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		c.problems.add(".", 1, "%v", err)
	}
	sort.Strings(names)
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			c.problems.add(name, 1, "%v", err)
			continue
		}
		fmt.Fprintln(digest, name, len(data))
		digest.Write(data)
		if path.Base(name) == manifestFile {
			m, problems := Manifest(name, data)
			c.program.Manifest = m
			c.problems = append(c.problems, problems...)
			continue
		}
		r := reader{file: name, problems: &c.problems}
		if f := r.flow(data); f != nil {
			c.take(f)
		}
	}
	c.program.Hash = hex.EncodeToString(digest.Sum(nil))
	if c.program.Manifest == nil {
		c.problems.add(manifestFile, 1, "the manifest is missing")
		return c.program, c.problems
	}
	if c.program.Manifest.Empty() {
		if c.problems.Errors() == 0 {
			c.problems.add(manifestFile, 1, "the manifest declares nothing")
		}
		c.problems.sort()
		return c.program, c.problems // without it every line of every flow would be reported
	}
	c.compile()
	c.problems.sort()
	return c.program, c.problems
}

type compiler struct {
	opts     Options
	program  *flows.Program
	raw      []*rawFlow
	flows    map[string]int
	problems Problems
}

func (c *compiler) take(f *rawFlow) {
	if at, ok := c.flows[f.name]; ok {
		c.problems.add(f.file, f.line, "flow %s exists already in %s", f.name, c.raw[at].file)
		return
	}
	c.flows[f.name] = len(c.raw)
	c.raw = append(c.raw, f)
}

func (c *compiler) compile() {
	c.program.Root = -1
	c.program.Flows = make([]flows.Flow, len(c.raw))
	c.nav()
	for i, f := range c.raw {
		if f.root {
			if c.program.Root >= 0 {
				c.problems.add(f.file, f.line, "a second root flow beside %s", c.raw[c.program.Root].name)
			}
			c.program.Root = i
		}
	}
	if c.program.Root < 0 {
		c.problems.add(".", 1, "no flow is the root")
		c.program.Root = 0
	}
	for i := range c.raw {
		r := resolver{compiler: c, raw: c.raw[i]}
		c.program.Flows[i] = r.flow()
	}
	if len(c.raw) == 0 {
		return
	}
	c.checkPaths()
	c.checkSensitive()
	c.checkTexts()
	if c.problems.Errors() == 0 {
		c.checkFit()
	}
}

// nav resolves the messages every flow shares.
func (c *compiler) nav() {
	n := &c.program.Nav
	for name, id := range map[string]*locales.ID{
		"nav.back": &n.Back, "nav.more": &n.More, "nav.end": &n.End, "nav.callback": &n.Callback,
		"nav.invalid": &n.Invalid, "nav.number_wanted": &n.NumberWanted, "nav.number_range": &n.NumberRange,
		"nav.too_long": &n.TooLong, "nav.too_short": &n.TooShort, "nav.unreadable": &n.Unreadable,
		"nav.dial_instead": &n.DialInstead,
		"fault.later":      &n.FaultLater, "fault.busy": &n.FaultBusy, "fault.request": &n.FaultRequest,
		"fault.ended": &n.FaultEnded,
	} {
		got, ok := c.opts.Catalogue.ID(name)
		if !ok {
			c.problems.add("messages", 1, "message %s is missing", name)
		}
		*id = got
	}
}
