package access

import (
	"fmt"
	"slices"

	"baro/store"
)

// Principal is somebody who was recognised, by a session or by a token.
type Principal struct {
	Account store.Account
	Session store.ConsoleSession // zero with a token

	scopes  []Permission  // of a token; nil: all that the roles carry
	commune store.PlaceID // of a token; 0: wherever the roles hold
}

// NewPrincipal is one with all that an account's roles carry, for tests and for programs on this machine.
func NewPrincipal(a store.Account) *Principal { return &Principal{Account: a} }

// Can tells whether a permission holds in a commune; commune 0 asks for the platform. It is false for nobody.
func (p *Principal) Can(need Permission, commune store.PlaceID) bool {
	if p == nil || p.narrowed(need, commune) {
		return false
	}
	return slices.ContainsFunc(p.Account.Grants, func(g store.Grant) bool {
		return (g.Commune == 0 || g.Commune == commune) && Role(g.Role).Has(need)
	})
}

// narrowed tells whether a token leaves out what its account may do.
func (p *Principal) narrowed(need Permission, commune store.PlaceID) bool {
	return p.scopes != nil && !slices.Contains(p.scopes, need) || p.commune != 0 && p.commune != commune
}

// Anywhere tells whether a permission holds for the platform or in some commune.
func (p *Principal) Anywhere(need Permission) bool {
	communes, all := p.Where(need)
	return all || len(communes) > 0
}

// Where gives the communes in which a permission holds, in order, and whether it holds everywhere.
func (p *Principal) Where(need Permission) (communes []store.PlaceID, everywhere bool) {
	if p == nil {
		return nil, false
	}
	for _, g := range p.Account.Grants {
		switch {
		case !Role(g.Role).Has(need):
		case g.Commune == 0 && !p.narrowed(need, 0):
			everywhere = true
		case g.Commune == 0 && p.commune != 0 && !p.narrowed(need, p.commune):
			communes = append(communes, p.commune)
		case g.Commune != 0 && !p.narrowed(need, g.Commune):
			communes = append(communes, g.Commune)
		}
	}
	slices.Sort(communes)
	return slices.Compact(communes), everywhere
}

// Communes gives every commune in which some role holds, in order.
func (p *Principal) Communes() (communes []store.PlaceID) {
	if p == nil {
		return nil
	}
	for _, g := range p.Account.Grants {
		if g.Commune != 0 && (p.commune == 0 || p.commune == g.Commune) {
			communes = append(communes, g.Commune)
		}
	}
	slices.Sort(communes)
	return slices.Compact(communes)
}

// Organisations gives those of a commune that the account acts for.
func (p *Principal) Organisations(commune store.PlaceID) (ids []int64) {
	if !p.Can(ActForGroup, commune) {
		return nil
	}
	for _, g := range p.Account.Grants {
		if Role(g.Role) == Officer && g.Commune == commune && g.Organisation != 0 {
			ids = append(ids, g.Organisation)
		}
	}
	return ids
}

// Actor is how the trail names the account.
func (p *Principal) Actor() string { return ActorOf(p.Account.ID) }

// ActorOf is how the trail names an account.
func ActorOf(id int64) string { return fmt.Sprintf("account:%d", id) }
