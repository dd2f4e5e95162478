package consultation

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Every source and action the manifest declares for this subject is bound, and nothing else is.
func TestBindingIsTheManifests(t *testing.T) {
	b := newBench(t)
	declared := func(names []string) []string {
		return slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, "consultation.") })
	}
	if got, want := slices.Sorted(maps.Keys(b.binding.Sources)), declared(b.manifest.SourceNames()); !slices.Equal(got, want) {
		t.Errorf("sources %v, declared %v", got, want)
	}
	if got, want := slices.Sorted(maps.Keys(b.binding.Actions)), declared(b.manifest.ActionNames()); !slices.Equal(got, want) {
		t.Errorf("actions %v, declared %v", got, want)
	}
}
