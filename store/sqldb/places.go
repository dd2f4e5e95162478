package sqldb

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"baro/store"
)

// Places keeps administrative units and settlements.
type Places struct{ db *DB }

var (
	_ store.PlaceReader = (*Places)(nil)
	_ store.PlaceWriter = (*Places)(nil)
)

// Places gives the contract for places.
func (db *DB) Places() *Places { return &Places{db} }

func (p *Places) Get(ctx context.Context, id store.PlaceID) (store.Place, error) {
	return one(ctx, p.db, "get place", "place_get", scanPlace, int64(id))
}

func (p *Places) ByCode(ctx context.Context, edition, pcode string) (store.Place, error) {
	return one(ctx, p.db, "get place by code", "place_by_code", scanPlace, edition, pcode)
}

func (p *Places) ByNumber(ctx context.Context, number string) (store.Place, error) {
	return one(ctx, p.db, "get commune by number", "place_by_number", scanPlace, number)
}

func (p *Places) Communes(ctx context.Context) ([]store.Place, error) {
	return list(ctx, p.db, "list communes", "place_communes", scanPlace)
}

func (p *Places) Children(ctx context.Context, parent store.PlaceID) ([]store.Place, error) {
	return list(ctx, p.db, "list places below", "place_children", scanPlace, int64(parent))
}

func (p *Places) Settlements(ctx context.Context, commune store.PlaceID) ([]store.Place, error) {
	return list(ctx, p.db, "list settlements", "place_settlements", scanPlace, int64(commune))
}

func (p *Places) Upsert(ctx context.Context, places []store.Place) (n int, err error) {
	const op = "import places"
	// Parents first: a row finds its parent by code among the rows before it.
	sorted := slices.Clone(places)
	slices.SortStableFunc(sorted, func(a, b store.Place) int { return cmp.Compare(a.Level.Rank(), b.Level.Rank()) })
	err = p.db.Write(ctx, func(ctx context.Context) error {
		if err := p.checkParents(ctx, sorted); err != nil {
			return err
		}
		rows := make([][]any, len(sorted))
		for i, pl := range sorted {
			lat, lon := latLon(pl.At)
			rows[i] = []any{pl.Edition, pl.Pcode, string(pl.Level), pl.ParentPcode, pl.Name, pl.ShortName,
				encodeList(pl.Aliases), text(pl.Number), lat, lon, number(pl.Population), encodeList(pl.Languages),
				pl.Fictional, pl.Unverified, pl.InUse}
		}
		done, err := p.db.many(ctx, op, "place_upsert", rows, nil)
		n = int(done)
		return err
	})
	return n, err
}

// checkParents refuses a row whose parent is neither among the rows nor stored,
// or does not rank above it. sorted is ordered by rank.
func (p *Places) checkParents(ctx context.Context, sorted []store.Place) error {
	const op = "import places"
	type code struct{ edition, pcode string }
	ranks := make(map[code]int, len(sorted))
	for _, pl := range sorted {
		rank := pl.Level.Rank()
		if rank < 0 {
			return store.NewError(store.CodeInvalid, op, "unknown level at "+pl.Edition+" "+pl.Pcode)
		}
		ranks[code{pl.Edition, pl.Pcode}] = rank
		if pl.ParentPcode == "" {
			if rank != 0 {
				return store.NewError(store.CodeInvalid, op, "no parent at "+pl.Edition+" "+pl.Pcode)
			}
			continue
		}
		parent := code{pl.Edition, pl.ParentPcode}
		parentRank, known := ranks[parent]
		if !known {
			stored, err := p.ByCode(ctx, pl.Edition, pl.ParentPcode)
			if store.CodeOf(err) == store.CodeNotFound {
				return store.NewError(store.CodeInvalid, op, "unknown parent of "+pl.Edition+" "+pl.Pcode)
			}
			if err != nil {
				return err
			}
			parentRank = stored.Level.Rank()
			ranks[parent] = parentRank
		}
		if parentRank >= rank {
			return store.NewError(store.CodeInvalid, op, "the parent does not rank above "+pl.Edition+" "+pl.Pcode)
		}
	}
	return nil
}

func (p *Places) AssignNumber(ctx context.Context, commune store.PlaceID, number string) error {
	const op = "assign commune number"
	if n, err := strconv.Atoi(number); err != nil || len(number) != 3 || n < 0 {
		return store.NewError(store.CodeInvalid, op, "not three digits")
	}
	return p.db.Write(ctx, func(ctx context.Context) error {
		n, err := p.db.exec(ctx, op, "place_assign_number", int64(commune), number)
		if err != nil || n == 1 {
			return err
		}
		if err := p.mustBeCommune(ctx, op, commune); err != nil {
			return err
		}
		return store.NewError(store.CodeConflict, op, "the commune has another number")
	})
}

func (p *Places) SetLanguages(ctx context.Context, commune store.PlaceID, tags []string) error {
	const op = "set languages of commune"
	n, err := p.db.exec(ctx, op, "place_set_languages", int64(commune), encodeList(tags))
	if err == nil && n == 0 {
		return &store.Error{Code: store.CodeNotFound, Op: op}
	}
	return err
}

func (p *Places) SetInUse(ctx context.Context, edition string, inUse bool, act store.Act) error {
	const op = "set edition in use"
	return p.db.Write(ctx, func(ctx context.Context) error {
		n, err := p.db.exec(ctx, op, "place_set_in_use", edition, inUse)
		if err != nil {
			return err
		}
		if n == 0 {
			return &store.Error{Code: store.CodeNotFound, Op: op}
		}
		return p.db.record(ctx, act, 0, "places.in_use", "edition:"+edition, strconv.FormatBool(!inUse), strconv.FormatBool(inUse))
	})
}

func (p *Places) mustBeCommune(ctx context.Context, op string, id store.PlaceID) error {
	found, err := p.Get(ctx, id)
	if err != nil {
		return err
	}
	if found.Level != store.LevelCommune {
		return store.NewError(store.CodeInvalid, op, "the place is not a commune")
	}
	return nil
}

func scanPlace(row scanner) (p store.Place, err error) {
	var lat, lon *float64
	err = row.Scan(&p.ID, &p.Edition, &p.Pcode, &p.Level, asPlace{&p.ParentID}, &p.Name, &p.ShortName,
		asJSON{&p.Aliases}, asText{&p.Number}, &lat, &lon, &p.Population, asJSON{&p.Languages},
		&p.Fictional, &p.Unverified, &p.InUse)
	p.At = point(lat, lon)
	return p, err
}
