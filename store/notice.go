package store

import (
	"context"
	"time"
)

// NoticeTopic is what a meeting is about, picked from a list.
type NoticeTopic string

const (
	TopicSavings  NoticeTopic = "savings"
	TopicBudget   NoticeTopic = "budget"
	TopicTraining NoticeTopic = "training"
	TopicWorks    NoticeTopic = "works"
	TopicOther    NoticeTopic = "other"
)

// Valid tells whether t is a known topic.
func (t NoticeTopic) Valid() bool {
	switch t {
	case TopicSavings, TopicBudget, TopicTraining, TopicWorks, TopicOther:
		return true
	}
	return false
}

// NoticeAudience is whom a notice is for.
type NoticeAudience string

const (
	AudienceMembers NoticeAudience = "members" // of the organisation
	AudiencePublic  NoticeAudience = "public"  // the commune
)

// NoticeState is the life of a notice:
//
//	draft → asked → approved → announced → postponed → past
//	             ↘ refused → asked          ↘ cancelled
//
// An asked notice that is withdrawn or not decided in time is a draft again. A
// notice that people have got stays announced or postponed while its next
// version waits for approval.
type NoticeState string

const (
	NoticeDraft     NoticeState = "draft"
	NoticeAsked     NoticeState = "asked"
	NoticeApproved  NoticeState = "approved"
	NoticeRefused   NoticeState = "refused"
	NoticeAnnounced NoticeState = "announced"
	NoticePostponed NoticeState = "postponed"
	NoticeCancelled NoticeState = "cancelled"
	NoticePast      NoticeState = "past"
)

// CanBecome tells whether next directly follows s.
func (s NoticeState) CanBecome(next NoticeState) bool {
	switch s {
	case NoticeDraft:
		return next == NoticeAsked
	case NoticeAsked:
		return next == NoticeApproved || next == NoticeRefused || next == NoticeDraft
	case NoticeRefused:
		return next == NoticeAsked || next == NoticeApproved // approved: on appeal
	case NoticeApproved:
		return next == NoticeAnnounced
	case NoticeAnnounced, NoticePostponed:
		return next == NoticePostponed || next == NoticeCancelled || next == NoticePast || next == s
	}
	return false
}

// Told tells whether people have got the notice and the meeting is to take
// place.
func (s NoticeState) Told() bool { return s == NoticeAnnounced || s == NoticePostponed }

// NoticeChange is what a version does.
type NoticeChange string

const (
	ChangeNew       NoticeChange = "new"
	ChangePostponed NoticeChange = "postponed" // another day or hour
	ChangeCorrected NoticeChange = "corrected" // anything else
	ChangeCancelled NoticeChange = "cancelled"
)

// VersionState is the life of a version: asked → approved → announced, or
// refused, withdrawn by its author, lapsed without a decision in time. A refused
// first version may be approved on appeal.
type VersionState string

const (
	VersionAsked     VersionState = "asked"
	VersionApproved  VersionState = "approved"
	VersionAnnounced VersionState = "announced"
	VersionRefused   VersionState = "refused"
	VersionWithdrawn VersionState = "withdrawn"
	VersionLapsed    VersionState = "lapsed"
)

// AppealState is the life of an appeal against a refusal: asked → granted or
// rejected. It is decided outside the commune.
type AppealState string

const (
	AppealNone     AppealState = ""
	AppealAsked    AppealState = "asked"
	AppealGranted  AppealState = "granted"
	AppealRejected AppealState = "rejected"
)

// By names the author or approver of a notice: an officer by phone, or an
// account of the console.
type By struct {
	Officer int64
	Account int64
}

// Nobody tells that neither is set.
func (b By) Nobody() bool { return b == By{} }

// NoticeContent is what a notice tells, as data.
type NoticeContent struct {
	Topic    NoticeTopic
	Venue    int64  // 0: Place says where
	Place    string // at most 24 characters, only without a venue
	StartsAt time.Time
}

// Notice is a meeting as it stands: its draft, or what was announced last.
type Notice struct {
	ID           int64
	Commune      PlaceID
	Organisation int64 // 0: the town hall
	Number       int   // permanent dialled number
	Audience     NoticeAudience
	Content      NoticeContent
	State        NoticeState
	Version      int // newest version asked for, 0 for a mere draft
	Author       By
	Appeal       AppealState
	AppealedAt   time.Time
	Created      time.Time
	Announced    time.Time // for the first time
	Updated      time.Time
}

// NoticeVersion is one text of a notice as it was put forward: frozen, so that
// what is approved is what is sent.
type NoticeVersion struct {
	Notice     int64
	Version    int
	Change     NoticeChange
	Content    NoticeContent
	State      VersionState
	Mandate    int64 // under which it was asked for, 0: none was needed
	Author     By
	Approver   By
	Reason     string // code of a refusal, for example date
	Note       string // the approver's words
	Recipients int64  // as counted when asked, as sent when announced
	Cost       *int64 // FCFA, as shown when asked; nil unknown
	AskedAt    time.Time
	ApproveBy  time.Time // it lapses then
	DecidedAt  time.Time
	Announced  time.Time
}

// NoticeReader reads notices.
type NoticeReader interface {
	// Get gives a notice in whatever state.
	Get(ctx context.Context, commune PlaceID, id int64) (Notice, error)
	// Version gives one version.
	Version(ctx context.Context, commune PlaceID, id int64, version int) (NoticeVersion, error)
	// Versions gives all versions, oldest first.
	Versions(ctx context.Context, commune PlaceID, id int64) ([]NoticeVersion, error)
	// Own gives up to limit notices of an organisation (0: the town hall),
	// newest first.
	Own(ctx context.Context, commune PlaceID, organisation int64, limit int) ([]Notice, error)
	// Upcoming gives up to limit announced meetings that begin after now,
	// soonest first: the public ones, and those of organisations the number
	// joined.
	Upcoming(ctx context.Context, commune PlaceID, p Pseudonym, now time.Time, limit int) ([]Notice, error)
	// Waiting gives the versions asked for and not yet decided, longest waiting
	// first: those for the members of an organisation, or with 0 those for the
	// public of the commune.
	Waiting(ctx context.Context, commune PlaceID, organisation int64) ([]NoticeVersion, error)
	// Appeals gives the refused notices whose appeal is not decided, of one
	// commune or with 0 of all.
	Appeals(ctx context.Context, commune PlaceID) ([]Notice, error)
}

// Asking puts a version of a notice forward.
type Asking struct {
	Change     NoticeChange
	Content    NoticeContent
	Mandate    int64
	Author     By
	Recipients int64
	Cost       *int64
	ApproveBy  time.Time
	MonthFrom  time.Time // the quota's month: first instant, and first instant after it
	MonthTo    time.Time
	Quota      int // new meetings of the organisation in that month; 0: no limit
}

// Decision is an approver's word on a version.
type Decision struct {
	Approve bool
	By      By
	Reason  string // code, for a refusal
	Note    string // at most 100 characters
}

// NoticeWriter composes notices and moves them on. Every move is a
// compare-and-set with its audit row.
type NoticeWriter interface {
	// Draft stores a draft and gives it back with its dialled number.
	Draft(ctx context.Context, n Notice, act Act) (Notice, error)
	// Revise overwrites audience and content of a draft or refused notice.
	Revise(ctx context.Context, n Notice, act Act) (Notice, error)
	// Ask puts the next version forward. A new one wants a draft or refused
	// notice, every other change one that people have got. CodeConflict while
	// another version waits or is being sent, CodeDenied past the quota or for
	// an organisation that is not active.
	Ask(ctx context.Context, commune PlaceID, id int64, a Asking, act Act) (NoticeVersion, error)
	// Decide approves or refuses an asked version. CodeDenied when the author
	// is the one to decide or the time is over; CodeInvalid for a refusal
	// without a reason.
	Decide(ctx context.Context, commune PlaceID, id int64, version int, d Decision, act Act) error
	// Withdraw takes an asked version back.
	Withdraw(ctx context.Context, commune PlaceID, id int64, version int, act Act) error
	// Announce tells that an approved version was sent to so many: its content
	// becomes the notice's.
	Announce(ctx context.Context, commune PlaceID, id int64, version int, recipients int64, act Act) error
	// Appeal carries a refused public notice to a person outside the commune,
	// once.
	Appeal(ctx context.Context, commune PlaceID, id int64, act Act) error
	// DecideAppeal grants it, so that the refused version is approved, or
	// rejects it; CodeInvalid for a rejection without a reason.
	DecideAppeal(ctx context.Context, commune PlaceID, id int64, granted bool, by By, act Act) error
}

// NoticeCare is the housekeeping of notices.
type NoticeCare interface {
	// Lapse ends the waiting of versions whose time for a decision is over and
	// tells how many.
	Lapse(ctx context.Context, now time.Time, act Act) (int64, error)
	// Finish moves announced meetings that began before a time to past.
	Finish(ctx context.Context, startedBefore time.Time, act Act) (int64, error)
}

// Attendance is a person's word on coming.
type Attendance struct {
	Answered bool // for the time the meeting stands at
	Coming   bool
}

// Attendances keeps who says "I come". A voter is the number's pseudonym for
// this notice alone. An answer holds for the time it was given for: after a
// postponement it does not count.
type Attendances interface {
	// Answer stores or changes a word; CodeDenied when the meeting is not
	// announced or has begun at now.
	Answer(ctx context.Context, commune PlaceID, notice int64, v Voter, coming bool, now time.Time) error
	// Get gives a voter's word.
	Get(ctx context.Context, commune PlaceID, notice int64, v Voter) (Attendance, error)
	// Coming counts those who come.
	Coming(ctx context.Context, commune PlaceID, notice int64) (int64, error)
	// Linked lists notices whose attendances still carry voters.
	Linked(ctx context.Context) ([]int64, error)
	// Unlink cuts voters from the attendances of meetings that began before a
	// time and tells how many.
	Unlink(ctx context.Context, startedBefore time.Time) (int64, error)
}
