package demonstration

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"baro/store"
)

// Organisations registers organisations.
type Organisations interface {
	Create(ctx context.Context, o store.Organisation, act store.Act) (store.Organisation, error)
}

// Mandates grants mandates.
type Mandates interface {
	Grant(ctx context.Context, commune store.PlaceID, m store.Mandate, act store.Act) (store.Mandate, error)
}

// Officers appoints officers.
type Officers interface {
	Appoint(ctx context.Context, o store.Officer, post store.Post, act store.Act) (store.Officer, error)
}

// Members takes members in.
type Members interface {
	Join(ctx context.Context, commune store.PlaceID, m store.Member) (bool, error)
}

// Venues adds places to meet.
type Venues interface {
	Add(ctx context.Context, v store.Venue, act store.Act) (store.Venue, error)
}

// Notices announces meetings.
type Notices interface {
	Draft(ctx context.Context, n store.Notice, act store.Act) (store.Notice, error)
	Ask(ctx context.Context, commune store.PlaceID, id int64, a store.Asking, act store.Act) (store.NoticeVersion, error)
	Decide(ctx context.Context, commune store.PlaceID, id int64, version int, d store.Decision, act store.Act) error
	Announce(ctx context.Context, commune store.PlaceID, id int64, version int, recipients int64, act store.Act) error
}

// Attendances takes who comes.
type Attendances interface {
	Answer(ctx context.Context, commune store.PlaceID, notice int64, v store.Voter, coming bool, now time.Time) error
}

// People makes the numbers, PINs and languages of fictional people as the services do.
type People struct {
	Number   func(number string) (store.Pseudonym, store.Sealed, error)
	PIN      func(ctx context.Context, pin string) (string, error)
	Language func(tag string) (store.Sealed, error)
}

// Who acts for the demonstration's groups, and the PINs that work there. None of the numbers is anybody's.
const (
	WomenLeader, WomenLeaderPIN = "+22370000002", "4826"
	WomenSecond, WomenSecondPIN = "+22370000003", "5937"
	YouthLeader, YouthLeaderPIN = "+22370000004", "6148" // and second of the cooperative, whose mandate is over
	YouthSecond, YouthSecondPIN = "+22370000005", "7259" // and leader of the cooperative
	Approver, ApproverPIN       = "+22370000007", "9361" // of the town hall
)

// members of the women's group have the numbers from this one on.
const (
	firstMember  = 70000101
	womenMembers = 42
	youthMembers = 6 // too few to be told
)

// groups are two groups with their officers and members, and a cooperative that nobody has joined yet.
func (s *seeding) groups(ctx context.Context) error {
	if s.People == nil {
		return nil
	}
	venues, err := s.venues(ctx)
	if err != nil {
		return err
	}
	women, err := s.organisation(ctx, store.OrganisationWomen, "Femmes Nyetaba", store.Texts{"fr": "Femmes de Nyètaba", "en": "Women of Nyètaba"}, 300)
	if err != nil {
		return err
	}
	youth, err := s.organisation(ctx, store.OrganisationYouth, "Jeunes Badanib", store.Texts{"fr": "Jeunes de Badaniba", "en": "Youth of Badaniba"}, 120)
	if err != nil {
		return err
	}
	growers, err := s.organisation(ctx, store.OrganisationCooperative, "Maraichers", store.Texts{"fr": "Maraîchers de Sanjiba", "en": "Growers of Sanjiba"}, -5)
	if err != nil {
		return err
	}
	officers := make(map[string]int64)
	for _, o := range []struct {
		number, pin string
		post        store.Post
	}{
		{WomenLeader, WomenLeaderPIN, store.Post{Organisation: women, Role: store.RoleLeader}},
		{WomenSecond, WomenSecondPIN, store.Post{Organisation: women, Role: store.RoleSecond}},
		{YouthLeader, YouthLeaderPIN, store.Post{Organisation: youth, Role: store.RoleLeader}},
		{YouthSecond, YouthSecondPIN, store.Post{Organisation: youth, Role: store.RoleSecond}},
		{YouthSecond, YouthSecondPIN, store.Post{Organisation: growers, Role: store.RoleLeader}},
		{YouthLeader, YouthLeaderPIN, store.Post{Organisation: growers, Role: store.RoleSecond}},
		{Approver, ApproverPIN, store.Post{Role: store.RoleApprover}},
	} {
		if officers[o.number], err = s.appoint(ctx, o.number, o.pin, o.post); err != nil {
			return err
		}
	}
	if err := s.join(ctx, women, firstMember, womenMembers); err != nil {
		return err
	}
	if err := s.join(ctx, youth, firstMember+womenMembers, youthMembers); err != nil {
		return err
	}
	return s.meeting(ctx, youth, venues[2], officers[YouthLeader], officers[Approver])
}

func (s *seeding) venues(ctx context.Context) (ids []int64, err error) {
	for _, name := range []string{"École de Nyètaba", "Marché", "Mairie", "Maison des femmes", "Place de Badaniba"} {
		v, err := s.Venues.Add(ctx, store.Venue{Commune: s.communes[CommuneNumber], Name: name}, s.act)
		if err != nil {
			return nil, err
		}
		ids = append(ids, v.ID)
	}
	return ids, nil
}

// organisation registers one with a mandate that ends so many days from now.
func (s *seeding) organisation(ctx context.Context, kind store.OrganisationKind, short string, name store.Texts, until int) (int64, error) {
	commune := s.communes[CommuneNumber]
	o, err := s.Organisations.Create(ctx, store.Organisation{Commune: commune, Kind: kind, Name: name, ShortName: short}, s.act)
	if err != nil {
		return 0, err
	}
	_, err = s.Mandates.Grant(ctx, commune, store.Mandate{
		Organisation: o.ID, Purpose: "Annoncer ses réunions (fictif)", From: s.day(-60), To: s.day(until), Quota: 4,
	}, s.act)
	return o.ID, err
}

func (s *seeding) appoint(ctx context.Context, number, pin string, post store.Post) (int64, error) {
	p, phone, err := s.People.Number(number)
	if err != nil {
		return 0, err
	}
	hash, err := s.People.PIN(ctx, pin)
	if err != nil {
		return 0, err
	}
	o, err := s.Officers.Appoint(ctx, store.Officer{Commune: s.communes[CommuneNumber], Pseudonym: &p, Phone: phone, PINHash: hash}, post, s.act)
	return o.ID, err
}

// join makes members of so many numbers in a row.
func (s *seeding) join(ctx context.Context, organisation int64, first, n int) error {
	for i := range n {
		p, phone, err := s.People.Number(fmt.Sprintf("+223%d", first+i))
		if err != nil {
			return err
		}
		language, err := s.People.Language([]string{"fr", "bm"}[i%2])
		if err != nil {
			return err
		}
		_, err = s.Members.Join(ctx, s.communes[CommuneNumber], store.Member{
			Organisation: organisation, Pseudonym: p, Phone: phone, Language: language,
			TextVersion: source, Channel: "paper", Source: source, JoinedAt: s.now.AddDate(0, 0, -30),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// meeting is a public one of the youth group that the town hall has approved and a dozen people come to.
func (s *seeding) meeting(ctx context.Context, organisation, venue, author, approver int64) error {
	commune := s.communes[CommuneNumber]
	content := store.NoticeContent{Topic: store.TopicWorks, Venue: venue, StartsAt: s.midnight(10).Add(9 * time.Hour)}
	n, err := s.Notices.Draft(ctx, store.Notice{
		Commune: commune, Organisation: organisation, Audience: store.AudiencePublic, Content: content, Author: store.By{Officer: author},
	}, s.act)
	if err != nil {
		return err
	}
	v, err := s.Notices.Ask(ctx, commune, n.ID, store.Asking{
		Change: store.ChangeNew, Content: content, Author: store.By{Officer: author}, ApproveBy: s.now.AddDate(0, 0, 9),
		MonthFrom: s.now, MonthTo: s.now.AddDate(0, 0, 1),
	}, s.act)
	if err != nil {
		return err
	}
	if err := s.Notices.Decide(ctx, commune, n.ID, v.Version, store.Decision{Approve: true, By: store.By{Officer: approver}}, s.act); err != nil {
		return err
	}
	if err := s.Notices.Announce(ctx, commune, n.ID, v.Version, 0, s.act); err != nil {
		return err
	}
	for i := range 12 {
		voter := store.Voter(sha256.Sum256(binary.BigEndian.AppendUint32([]byte("demonstration attendance "), uint32(i))))
		if err := s.Attendances.Answer(ctx, commune, n.ID, voter, true, s.now); err != nil {
			return err
		}
	}
	return nil
}
