package exchange

import (
	"context"
	"slices"
	"strings"

	"baro/store"
)

// communes finds the commune that a file or a person names in one of several ways.
type communes struct{ store.PlaceReader }

// Commune finds a commune in use by its dialled number, its p-code, "edition:p-code" (also of an edition not in use),
// or a code among its other names, such as the electoral one. CodeNotFound when none or several have it.
func (c communes) Commune(ctx context.Context, code string) (store.Place, error) {
	const op = "find commune"
	if edition, pcode, ok := strings.Cut(code, ":"); ok {
		return onlyCommune(op)(c.ByCode(ctx, edition, pcode))
	}
	if len(code) == 3 && strings.Trim(code, "0123456789") == "" {
		if p, err := c.ByNumber(ctx, code); store.CodeOf(err) != store.CodeNotFound {
			return p, err
		}
	}
	all, err := c.Communes(ctx)
	if err != nil {
		return store.Place{}, err
	}
	var found []store.Place
	for _, p := range all {
		if strings.EqualFold(p.Pcode, code) || slices.ContainsFunc(p.Aliases, func(a string) bool { return strings.EqualFold(a, code) }) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return store.Place{}, store.NewError(store.CodeNotFound, op, "not one commune in use has this code")
	}
	return found[0], nil
}

func onlyCommune(op string) func(store.Place, error) (store.Place, error) {
	return func(p store.Place, err error) (store.Place, error) {
		if err == nil && p.Level != store.LevelCommune {
			return store.Place{}, store.NewError(store.CodeNotFound, op, "the place is not a commune")
		}
		return p, err
	}
}
