package demonstration

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"baro/store"
)

// Consultations composes questions and moves them on.
type Consultations interface {
	Create(ctx context.Context, c store.Consultation) (store.Consultation, error)
	Open(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error
	Close(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error
	Publish(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error
	Decide(ctx context.Context, commune store.PlaceID, id int64, decision store.Texts, on store.Date, act store.Act) error
	Follow(ctx context.Context, commune store.PlaceID, id int64, step store.FollowUp, act store.Act) error
}

// Ballots takes answers.
type Ballots interface {
	Answer(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter, a store.Answer, now time.Time) error
	Confirm(ctx context.Context, commune store.PlaceID, consultation int64, v store.Voter, now time.Time) error
}

func (s *seeding) consultations(ctx context.Context) error {
	if err := s.decided(ctx); err != nil {
		return err
	}
	for _, c := range []store.Consultation{s.water(), s.needs()} {
		c.Commune, c.OpensAt = s.communes[CommuneNumber], s.now.AddDate(0, 0, -10)
		created, err := s.Consultations.Create(ctx, c)
		if err != nil {
			return err
		}
		if err := s.Consultations.Open(ctx, c.Commune, created.ID, s.act); err != nil {
			return err
		}
	}
	return nil
}

// water is the open question of the posters: which work first.
func (s *seeding) water() store.Consultation {
	return store.Consultation{
		Title:    store.Texts{"fr": "Eau: choisir un travail", "en": "Water: choose a work"},
		ClosesAt: s.now.AddDate(0, 0, 17), ReadingOn: s.day(20),
		Questions: []store.Question{choose("Quel travail d'abord?", "Which work first?",
			store.Texts{"fr": "Forage de Badaniba", "en": "Borehole at Badaniba"},
			store.Texts{"fr": "Pompe de Nyètaba", "en": "Pump at Nyètaba"},
			store.Texts{"fr": "Puits du marché", "en": "Market well"},
			store.Texts{"fr": "Sans avis", "en": "No opinion"},
		)},
	}
}

// needs is an open consultation of several questions, one of them for a number, one whose places are shown in an order
// of chance.
func (s *seeding) needs() store.Consultation {
	low, high := int64(0), int64(240)
	meeting := choose("Où tenir la prochaine réunion?", "Where to hold the next meeting?",
		store.Texts{"fr": "Jèkabara", "en": "Jèkabara"}, store.Texts{"fr": "Nyètaba", "en": "Nyètaba"},
		store.Texts{"fr": "Sanjiba", "en": "Sanjiba"}, store.Texts{"fr": "Sans avis", "en": "No opinion"})
	meeting.Randomise = true
	return store.Consultation{
		Title:    store.Texts{"fr": "Besoins des villages", "en": "What villages need"},
		ClosesAt: s.now.AddDate(0, 0, 21), ReadingOn: s.day(25),
		Questions: []store.Question{
			choose("Premier besoin de votre village?", "First need of your village?",
				store.Texts{"fr": "École", "en": "School", "bm": "Lakɔli"}, store.Texts{"fr": "Santé", "en": "Health", "bm": "Kɛnɛya"},
				store.Texts{"fr": "Eau", "en": "Water", "bm": "Ji"}, store.Texts{"fr": "Route", "en": "Road", "bm": "Sira"},
				store.Texts{"fr": "Marché", "en": "Market", "bm": "Sugu"}),
			{Kind: store.QuestionNumber, Min: &low, Max: &high, Text: store.Texts{
				"fr": "Combien de minutes à pied jusqu'à l'eau?", "en": "How many minutes on foot to water?"}},
			meeting,
		},
	}
}

// decided is a consultation that is over, read in the meeting, decided upon and followed up; one of its choices has fewer than the
// ten answers from which on a count is shown.
func (s *seeding) decided(ctx context.Context) error {
	low, high := int64(1), int64(7)
	commune := s.communes[CommuneNumber]
	c, err := s.Consultations.Create(ctx, store.Consultation{
		Commune: commune, OpensAt: s.now.AddDate(0, 0, -60), ClosesAt: s.now.AddDate(0, 0, -20), ReadingOn: s.day(-17),
		Title: store.Texts{"fr": "Marché: quoi d'abord?", "en": "Market: what first?"},
		Questions: []store.Question{
			choose("Que faire d'abord au marché?", "What to do first at the market?",
				store.Texts{"fr": "Hangars", "en": "Sheds"}, store.Texts{"fr": "Latrines", "en": "Latrines"},
				store.Texts{"fr": "Éclairage", "en": "Lighting"}, store.Texts{"fr": "Sans avis", "en": "No opinion"}),
			{Kind: store.QuestionNumber, Min: &low, Max: &high, Text: store.Texts{
				"fr": "Combien de jours de marché par semaine?", "en": "How many market days a week?"}},
		},
	})
	if err != nil {
		return err
	}
	if err := s.Consultations.Open(ctx, commune, c.ID, s.act); err != nil {
		return err
	}
	if err := s.vote(ctx, c, []int{13, 24, 16, 6}); err != nil {
		return err
	}
	if err := s.Consultations.Close(ctx, commune, c.ID, s.act); err != nil {
		return err
	}
	if err := s.Consultations.Publish(ctx, commune, c.ID, s.act); err != nil {
		return err
	}
	if err := s.Consultations.Decide(ctx, commune, c.ID, store.Texts{
		"fr": "Latrines d'abord, puis hangars: inscrits au budget 2026.",
		"en": "Latrines first, then sheds: both are in the 2026 budget.",
	}, s.day(-17), s.act); err != nil {
		return err
	}
	for _, step := range []store.FollowUp{
		{On: s.day(-10), What: store.Texts{"fr": "Lieu des latrines choisi avec les vendeuses", "en": "Place of the latrines chosen with the sellers"}},
		{On: s.day(-4), What: store.Texts{"fr": "Travaux des latrines commencés", "en": "Work on the latrines has begun"}},
	} {
		if err := s.Consultations.Follow(ctx, commune, c.ID, step, s.act); err != nil {
			return err
		}
	}
	return nil
}

// vote casts the given number of ballots for each choice of the first question, and spreads the numbers of the second.
func (s *seeding) vote(ctx context.Context, c store.Consultation, ballots []int) error {
	voter := 0
	for i, n := range ballots {
		for range n {
			at := c.OpensAt.Add(time.Duration(voter+1) * 13 * time.Hour)
			v := store.Voter(sha256.Sum256(binary.BigEndian.AppendUint32([]byte("demonstration ballot "), uint32(voter))))
			days := int64(1 + voter%3)
			answers := []store.Answer{
				{Question: c.Questions[0].ID, Choices: []int64{c.Questions[0].Choices[i].ID}, AskedOrder: 1},
				{Question: c.Questions[1].ID, Number: &days, AskedOrder: 2},
			}
			for _, a := range answers {
				if err := s.Ballots.Answer(ctx, c.Commune, c.ID, v, a, at); err != nil {
					return fmt.Errorf("ballot %d: %w", voter, err)
				}
			}
			if err := s.Ballots.Confirm(ctx, c.Commune, c.ID, v, at); err != nil {
				return fmt.Errorf("ballot %d: %w", voter, err)
			}
			voter++
		}
	}
	return nil
}

func choose(fr, en string, labels ...store.Texts) store.Question {
	q := store.Question{Kind: store.QuestionOne, Text: store.Texts{"fr": fr, "en": en}}
	for _, label := range labels {
		q.Choices = append(q.Choices, store.Choice{Label: label})
	}
	return q
}
