package consultation

import "testing"

// Every source and action the manifest declares for this subject is bound, and nothing else is.
func TestBindingIsTheManifests(t *testing.T) {
	newBench(t).BoundAsDeclared("consultation")
}
