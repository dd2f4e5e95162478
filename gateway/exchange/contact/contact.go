// Package contact imports the people that another system has spoken with. Who was stopped or blocked there is suppressed
// here. Of the others the number, the language and perhaps the commune are kept, and no consent: nobody agreed to anything
// with us. A consent is stored only when the import names the sheet on which people gave it. Names, groups and fields of
// the file are not kept.
package contact

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/gateway/identity"
	"baro/store"
)

// Contacts keeps people.
type Contacts interface {
	Get(ctx context.Context, p store.Pseudonym) (store.Contact, error)
	Keep(ctx context.Context, c store.Contact) error
}

// Consents keeps permissions and refusals.
type Consents interface {
	Give(ctx context.Context, c store.Consent) (bool, error)
	Withdraw(ctx context.Context, p store.Pseudonym, purpose store.Purpose, at time.Time) error
	Standing(ctx context.Context, p store.Pseudonym) ([]store.Consent, error)
	Suppressed(ctx context.Context, p store.Pseudonym, purpose store.Purpose) (bool, error)
}

// Audit is the trail.
type Audit interface {
	Append(ctx context.Context, r store.AuditRow) (store.AuditRow, error)
}

// Places finds communes.
type Places interface {
	Commune(ctx context.Context, code string) (store.Place, error)
}

// Keys seals and names numbers.
type Keys interface {
	Pseudonym(m identity.MSISDN) identity.Pseudonym
	SealNumber(m identity.MSISDN) (identity.Sealed, error)
	Seal(purpose string, plain []byte) (identity.Sealed, error)
}

var _ Keys = (*identity.Keyring)(nil)

// Options are what the file does not say.
type Options struct {
	Commune string // of everybody in the file; empty: they choose when they first call
	// ConsentSource names the sheet on which everybody in the file agreed to notices. Empty: nobody gets a consent.
	ConsentSource string
	Act           store.Act
	Table         table.Options
}

// Deps are what an import reads and writes.
type Deps struct {
	Tx       store.Writer
	Contacts Contacts
	Consents Consents
	Audit    Audit
	Places   Places
	Keys     Keys
	Now      func() time.Time
}

// An Importer plans imports of contacts.
type Importer struct{ Deps }

// New makes an importer.
func New(d Deps) *Importer { return &Importer{d} }

// Purposes under which languages are sealed, as those of people who called.
const (
	sealContactLanguage = "contact.language"
	sealConsentLanguage = "consent.language"
)

// sheet is where an imported consent was given, and the text that was read there, which is not ours.
const sheet = "sheet"

// person is somebody in the file.
type person struct {
	number   identity.MSISDN
	language string
	seen     time.Time
	stopped  bool
	line     int
}

// Plan reads a file and compares it with what is stored. Nothing is written before the commit.
func (im *Importer) Plan(ctx context.Context, r io.Reader, o Options, rep *report.Report) (report.Commit, error) {
	if im.Keys == nil {
		rep.Reject(report.Because(report.NoKeys))
		return nil, nil
	}
	var commune store.PlaceID
	if o.Commune != "" {
		place, err := im.Places.Commune(ctx, o.Commune)
		if store.CodeOf(err) == store.CodeNotFound {
			rep.Reject(report.Because(report.UnknownCommune))
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		commune = place.ID
		rep.Facts["commune"] = place.Name
	}
	file, err := table.Open(r, layouts(), o.Table, rep)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	people, err := im.read(file, rep)
	if err != nil {
		return nil, err
	}
	if rep.Rejected != nil {
		return nil, nil
	}
	if len(people) == 0 {
		rep.Reject(report.Because(report.NothingToDo))
		return nil, nil
	}
	b := &batch{Importer: im, options: o, commune: commune, people: people}
	t, err := b.walk(ctx, false, rep)
	if err != nil {
		return nil, err
	}
	t.tell(rep, o)
	return func(ctx context.Context) error {
		err := im.Tx.Write(ctx, func(ctx context.Context) error {
			t, err := b.walk(ctx, true, nil)
			if err != nil {
				return err
			}
			_, err = im.Audit.Append(ctx, store.AuditRow{
				At: im.Now(), Actor: o.Act.Actor, Reason: o.Act.Reason, RequestID: o.Act.RequestID, Commune: commune,
				Action: "contacts.import", Object: "contacts", After: t.String(),
			})
			return err
		})
		if err != nil {
			return fmt.Errorf("import contacts: %w", err)
		}
		return nil
	}, nil
}

// read takes the people out of the file. Of two rows with one number a stop counts.
func (im *Importer) read(file *table.Reader, rep *report.Report) ([]person, error) {
	var people []person
	at := map[identity.MSISDN]int{}
	for {
		row, err := file.Next()
		if err == io.EOF {
			return people, nil
		}
		if err != nil {
			return nil, err
		}
		p, ok := readRow(row, rep)
		if rep.Rejected != nil {
			return nil, nil
		}
		if !ok {
			continue
		}
		i, doubled := at[p.number]
		switch {
		case doubled && p.stopped && !people[i].stopped:
			people[i].stopped = true
			rep.Counts.Accepted++
		case doubled:
			rep.Refuse(row.Line, numberColumn(row), "", report.Because(report.Duplicate, people[i].line))
		default:
			at[p.number] = len(people)
			people = append(people, p)
			rep.Counts.Accepted++
		}
	}
}

// batch is the content of one file.
type batch struct {
	*Importer
	options Options
	commune store.PlaceID
	people  []person
}

// tally is what an import does, or would do.
type tally struct {
	contacts, suppressions, consents, known int
}

func (t tally) String() string {
	return fmt.Sprintf("%d contacts, %d suppressions, %d consents", t.contacts, t.suppressions, t.consents)
}

// tell puts the outcome into the report.
func (t tally) tell(rep *report.Report, o Options) {
	rep.Counts.New = t.contacts + t.suppressions
	rep.Counts.Unchanged = t.known
	rep.Facts["new contacts"] = fmt.Sprint(t.contacts)
	rep.Facts["new suppressions"] = fmt.Sprint(t.suppressions)
	rep.Facts["consents"] = "none, as no --consent-source names a sheet: these people are sent nothing until they agree"
	if o.ConsentSource != "" {
		rep.Facts["consents"] = fmt.Sprintf("%d to notices, source %s", t.consents, o.ConsentSource)
	}
	rep.Facts["not kept"] = "names, groups, fields"
}

// walk decides for everybody, and writes when asked to: what was decided for the report is decided again in the
// transaction, since people may have called meanwhile.
func (b *batch) walk(ctx context.Context, write bool, rep *report.Report) (t tally, err error) {
	now := b.Now()
	for _, p := range b.people {
		pseudonym := store.Pseudonym(b.Keys.Pseudonym(p.number))
		stopped, err := b.Consents.Suppressed(ctx, pseudonym, store.PurposeAll)
		if err != nil {
			return t, err
		}
		switch {
		case p.stopped && stopped:
			t.known++
			continue
		case p.stopped:
			t.suppressions++
			if write {
				if err := b.Consents.Withdraw(ctx, pseudonym, store.PurposeAll, now); err != nil {
					return t, err
				}
			}
			continue
		case stopped:
			// Said STOP here, or was erased at their wish: an old list brings nobody back.
			t.known++
			if rep != nil {
				rep.Warn(p.line, "", "", report.Because(report.StillStopped))
			}
			continue
		}
		if err := b.keep(ctx, p, pseudonym, now, write, &t); err != nil {
			return t, err
		}
		if b.options.ConsentSource != "" {
			if err := b.agree(ctx, p, pseudonym, now, write, &t); err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

// keep stores a stranger. What somebody has told us themselves stays.
func (b *batch) keep(ctx context.Context, p person, pseudonym store.Pseudonym, now time.Time, write bool, t *tally) error {
	_, err := b.Contacts.Get(ctx, pseudonym)
	if err == nil {
		t.known++
		return nil
	}
	if store.CodeOf(err) != store.CodeNotFound {
		return err
	}
	t.contacts++
	if !write {
		return nil
	}
	phone, err := b.Keys.SealNumber(p.number)
	if err != nil {
		return err
	}
	language, err := b.seal(sealContactLanguage, p.language)
	if err != nil {
		return err
	}
	seen := p.seen
	if seen.IsZero() || seen.After(now) {
		seen = now
	}
	return b.Contacts.Keep(ctx, store.Contact{
		Pseudonym: pseudonym, Phone: store.Sealed(phone), Language: language, Commune: b.commune, Created: now, LastActive: seen,
	})
}

// agree stores a consent to notices, unless it stands or was refused here.
func (b *batch) agree(ctx context.Context, p person, pseudonym store.Pseudonym, now time.Time, write bool, t *tally) error {
	refused, err := b.Consents.Suppressed(ctx, pseudonym, store.PurposeNotices)
	if err != nil || refused {
		return err
	}
	standing, err := b.Consents.Standing(ctx, pseudonym)
	if err != nil || slices.ContainsFunc(standing, func(c store.Consent) bool { return c.Purpose == store.PurposeNotices }) {
		return err
	}
	t.consents++
	if !write {
		return nil
	}
	language, err := b.seal(sealConsentLanguage, p.language)
	if err != nil {
		return err
	}
	_, err = b.Consents.Give(ctx, store.Consent{
		Pseudonym: pseudonym, Purpose: store.PurposeNotices, TextVersion: sheet, Language: language, Channel: sheet,
		Source: sheet + ": " + strings.TrimSpace(b.options.ConsentSource), GivenAt: now,
	})
	return err
}

func (b *batch) seal(purpose, language string) (store.Sealed, error) {
	if language == "" {
		return store.Sealed{}, nil
	}
	sealed, err := b.Keys.Seal(purpose, []byte(language))
	return store.Sealed(sealed), err
}
