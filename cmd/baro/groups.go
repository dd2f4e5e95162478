package main

import (
	"context"
	"fmt"

	"baro/flows"
	"baro/gateway/civic/consultation"
	"baro/gateway/civic/group"
	"baro/gateway/civic/notice"
	"baro/gateway/civic/voice"
	"baro/gateway/exchange/demonstration"
	"baro/gateway/identity"
	"baro/store"
)

// pinsAtOnce bounds the memory of PINs being judged: each takes 19 MiB for some 30 ms.
const pinsAtOnce = 2

// newGroups builds what organisations do: their officers and members, their meetings, and how these are announced.
func newGroups(n *node, program *flows.Program) (*group.Service, *notice.Service) {
	db, zone := n.db, n.set.zone
	groups := group.New(group.Stores{
		Tx: db, Organisations: db.Organisations(), Mandates: db.Mandates(), Officers: db.Officers(), Members: db.Members(), Consents: db.Consents(),
	}, group.Means{
		Keys: n.keys, Secrets: identity.NewSecretHasher(n.keys, pinsAtOnce), Letters: n.desk, Dials: n.dials,
		TextVersion: wordings(program), Rand: n.set.random, Zone: zone,
	})
	return groups, notice.New(notice.Stores{
		Tx: db, Notices: db.Notices(), Attendances: db.Attendances(), Venues: db.Venues(), Blocked: db.BlockedDates(), Safety: db.Safety(),
		Numbers: db.DialNumbers(),
	}, notice.Means{Groups: groups, Announcer: lateAnnouncer{n}, Keys: n.keys, Zone: zone})
}

// everyVoter knows a number's pseudonyms in consultations, meetings and all other votes, so that an erasure misses none.
type everyVoter struct {
	*consultation.Service
	voices  *voice.Service
	notices *notice.Service
}

// Voters gives them all.
func (v everyVoter) Voters(ctx context.Context, number identity.MSISDN) (all []store.Voter, err error) {
	for _, some := range []func(context.Context, identity.MSISDN) ([]store.Voter, error){v.Service.Voters, v.voices.Voters, v.notices.Voters} {
		found, err := some(ctx, number)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// tidyNotices ends what nobody decided on in time, and meetings that are over.
func (n *node) tidyNotices(ctx context.Context) (string, error) {
	moved, err := n.subjects.notice.Tidy(ctx, n.set.now())
	return counted(moved, "notices lapsed or over"), err
}

// demonstrationPeople makes the fictional officers and members of the demonstration's groups.
func (n *node) demonstrationPeople() *demonstration.People {
	return &demonstration.People{
		Number: func(number string) (store.Pseudonym, store.Sealed, error) {
			m, err := identity.Parse(number)
			if err != nil {
				return store.Pseudonym{}, store.Sealed{}, fmt.Errorf("number of the demonstration: %w", err)
			}
			phone, err := n.keys.SealNumber(m)
			return store.Pseudonym(n.keys.Pseudonym(m)), store.Sealed(phone), err
		},
		PIN: func(ctx context.Context, pin string) (string, error) {
			return n.subjects.group.Secrets.Hash(ctx, identity.PINSecret, pin)
		},
		Language: func(tag string) (store.Sealed, error) {
			sealed, err := n.keys.Seal("member.language", []byte(tag))
			return store.Sealed(sealed), err
		},
	}
}

// demonstrationCards stores the vote cards of the demonstration, whose codes everybody may know.
func (n *node) demonstrationCards(ctx context.Context, commune store.PlaceID, consultation int64, codes []string) error {
	_, err := n.subjects.consultation.EnterCards(ctx, commune, consultation, codes, store.Act{Actor: "system", Reason: "demonstration"})
	return err
}
