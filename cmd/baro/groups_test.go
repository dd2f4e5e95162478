package main

import (
	"strings"
	"testing"
)

// From the dialled string to a request for a meeting a leader presses at most ten times, a PIN counted as one and the
// language of a first call with them.
func TestLeaderAsksInTenKeys(t *testing.T) {
	for file, asked := range map[string]string{
		"testdata/dialogues/fr/90-leader-announce.txt":       "Pas encore envoye.",
		"testdata/dialogues/en/90-leader-announce.known.txt": "Not sent yet.",
	} {
		keys := 0
		for i, step := range readScript(t, file).Steps {
			keys = i + 1
			if strings.HasPrefix(step.Want, asked) {
				break
			}
		}
		if keys > 10 || keys < 5 {
			t.Errorf("%s: %d keys", file, keys)
		}
	}
}
