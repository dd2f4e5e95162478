package access

import "slices"

// Role is what somebody does, in one commune, in one organisation, or for the platform.
type Role string

// The roles. The words are kept in the database.
const (
	Administrator Role = "administrator" // opens accounts, reads the trail; of a commune or of the platform
	Editor        Role = "editor"        // clerk: writes what residents read
	Approver      Role = "approver"      // second person: mayor, secretary general
	Moderator     Role = "moderator"     // reads words of residents first
	Officer       Role = "officer"       // of one organisation
	Referral      Role = "referral"      // outside the town hall: is called on threats and urgent cases, judges appeals
	Observer      Role = "observer"      // of a programme: figures only, never a record
)

// Permission is one thing a route needs.
type Permission string

// The permissions. Routes and scopes of tokens name them.
const (
	ManageAccounts   Permission = "accounts.manage"
	ReadAudit        Permission = "audit.read"
	ReadRecords      Permission = "records.read" // what the commune has not published yet
	EditBudget       Permission = "budget.edit"
	PublishBudget    Permission = "budget.publish"
	EditNotices      Permission = "notices.edit"
	EditConsultation Permission = "consultations.edit"
	EditServices     Permission = "services.edit"
	EditEconomy      Permission = "economy.edit"
	EditPractices    Permission = "practices.edit"
	AnswerCases      Permission = "cases.answer"
	ModerateCases    Permission = "cases.moderate"
	ReadReferrals    Permission = "referrals.read"
	JudgeAppeals     Permission = "appeals.judge" // of organisations against the commune
	Approve          Permission = "broadcasts.approve"
	ActForGroup      Permission = "organisation.act"
	ReadFigures      Permission = "figures.read" // aggregates
	TryPhone         Permission = "phone.try"
)

// permitted is the whole of it: what each role may do where it holds. A role that holds for the platform holds in every
// commune, so those that can are kept from records: upper levels see aggregates only (requirement P14). Who has to look
// into a commune is given a role there, with a reason, and the trail shows it.
var permitted = map[Role][]Permission{
	Administrator: {ManageAccounts, ReadAudit, ReadFigures, TryPhone},
	Editor: {ReadRecords, EditBudget, PublishBudget, EditNotices, EditConsultation, EditServices, EditEconomy, EditPractices, AnswerCases,
		ReadFigures, TryPhone},
	Approver:  {ReadRecords, PublishBudget, Approve, ReadAudit, ReadFigures, TryPhone},
	Moderator: {ModerateCases, ReadFigures, TryPhone},
	Officer:   {ActForGroup, TryPhone},
	Referral:  {ReadReferrals, JudgeAppeals},
	Observer:  {ReadFigures},
}

// Roles lists them in the order in which people are shown them.
func Roles() []Role {
	return []Role{Administrator, Editor, Approver, Moderator, Officer, Referral, Observer}
}

// Permissions lists every permission that some role has, by name.
func Permissions() []Permission {
	var all []Permission
	for _, list := range permitted {
		all = append(all, list...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Has tells whether the role carries a permission.
func (r Role) Has(p Permission) bool { return slices.Contains(permitted[r], p) }

// Known tells whether the word is a role.
func (r Role) Known() bool { _, ok := permitted[r]; return ok }

// Platform tells whether the role can hold for the whole platform.
func (r Role) Platform() bool { return r == Administrator || r == Observer }
