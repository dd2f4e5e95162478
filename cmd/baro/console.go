package main

import (
	"context"
	"errors"

	"baro/flows"
	"baro/gateway/access"
	"baro/gateway/civic/letter"
	"baro/gateway/console"
	"baro/gateway/console/accounts"
	"baro/gateway/console/broadcasts"
	"baro/gateway/console/budgets"
	"baro/gateway/console/cases"
	"baro/gateway/console/entry"
	"baro/gateway/console/figures"
	"baro/gateway/console/me"
	"baro/gateway/console/notices"
	"baro/gateway/console/trail"
	"baro/gateway/exchange"
	"baro/gateway/identity"
	"baro/store"
	"baro/store/sqldb"
)

// hashedAtOnce bounds the passwords that a node checks at the same time; each takes 19 MiB and some 30 ms.
const hashedAtOnce = 2

// openAccess builds the door of the console and the API.
func (n *node) openAccess() (*access.Service, error) {
	return access.New(access.Deps{
		Stores: accessStores(n.db), Keys: n.keys, Hasher: identity.NewSecretHasher(n.keys, hashedAtOnce), Limiter: n.limiter,
		Texter: codes{n}, Now: n.set.now, Rand: n.set.random,
	})
}

func accessStores(db *sqldb.DB) access.Stores {
	return access.Stores{
		Tx: db, Accounts: db.Accounts(), Factors: db.SecondFactors(), Invitations: db.Invitations(), Sessions: db.ConsoleSessions(),
		Tokens: db.APITokens(), Drafts: db.FormDrafts(), Places: db.Places(),
	}
}

// openConsole puts the rooms into the frame.
func (n *node) openConsole() (*console.Console, error) {
	return console.New(console.Deps{
		Access: n.access, Places: n.db.Places(), PublicURL: n.set.publicURL, Zone: n.set.zone, Now: n.set.now, Log: n.log,
	}, n.rooms()...)
}

// rooms are the parts of the console, in the order of its menu.
func (n *node) rooms() []console.Room {
	return []console.Room{
		entry.Room(n.access),
		budgets.Room(n.budgetDeps()),
		notices.Room(n.noticeDeps()),
		broadcasts.Room(n.broadcastDeps()),
		cases.Room(n.caseDeps()),
		figures.Room(n.figureDeps()),
		me.Room(n.access, n.db.Places()),
		accounts.Room(n.access, n.db.Places(), n.db.Organisations(), n.set.publicURL),
		trail.Room(n.db.Audit(), n.db.Accounts(), n.set.zone),
	}
}

func (n *node) budgetDeps() budgets.Deps {
	db := n.db
	return budgets.Deps{
		Documents: db.Budgets(), Publishing: db.Budgets(), Budget: n.subjects.budget, Works: db.Works(), Uploads: db.Uploads(),
		Importer: exchange.New(exchange.Deps{
			Tx: db, Places: db.Places(), Budgets: db.Budgets(), Works: db.Works(), Services: db.Services(), Now: n.set.now,
		}),
		Preview: n.previewBudget, Languages: n.offered, Label: n.label, Dials: n.dials, Now: n.set.now, Zone: n.set.zone,
	}
}

// purgeAccess forgets sessions that are over and drafts that nobody came back to.
func (n *node) purgeAccess(ctx context.Context) (string, error) {
	gone, err := n.access.Purge(ctx)
	return counted(gone, "sessions and drafts forgotten"), err
}

// codes sends the codes of invitations by SMS.
type codes struct{ node *node }

var _ access.Texter = codes{}

// SendCode puts the code into the outbox; its text is dropped once it is sent.
func (c codes) SendCode(ctx context.Context, to identity.MSISDN, locale, code string) error {
	err := c.node.desk.Send(ctx, letter.Letter{
		To: to, Language: locale, Message: "access.code", Fields: flows.Record{{Name: "Code", Value: flows.TextOf(code)}},
		Origin: "invitation", Priority: store.PriorityReply, Scrub: true,
	})
	if errors.Is(err, letter.ErrNoWay) {
		return store.NewError(store.CodeUnavailable, "send invitation", "no channel sends SMS")
	}
	return err
}
