package sqldb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"baro/store"
)

// Opportunities keeps jobs, trainings and tenders.
type Opportunities struct{ db *DB }

var (
	_ store.OpportunityReader = (*Opportunities)(nil)
	_ store.OpportunityWriter = (*Opportunities)(nil)
)

// Opportunities gives the contract for jobs, trainings and tenders.
func (db *DB) Opportunities() *Opportunities { return &Opportunities{db} }

func (o *Opportunities) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Opportunity, error) {
	return one(ctx, o.db, "get opportunity", "opportunity_get", scanOpportunity, int64(commune), id)
}

func (o *Opportunities) Open(ctx context.Context, commune store.PlaceID, kind store.OpportunityKind, now time.Time, limit int) ([]store.Opportunity, error) {
	return list(ctx, o.db, "list open opportunities", "opportunity_open", scanOpportunity, int64(commune), string(kind), micros(now), limit)
}

func (o *Opportunities) List(ctx context.Context, commune store.PlaceID, states ...store.OpportunityState) ([]store.Opportunity, error) {
	all, err := list(ctx, o.db, "list opportunities", "opportunity_list", scanOpportunity, int64(commune))
	if err != nil || len(states) == 0 {
		return all, err
	}
	return slices.DeleteFunc(all, func(v store.Opportunity) bool { return !slices.Contains(states, v.State) }), nil
}

func (o *Opportunities) Create(ctx context.Context, v store.Opportunity) (store.Opportunity, error) {
	const op = "create opportunity"
	if err := checkOpportunity(op, v); err != nil {
		return store.Opportunity{}, err
	}
	err := o.db.Write(ctx, func(ctx context.Context) error {
		id, err := o.db.insert(ctx, op, "opportunity_create", int64(v.Commune), string(v.Kind), encodeTexts(v.Title),
			encodeTexts(v.Summary), v.Organisation, v.PlaceName, micros(v.Deadline), text(v.OCID), tender(v.Tender), micros(o.db.now()))
		if err != nil {
			return err
		}
		target := store.DialTarget{Kind: store.DialOpportunity, Ref: id}
		if _, err := o.db.DialNumbers().Assign(ctx, v.Commune, target); err != nil {
			return err
		}
		v, err = o.Get(ctx, v.Commune, id)
		return err
	})
	return v, err
}

func (o *Opportunities) Revise(ctx context.Context, v store.Opportunity, act store.Act) (store.Opportunity, error) {
	const op = "revise opportunity"
	if err := checkOpportunity(op, v); err != nil {
		return store.Opportunity{}, err
	}
	err := o.db.Write(ctx, func(ctx context.Context) error {
		before, err := o.Get(ctx, v.Commune, v.ID)
		if err != nil {
			return err
		}
		if v.Kind != before.Kind {
			return store.NewError(store.CodeInvalid, op, "the kind of an opportunity does not change")
		}
		err = o.mustChange(ctx, op, v.Commune, v.ID, "opportunity_revise", int64(v.Commune), v.ID, encodeTexts(v.Title),
			encodeTexts(v.Summary), v.Organisation, v.PlaceName, micros(v.Deadline), text(v.OCID), tender(v.Tender), micros(o.db.now()))
		if err != nil {
			return err
		}
		err = o.db.record(ctx, act, v.Commune, "opportunity.revise", opportunityObject(v.ID), told(before), told(v))
		if err != nil {
			return err
		}
		v, err = o.Get(ctx, v.Commune, v.ID)
		return err
	})
	return v, err
}

func (o *Opportunities) Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.OpportunityState, act store.Act) error {
	const op = "move opportunity"
	if !from.CanBecome(to) {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s", from, to))
	}
	return o.db.Write(ctx, func(ctx context.Context) error {
		err := o.mustChange(ctx, op, commune, id, "opportunity_move", int64(commune), id, string(from), string(to), micros(o.db.now()))
		if err != nil {
			return err
		}
		return o.db.record(ctx, act, commune, "opportunity.state", opportunityObject(id), string(from), string(to))
	})
}

// mustChange tells an opportunity that does not exist here from one in another
// state.
func (o *Opportunities) mustChange(ctx context.Context, op string, commune store.PlaceID, id int64, name string, args ...any) error {
	n, err := o.db.exec(ctx, op, name, args...)
	if err != nil || n == 1 {
		return err
	}
	if _, err := o.Get(ctx, commune, id); err != nil {
		return err
	}
	return store.NewError(store.CodeConflict, op, "the opportunity is in another state")
}

func checkOpportunity(op string, v store.Opportunity) error {
	switch {
	case !v.Kind.Valid(), v.Deadline.IsZero(), v.Organisation == "", len(v.Title) == 0:
		return store.NewError(store.CodeInvalid, op, "kind, title, organisation and deadline are needed")
	case v.Kind != store.OpportunityTender && (v.Tender != nil || v.OCID != ""):
		return store.NewError(store.CodeInvalid, op, "only a tender is a contracting process")
	}
	return nil
}

// told is what the audit keeps of a revision.
func told(v store.Opportunity) string {
	return fmt.Sprintf("%s until %s", encodeTexts(v.Title), instant(v.Deadline))
}

func opportunityObject(id int64) string { return fmt.Sprintf("opportunity:%d", id) }

// tender is the column of a tender's core, NULL without one.
func tender(t *store.Tender) any {
	if t == nil {
		return nil
	}
	return encode(t)
}

func scanOpportunity(row scanner) (o store.Opportunity, err error) {
	err = row.Scan(&o.ID, &o.Commune, &o.Kind, &o.Number, asJSON{&o.Title}, asJSON{&o.Summary}, &o.Organisation, &o.PlaceName,
		asTime{&o.Deadline}, asText{&o.OCID}, asJSON{&o.Tender}, &o.State, asTime{&o.Created}, asTime{&o.Published}, asTime{&o.Updated})
	return o, err
}
