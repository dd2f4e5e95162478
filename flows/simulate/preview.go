package simulate

import (
	"context"
	"errors"
	"fmt"

	"baro/flows"
	"baro/flows/engine"
	"baro/locales/charset"
)

// ErrWrites says that a preview came to a step that would write records.
var ErrWrites = errors.New("simulate: the step writes")

// Preview shows what a caller would see who dials and types keys: the first screen and one for each key, up to a screen that
// ends the dialogue. Nothing is written: a key that leads to a writing action gives the screens before it and ErrWrites.
func Preview(ctx context.Context, p *flows.Program, profile charset.Profile, o engine.Opening, r flows.Resolver, keys ...string) ([]flows.Screen, error) {
	run := engine.Open(p, profile, o)
	if err := look(ctx, run, r); err != nil {
		return nil, err
	}
	screens := []flows.Screen{run.Screen()}
	for _, key := range keys {
		if screens[len(screens)-1].End() {
			break
		}
		run = engine.Input(p, profile, run.Session(), key)
		if err := look(ctx, run, r); err != nil {
			return screens, err
		}
		screens = append(screens, run.Screen())
	}
	return screens, nil
}

// look takes a step that may read and not write.
func look(ctx context.Context, run *engine.Run, r flows.Resolver) error {
	for need := run.Next(); need != nil; need = run.Next() {
		if !need.Action {
			rows, err := r.Read(ctx, *need)
			if err != nil {
				return fmt.Errorf("preview: %w", err)
			}
			run.Got(rows)
			continue
		}
		if need.Effect != flows.Reads {
			return ErrWrites
		}
		out, err := r.Act(ctx, *need)
		if err != nil {
			return fmt.Errorf("preview: %w", err)
		}
		run.Did(out)
	}
	return run.Err()
}
