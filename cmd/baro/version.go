package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
)

// version is set by the build: -ldflags "-X main.version=…".
var version = ""

type versionCommand struct {
	JSON bool `help:"As JSON."`
}

// Run prints what this program is.
func (v *versionCommand) Run(p Process) error {
	out := struct {
		Version string `json:"version"`
		Commit  string `json:"commit,omitempty"`
		Go      string `json:"go"`
		Target  string `json:"target"`
	}{Version: version, Go: runtime.Version(), Target: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		if out.Version == "" && info.Main.Version != "(devel)" {
			out.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				out.Commit = s.Value
			}
		}
	}
	if out.Version == "" {
		out.Version = "devel"
	}
	if v.JSON {
		return json.NewEncoder(p.Stdout).Encode(out)
	}
	_, err := fmt.Fprintln(p.Stdout, "baro", out.Version, out.Commit, out.Go, out.Target)
	return err
}
