package store

import (
	"context"
	"time"
)

// BudgetStage is the kind of a budget document within the year's cycle.
type BudgetStage string

const (
	BudgetPrimitif      BudgetStage = "budget_primitif"
	BudgetAdditionnel   BudgetStage = "budget_additionnel"
	CompteAdministratif BudgetStage = "compte_administratif"
)

// Valid tells whether s is one of the three stages.
func (s BudgetStage) Valid() bool {
	return s == BudgetPrimitif || s == BudgetAdditionnel || s == CompteAdministratif
}

// BudgetStatus is where a document stands: draft → published → superseded. A
// publication can be taken back: the document is a draft again, and the one it
// superseded stands.
type BudgetStatus string

const (
	BudgetDraft      BudgetStatus = "draft"
	BudgetPublished  BudgetStatus = "published"
	BudgetSuperseded BudgetStatus = "superseded"
)

// VotingBody is the kind of body that adopted a document; councils are not the
// only ones.
type VotingBody string

const (
	ConseilCommunal     VotingBody = "conseil_communal"
	DelegationSpeciale  VotingBody = "delegation_speciale"
	AutoriteInterimaire VotingBody = "autorite_interimaire"
	votingBodyUnknown   VotingBody = ""
)

// Valid tells whether b is empty or a known body.
func (b VotingBody) Valid() bool {
	switch b {
	case votingBodyUnknown, ConseilCommunal, DelegationSpeciale, AutoriteInterimaire:
		return true
	}
	return false
}

// Vote is the adoption of a document. Nil counts were not reported.
type Vote struct {
	On                      Date
	Body                    VotingBody
	BodyText                string // the body's own name
	For, Against, Abstained *int64
}

// BudgetDocument is one version of a commune's budget or accounts.
type BudgetDocument struct {
	ID            int64
	Commune       PlaceID
	Year          int
	Stage         BudgetStage
	Version       int // 1, 2, … within commune, year and stage
	Status        BudgetStatus
	Vote          Vote
	TransmittedOn Date // sent to the préfet
	ApprovedOn    Date
	SourceName    string // file name of the import
	SourceHash    [32]byte
	Created       time.Time
	PublishedAt   time.Time
}

// Section is the half of a budget a line belongs to.
type Section string

const (
	Fonctionnement Section = "fonctionnement"
	Investissement Section = "investissement"
)

// Direction is the sens of a line.
type Direction string

const (
	Recette Direction = "recette"
	Depense Direction = "depense"
)

// LineKind tells real movements from those of order (transfers between
// sections, which appear twice).
type LineKind string

const (
	LineReel  LineKind = "reel"
	LineOrdre LineKind = "ordre"
)

// Coded is a code of a nomenclature with its label. Codes are text: leading
// zeros count.
type Coded struct {
	Code, Label string
}

// BudgetLine is one line by nature × fonction. Amounts in whole FCFA.
type BudgetLine struct {
	Row       int // row in the source, 1-based; order of display
	Section   Section
	Direction Direction
	Kind      LineKind
	Nature    Coded // the account
	Chapter   Coded
	Function  Coded
	Operation string // named project
	Sector    string
	Village   string
	Previous  *int64 // former budget
	Planned   int64
	Revised   *int64
	Realised  *int64
}

// BudgetReader reads budgets; drafts too, so who shows them to residents asks
// for published ones.
type BudgetReader interface {
	// Document gives one document, whatever its status.
	Document(ctx context.Context, commune PlaceID, id int64) (BudgetDocument, error)
	// Documents lists all versions, newest year first.
	Documents(ctx context.Context, commune PlaceID) ([]BudgetDocument, error)
	// Published gives the standing document of a year and stage.
	Published(ctx context.Context, commune PlaceID, year int, stage BudgetStage) (BudgetDocument, error)
	// PublishedList lists the standing documents, newest year first.
	PublishedList(ctx context.Context, commune PlaceID) ([]BudgetDocument, error)
	// Lines gives all lines of a document in row order.
	Lines(ctx context.Context, commune PlaceID, document int64) ([]BudgetLine, error)
}

// BudgetWriter imports and publishes budgets.
type BudgetWriter interface {
	// Create stores a draft with the next version number of its commune, year
	// and stage, and gives it back with id, version and times.
	Create(ctx context.Context, d BudgetDocument) (BudgetDocument, error)
	// AddLines appends lines to a draft; CodeConflict once it is published.
	AddLines(ctx context.Context, commune PlaceID, document int64, lines []BudgetLine) error
	// SetVote records adoption, transmission and approval.
	SetVote(ctx context.Context, commune PlaceID, document int64, v Vote, transmitted, approved Date, act Act) error
	// Publish makes a draft visible and supersedes the former document of the
	// same year and stage, with the audit row, in one transaction.
	Publish(ctx context.Context, commune PlaceID, document int64, act Act) error
	// Withdraw takes a publication back: the document becomes a draft again and
	// the latest version it superseded, which it gives, stands once more; nil
	// when there was none. CodeConflict unless it is the standing document.
	Withdraw(ctx context.Context, commune PlaceID, document int64, act Act) (*BudgetDocument, error)
	// DeleteDraft removes a draft and its lines; CodeConflict for anything else.
	DeleteDraft(ctx context.Context, commune PlaceID, document int64) error
}
