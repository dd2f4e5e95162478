package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"baro/flows/simulate"
)

func TestZZExplore(t *testing.T) {
	in, _ := os.ReadFile(os.Getenv("EXPLORE"))
	records := newSeed(t)
	for _, block := range strings.Split(string(in), "\n\n") {
		block = strings.TrimSpace(block)
		if block == "" {
			continue
		}
		folder, clock := t.TempDir(), newClock()
		records.copyTo(t, folder)
		set := fixedSettings(t, folder, clock)
		if strings.HasPrefix(block, "unbound") {
			unbind(&set)
			block = strings.TrimPrefix(block, "unbound\n")
		}
		n := openFixed(t, set, slog.New(slog.NewTextHandler(os.Stdout, nil)))
		phone := fixedPhone(n, demoNumber)
		fmt.Println("##########################")
		for _, act := range strings.Split(block, "\n") {
			if d, ok := passes(act); ok {
				clock.pass(d)
				continue
			}
			s := &simulate.Script{Steps: []simulate.Step{{Act: act}}}
			g, err := s.Run(t.Context(), phone, strictProfile())
			if err != nil {
				fmt.Println("==", act, "!!!", err)
				continue
			}
			fmt.Printf("== %s\n%s\n\n", act, g.Steps[0].Want)
		}
	}
}
