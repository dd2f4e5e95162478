package library

import "testing"

func TestManifestReads(t *testing.T) {
	m, err := Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.SourceNames()) == 0 || len(m.ActionNames()) == 0 {
		t.Fatal("the manifest declares nothing")
	}
}
