package sqldb

import (
	"context"
	"fmt"
	"slices"

	"baro/store"
)

// Organisations keeps the local bodies that speak by name.
type Organisations struct{ db *DB }

var (
	_ store.OrganisationReader = (*Organisations)(nil)
	_ store.OrganisationWriter = (*Organisations)(nil)
)

// Organisations gives the contract for organisations.
func (db *DB) Organisations() *Organisations { return &Organisations{db} }

func (o *Organisations) Get(ctx context.Context, commune store.PlaceID, id int64) (store.Organisation, error) {
	return one(ctx, o.db, "get organisation", "organisation_get", scanOrganisation, int64(commune), id)
}

func (o *Organisations) List(ctx context.Context, commune store.PlaceID, states ...store.OrganisationState) ([]store.Organisation, error) {
	all, err := list(ctx, o.db, "list organisations", "organisation_list", scanOrganisation, int64(commune))
	if err != nil || len(states) == 0 {
		return all, err
	}
	return slices.DeleteFunc(all, func(v store.Organisation) bool { return !slices.Contains(states, v.State) }), nil
}

func (o *Organisations) Create(ctx context.Context, v store.Organisation, act store.Act) (store.Organisation, error) {
	const op = "create organisation"
	if err := checkOrganisation(op, v); err != nil {
		return store.Organisation{}, err
	}
	err := o.db.Write(ctx, func(ctx context.Context) error {
		id, err := o.db.insert(ctx, op, "organisation_create", int64(v.Commune), string(v.Kind), encodeTexts(v.Name), v.ShortName,
			micros(o.db.now()))
		if err != nil {
			return err
		}
		if err := o.db.record(ctx, act, v.Commune, "organisation.create", organisationObject(id), "", v.ShortName); err != nil {
			return err
		}
		v, err = o.Get(ctx, v.Commune, id)
		return err
	})
	return v, err
}

func (o *Organisations) Revise(ctx context.Context, v store.Organisation, act store.Act) (store.Organisation, error) {
	const op = "revise organisation"
	if err := checkOrganisation(op, v); err != nil {
		return store.Organisation{}, err
	}
	err := o.db.Write(ctx, func(ctx context.Context) error {
		before, err := o.Get(ctx, v.Commune, v.ID)
		if err != nil {
			return err
		}
		_, err = o.db.exec(ctx, op, "organisation_revise", int64(v.Commune), v.ID, string(v.Kind), encodeTexts(v.Name), v.ShortName)
		if err != nil {
			return err
		}
		err = o.db.record(ctx, act, v.Commune, "organisation.revise", organisationObject(v.ID), before.ShortName, v.ShortName)
		if err != nil {
			return err
		}
		v, err = o.Get(ctx, v.Commune, v.ID)
		return err
	})
	return v, err
}

func (o *Organisations) Move(ctx context.Context, commune store.PlaceID, id int64, from, to store.OrganisationState, act store.Act) error {
	const op = "move organisation"
	if !from.CanBecome(to) {
		return store.NewError(store.CodeInvalid, op, fmt.Sprintf("%s does not become %s", from, to))
	}
	if to != store.OrganisationActive && act.Reason == "" {
		return store.NewError(store.CodeInvalid, op, "nobody is silenced without a reason on record")
	}
	return o.db.Write(ctx, func(ctx context.Context) error {
		n, err := o.db.exec(ctx, op, "organisation_move", int64(commune), id, string(from), string(to))
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := o.Get(ctx, commune, id); err != nil {
				return err
			}
			return store.NewError(store.CodeConflict, op, "the organisation is in another state")
		}
		return o.db.record(ctx, act, commune, "organisation.state", organisationObject(id), string(from), string(to))
	})
}

func checkOrganisation(op string, v store.Organisation) error {
	if !v.Kind.Valid() || len(v.Name) == 0 || v.ShortName == "" {
		return store.NewError(store.CodeInvalid, op, "kind, name and short name are needed")
	}
	return nil
}

func organisationObject(id int64) string { return fmt.Sprintf("organisation:%d", id) }

func scanOrganisation(row scanner) (o store.Organisation, err error) {
	err = row.Scan(&o.ID, &o.Commune, &o.Kind, asJSON{&o.Name}, &o.ShortName, &o.State, asTime{&o.Created})
	return o, err
}
