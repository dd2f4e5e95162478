package main

import (
	"context"
	"fmt"

	"baro/flows"
	"baro/gateway/civic"
	"baro/gateway/civic/budget"
	"baro/gateway/civic/callback"
	"baro/gateway/civic/consultation"
	"baro/gateway/civic/economy"
	"baro/gateway/civic/group"
	"baro/gateway/civic/learning"
	"baro/gateway/civic/notice"
	"baro/gateway/civic/place"
	"baro/gateway/civic/profile"
	"baro/gateway/civic/question"
	"baro/gateway/civic/service"
	"baro/gateway/civic/voice"
	"baro/locales/charset"
	"baro/store"
)

// subjects are the civic services of a node and the book that answers flows from them.
type subjects struct {
	place        *place.Service
	profile      *profile.Service
	budget       *budget.Service
	consultation *consultation.Service
	service      *service.Service
	question     *question.Service
	economy      *economy.Service
	learning     *learning.Service
	voice        *voice.Service
	callback     *callback.Service
	group        *group.Service
	notice       *notice.Service
	book         *civic.Book
	places       store.PlaceReader
}

func newSubjects(n *node, program *flows.Program) (*subjects, error) {
	db, zone := n.db, n.set.zone
	s := &subjects{places: db.Places()}
	s.consultation = consultation.New(consultation.Stores{
		Reader: db.Consultations(), Writer: db.Consultations(), Ballots: db.Ballots(), Numbers: db.DialNumbers(), Cards: db.VoteCards(),
	}, n.keys, consultation.Options{Zone: zone, Limiter: n.limiter, Random: n.set.random, UnlinkAfter: n.set.keep.Answers, Means: consultation.Means{
		People: readers{s}, Agreed: db.Alerts(), Letters: n.desk, Dials: n.dials, Tx: db,
	}})
	s.place = place.New(db.Places(), newOpenings(s.consultation), n.offered)
	s.voice = voice.New(db.Voices(), n.keys)
	s.budget = budget.New(budget.Stores{
		Documents: db.Budgets(), Votes: db.Budgets(), Calendar: db.Calendar(), Works: db.Works(), Numbers: db.DialNumbers(), Taxes: db.TaxFacts(),
		Places: db.Places(),
	}, budget.Means{Voices: s.voice, Letters: n.desk, Dials: n.dials}, budget.UsualRules(), budget.UsualDeadlines())
	s.service = service.New(service.Stores{
		Directory: db.Services(), Referrals: db.Referrals(), Places: db.Places(), Counters: db.Counters(),
	}, zone)
	s.question = question.New(question.Stores{Reader: db.Cases(), Writer: db.Cases(), Tx: db}, n.keys, question.Options{
		Zone: zone, Within: question.UsualTerms(), Reach: askers{s}, Letters: n.desk, Dials: n.dials,
	})
	s.callback = callback.New(db.Callbacks(), n.keys, n.callTerms)
	s.group, s.notice = newGroups(n, program)
	s.profile = profile.New(profile.Deps{
		Contacts: openableContacts{db.Contacts(), n.learner}, Consents: db.Consents(), Consultations: db.Consultations(), Ballots: db.Ballots(),
		Cases: db.Cases(), Voters: everyVoter{s.consultation, s.voice, s.notice}, Votes: s.voice, Calls: db.Callbacks(), Keys: n.keys,
		TextVersion: wordings(program), Now: n.set.now,
	})
	s.economy = economy.New(economy.Stores{
		Opportunities: db.Opportunities(), Markets: db.MarketDays(), Answers: db.Cases(), Numbers: db.DialNumbers(), Projects: db.Projects(),
		Alerts: db.Alerts(),
	}, s.voice, economy.Means{People: s.profile, Letters: n.desk, Dials: n.dials, Tx: db}, zone)
	s.learning = learning.New(learning.Stores{Practices: db.Practices(), Places: db.Places()}, s.question, s.voice, learning.Means{
		People: s.profile, Agreed: db.Alerts(), Letters: n.desk, Dials: n.dials,
	})
	var err error
	s.book, err = civic.NewBook(program.Manifest, s.bindings()...)
	return s, err
}

// bindings are all subjects' answers to flows.
func (s *subjects) bindings() []civic.Binding {
	return []civic.Binding{
		s.place.Binding(), s.profile.Binding(), s.budget.Binding(), s.consultation.Binding(), s.service.Binding(), s.question.Binding(),
		s.economy.Binding(), s.learning.Binding(), s.callback.Binding(),
		s.group.Binding(), s.notice.Binding(),
	}
}

// wordings names the wording of a question as it was read: language and fingerprint of the text.
func wordings(p *flows.Program) func(message, lang string) string {
	return func(message, lang string) string {
		id, ok := p.Catalogue.ID(message)
		if !ok {
			return lang
		}
		l, ok := p.Catalogue.Lang(lang)
		if !ok {
			l = p.Catalogue.Default()
		}
		text := ""
		for _, seg := range p.Catalogue.Segments(l, id, charset.UCS2Letters, 0) {
			text += seg.Literal
		}
		return fmt.Sprintf("%s:%s", p.Catalogue.Tag(l), fingerprint(text))
	}
}

// bound finds the commune that a channel's configuration names by number or p-code; 0 while there is none.
func (s *subjects) bound(ctx context.Context, commune string) (store.PlaceID, error) {
	p, err := s.places.ByNumber(ctx, commune)
	if err == nil || store.CodeOf(err) != store.CodeNotFound {
		return p.ID, err
	}
	all, err := s.places.Communes(ctx)
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		if p.Pcode == commune {
			return p.ID, nil
		}
	}
	return 0, nil
}
