package campaign

import (
	"context"
	"errors"
	"fmt"

	"baro/gateway/identity"
	"baro/store"
)

// renderings are the kept texts of one broadcast.
type renderings struct {
	byKey map[rendering]Text
	order []rendering
	width int // of the longest text, in octets
}

// rendering names one of them.
type rendering struct{ language, profile string }

// sealed seals texts for the store. Each box is as long as the longest: its size tells nothing.
func (s *Service) sealed(texts []Text) ([]store.Rendering, error) {
	rows := make([]store.Rendering, len(texts))
	for i, t := range texts {
		box, err := s.Keys.Seal(sealRendering, []byte(t.Text))
		if err != nil {
			return nil, fmt.Errorf("seal rendering: %w", err)
		}
		rows[i] = store.Rendering{Language: t.Language, Profile: t.Profile, Body: store.Sealed(box)}
	}
	return rows, nil
}

// kept opens the texts of a broadcast.
func (s *Service) kept(ctx context.Context, id int64) (renderings, error) {
	rows, err := s.Broadcasts.Renderings(ctx, id)
	if err != nil {
		return renderings{}, fmt.Errorf("read renderings: %w", err)
	}
	r := renderings{byKey: make(map[rendering]Text, len(rows))}
	for _, row := range rows {
		if row.Body.Box == nil {
			continue // purged
		}
		plain, err := s.open(ctx, sealRendering, row.Body)
		if err != nil {
			return r, fmt.Errorf("read renderings: %w", err)
		}
		text := string(plain)
		k := rendering{row.Language, row.Profile}
		t := measured(text)
		t.Language, t.Profile = row.Language, row.Profile
		r.byKey[k] = t
		r.order = append(r.order, k)
		r.width = max(r.width, len(text))
	}
	return r, nil
}

func (r renderings) list() (all []Text) {
	for _, k := range r.order {
		all = append(all, r.byKey[k])
	}
	return all
}

// open opens a sealed value, learning of keys that another node has made since.
func (s *Service) open(ctx context.Context, purpose string, box store.Sealed) ([]byte, error) {
	plain, err := s.Keys.Open(purpose, identity.Sealed(box))
	if !errors.Is(err, identity.ErrUnknownKey) || s.LearnKeys == nil {
		return plain, err
	}
	if err := s.LearnKeys(ctx); err != nil {
		return nil, err
	}
	return s.Keys.Open(purpose, identity.Sealed(box))
}

// language opens the language of a recipient; without one it is the default. Contacts and members seal it for their own
// columns, and a recipient may come from either.
func (s *Service) language(ctx context.Context, box store.Sealed) (string, error) {
	if box.Box == nil {
		return "", nil
	}
	tag, err := s.open(ctx, sealContact, box)
	if err == nil || errors.Is(err, identity.ErrUnknownKey) {
		return string(tag), err
	}
	tag, err = s.open(ctx, sealMember, box)
	return string(tag), err
}

// number opens the phone of a recipient.
func (s *Service) number(ctx context.Context, box store.Sealed) (identity.MSISDN, error) {
	to, err := s.Keys.OpenNumber(identity.Sealed(box))
	if !errors.Is(err, identity.ErrUnknownKey) || s.LearnKeys == nil {
		return to, err
	}
	if err := s.LearnKeys(ctx); err != nil {
		return to, err
	}
	return s.Keys.OpenNumber(identity.Sealed(box))
}

// choose finds way and text for a recipient. It gives ErrNoWay for a number no channel reaches.
func (s *Service) choose(ctx context.Context, commune store.PlaceID, texts renderings, r store.Recipient) (Way, Text, error) {
	to, err := s.number(ctx, r.Phone)
	if err != nil {
		return Way{}, Text{}, err
	}
	tag, err := s.language(ctx, r.Language)
	if err != nil {
		return Way{}, Text{}, err
	}
	way, err := s.Route(commune, to)
	if err != nil {
		return Way{}, Text{}, err
	}
	text, ok := texts.byKey[rendering{tag, way.Profile.Name}]
	if !ok { // a language that is no longer spoken here
		text, ok = texts.byKey[rendering{s.defaultLanguage(), way.Profile.Name}]
	}
	if !ok {
		return Way{}, Text{}, errNoText
	}
	return way, text, nil
}

// errNoText: the channels have changed since the broadcast was approved.
var errNoText = errors.New("campaign: no text was approved for this channel")

func (s *Service) defaultLanguage() string {
	cat := s.Program().Catalogue
	return cat.Tag(cat.Default())
}
