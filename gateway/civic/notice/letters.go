package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"baro/flows"
	"baro/gateway/civic/letter"
	"baro/gateway/identity"
	"baro/store"
)

// frame is the letter around every text to many: who speaks, what, what to dial to see that it is genuine, how to stop.
const frame = "broadcast.frame"

// sealMember is the purpose under which a member's language is sealed.
const sealMember = "member.language"

// membersPage is how many members are read at a time.
const membersPage = 200

// LetterDesk writes letters and sends them.
type LetterDesk interface {
	Write(l letter.Letter) (letter.Text, error)
	Send(ctx context.Context, letters ...letter.Letter) error
}

// Letters is the plain announcer of small groups: one letter for each member, within the transaction of the approval. A
// change goes to those who were members when the notice went out and still are. The public gets no letters from it: it
// reads public notices in the menu.
type Letters struct {
	Notices  Notices
	Members  store.Members
	Consents store.Consents
	Keys     *identity.Keyring
	Desk     LetterDesk
	Dial     func(commune store.PlaceID, keys ...int) string
	Told     Teller
}

// A Teller writes what a version says as a letter of the catalogue, and who says it.
type Teller interface {
	Body(ctx context.Context, n store.Notice, v store.NoticeVersion) (message string, fields flows.Record, err error)
	Sender(ctx context.Context, n store.Notice) (string, error)
}

var _ Announcer = (*Letters)(nil)

// Estimate counts the members a version goes to; what it costs is not known.
func (l *Letters) Estimate(ctx context.Context, n store.Notice, v store.NoticeVersion) (r Reach, err error) {
	err = l.each(ctx, n, v, func(store.Member) error { r.Recipients++; return nil })
	return r, err
}

// Announce sends a version at once.
func (l *Letters) Announce(ctx context.Context, n store.Notice, v store.NoticeVersion, act store.Act) error {
	message, fields, err := l.Told.Body(ctx, n, v)
	if err != nil {
		return err
	}
	sender, err := l.Told.Sender(ctx, n)
	if err != nil {
		return err
	}
	var letters []letter.Letter
	err = l.each(ctx, n, v, func(m store.Member) error {
		one, err := l.write(n, v, m, sender, message, fields)
		if errors.Is(err, letter.ErrNoWay) {
			return nil
		}
		letters = append(letters, one)
		return err
	})
	if err != nil {
		return fmt.Errorf("announce notice: %w", err)
	}
	if err := l.Desk.Send(ctx, letters...); err != nil {
		return fmt.Errorf("announce notice: %w", err)
	}
	return l.Notices.Announce(ctx, n.Commune, n.ID, v.Version, int64(len(letters)), act)
}

// write makes the letter of one member. The body is written first: both are in the language the body exists in.
func (l *Letters) write(n store.Notice, v store.NoticeVersion, m store.Member, sender, message string, fields flows.Record) (letter.Letter, error) {
	to, err := l.Keys.OpenNumber(identity.Sealed(m.Phone))
	if err != nil {
		return letter.Letter{}, fmt.Errorf("open a member's number: %w", err)
	}
	lang := ""
	if m.Language.Box != nil {
		raw, err := l.Keys.Open(sealMember, identity.Sealed(m.Language))
		if err != nil {
			return letter.Letter{}, fmt.Errorf("open a member's language: %w", err)
		}
		lang = string(raw)
	}
	one := letter.Letter{To: to, Language: lang, Message: message, Fields: fields, Commune: n.Commune}
	body, err := l.Desk.Write(one)
	if err != nil {
		return one, err
	}
	one.Language, one.Message, one.Origin, one.Priority = body.Language, frame, fmt.Sprintf("notice:%d", n.ID), store.PriorityNotice
	one.Purpose = store.PurposeGroups
	one.Fields = flows.Record{
		{Name: "Sender", Value: flows.TextOf(sender)}, {Name: "Body", Value: flows.TextOf(body.Text)},
		{Name: "Dial", Value: flows.TextOf(l.Dial(n.Commune, 2, n.Number))},
	}
	one.ExpiresAt = v.Content.StartsAt
	return one, nil
}

// each visits whom a version goes to.
func (l *Letters) each(ctx context.Context, n store.Notice, v store.NoticeVersion, visit func(store.Member) error) error {
	if n.Audience != store.AudienceMembers {
		return nil
	}
	var since time.Time // of the membership; zero: every member
	if v.Change != store.ChangeNew {
		since = n.Announced
	}
	for after := (store.Pseudonym{}); ; {
		page, err := l.Members.Joined(ctx, n.Commune, n.Organisation, after, membersPage)
		if err != nil {
			return fmt.Errorf("list members: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		for _, m := range page {
			after = m.Pseudonym
			if !since.IsZero() && m.JoinedAt.After(since) {
				continue
			}
			stopped, err := l.Consents.Suppressed(ctx, m.Pseudonym, store.PurposeGroups)
			if err != nil {
				return fmt.Errorf("look for a refusal: %w", err)
			}
			if stopped {
				continue
			}
			if err := visit(m); err != nil {
				return err
			}
		}
	}
}
