package library

import (
	"testing"

	"baro/flows/compile"
	"baro/locales"
)

func TestShippedFlowsCompile(t *testing.T) {
	cat, problems := locales.Load(locales.Messages(), locales.Review(), locales.Options{Languages: []string{"fr", "en"}, Default: "fr"})
	for _, p := range problems {
		t.Log(p)
	}
	program, found := compile.Program(Files(), ManifestFile, compile.Options{Catalogue: cat})
	for _, p := range found {
		t.Error(p)
	}
	if t.Failed() {
		return
	}
	for _, f := range compile.Measure(program, nil) {
		t.Log(f)
	}
}
