package sqldb

import (
	"context"
	"fmt"

	"baro/store"
)

// Budgets keeps budget documents and their lines.
type Budgets struct{ db *DB }

var (
	_ store.BudgetReader = (*Budgets)(nil)
	_ store.BudgetWriter = (*Budgets)(nil)
)

// Budgets gives the contract for budgets.
func (db *DB) Budgets() *Budgets { return &Budgets{db} }

func (b *Budgets) Document(ctx context.Context, commune store.PlaceID, id int64) (store.BudgetDocument, error) {
	return one(ctx, b.db, "get budget document", "budget_get", scanBudgetDocument, int64(commune), id)
}

func (b *Budgets) Documents(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error) {
	return list(ctx, b.db, "list budget documents", "budget_list", scanBudgetDocument, int64(commune))
}

func (b *Budgets) Published(ctx context.Context, commune store.PlaceID, year int, stage store.BudgetStage) (store.BudgetDocument, error) {
	return one(ctx, b.db, "get published budget", "budget_published", scanBudgetDocument, int64(commune), year, string(stage))
}

func (b *Budgets) PublishedList(ctx context.Context, commune store.PlaceID) ([]store.BudgetDocument, error) {
	return list(ctx, b.db, "list published budgets", "budget_published_list", scanBudgetDocument, int64(commune))
}

func (b *Budgets) Lines(ctx context.Context, commune store.PlaceID, document int64) ([]store.BudgetLine, error) {
	return list(ctx, b.db, "list budget lines", "budget_lines", scanBudgetLine, int64(commune), document)
}

func (b *Budgets) Create(ctx context.Context, d store.BudgetDocument) (store.BudgetDocument, error) {
	const op = "create budget draft"
	if err := checkBudget(op, d.Stage, d.Vote, d.TransmittedOn, d.ApprovedOn); err != nil {
		return store.BudgetDocument{}, err
	}
	v := d.Vote
	err := b.db.Write(ctx, func(ctx context.Context) error {
		id, err := b.db.insert(ctx, op, "budget_create", int64(d.Commune), d.Year, string(d.Stage), string(v.On),
			string(v.Body), v.BodyText, number(v.For), number(v.Against), number(v.Abstained), string(d.TransmittedOn),
			string(d.ApprovedOn), d.SourceName, d.SourceHash[:], micros(b.db.now()))
		if err != nil {
			return err
		}
		d, err = b.Document(ctx, d.Commune, id)
		return err
	})
	return d, err
}

func (b *Budgets) AddLines(ctx context.Context, commune store.PlaceID, document int64, lines []store.BudgetLine) error {
	const op = "add budget lines"
	rows := make([][]any, len(lines))
	for i, l := range lines {
		rows[i] = []any{document, l.Row, string(l.Section), string(l.Direction), string(l.Kind), l.Nature.Code, l.Nature.Label,
			l.Chapter.Code, l.Chapter.Label, l.Function.Code, l.Function.Label, l.Operation, l.Sector, l.Village,
			number(l.Previous), l.Planned, number(l.Revised), number(l.Realised)}
	}
	return b.db.Write(ctx, func(ctx context.Context) error {
		// The lock keeps a publication out until the lines are in.
		if err := b.mustMove(ctx, op, commune, document, "budget_lock_draft", int64(commune), document); err != nil {
			return err
		}
		_, err := b.db.many(ctx, op, "budget_line_insert", rows, nil)
		return err
	})
}

func (b *Budgets) SetVote(ctx context.Context, commune store.PlaceID, document int64, v store.Vote, transmitted, approved store.Date, act store.Act) error {
	const op = "record budget vote"
	if err := checkBudget(op, store.BudgetPrimitif, v, transmitted, approved); err != nil {
		return err
	}
	return b.db.Write(ctx, func(ctx context.Context) error {
		before, err := b.Document(ctx, commune, document)
		if err != nil {
			return err
		}
		if _, err := b.db.exec(ctx, op, "budget_set_vote", int64(commune), document, string(v.On), string(v.Body), v.BodyText,
			number(v.For), number(v.Against), number(v.Abstained), string(transmitted), string(approved)); err != nil {
			return err
		}
		return b.db.record(ctx, act, commune, "budget.vote", budgetObject(document),
			budgetDates(before.Vote.On, before.TransmittedOn, before.ApprovedOn), budgetDates(v.On, transmitted, approved))
	})
}

func (b *Budgets) Publish(ctx context.Context, commune store.PlaceID, document int64, act store.Act) error {
	const op = "publish budget"
	return b.db.Write(ctx, func(ctx context.Context) error {
		d, err := b.Document(ctx, commune, document)
		if err != nil {
			return err
		}
		if _, err := b.db.exec(ctx, op, "budget_supersede", int64(commune), d.Year, string(d.Stage)); err != nil {
			return err
		}
		if err := b.mustMove(ctx, op, commune, document, "budget_publish", int64(commune), document, micros(b.db.now())); err != nil {
			return err
		}
		return b.db.record(ctx, act, commune, "budget.publish", budgetObject(document),
			string(store.BudgetDraft), string(store.BudgetPublished))
	})
}

func (b *Budgets) Withdraw(ctx context.Context, commune store.PlaceID, document int64, act store.Act) (former *store.BudgetDocument, err error) {
	const op = "withdraw budget"
	err = b.db.Write(ctx, func(ctx context.Context) error {
		former = nil
		d, err := b.Document(ctx, commune, document)
		if err != nil {
			return err
		}
		n, err := b.db.exec(ctx, op, "budget_withdraw", int64(commune), document)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.NewError(store.CodeConflict, op, "the document is not the one that stands")
		}
		restored, err := b.db.exec(ctx, op, "budget_restore", int64(commune), d.Year, string(d.Stage))
		if err != nil {
			return err
		}
		if restored > 0 {
			standing, err := b.Published(ctx, commune, d.Year, d.Stage)
			if err != nil {
				return err
			}
			former = &standing
		}
		return b.db.record(ctx, act, commune, "budget.withdraw", budgetObject(document),
			string(store.BudgetPublished), string(store.BudgetDraft))
	})
	return former, err
}

func (b *Budgets) DeleteDraft(ctx context.Context, commune store.PlaceID, document int64) error {
	const op = "delete budget draft"
	return b.db.Write(ctx, func(ctx context.Context) error {
		return b.mustMove(ctx, op, commune, document, "budget_delete_draft", int64(commune), document)
	})
}

// mustMove runs a change that expects a draft, and tells a document that does
// not exist here from one that is no draft any more.
func (b *Budgets) mustMove(ctx context.Context, op string, commune store.PlaceID, document int64, name string, args ...any) error {
	n, err := b.db.exec(ctx, op, name, args...)
	if err != nil || n == 1 {
		return err
	}
	if _, err := b.Document(ctx, commune, document); err != nil {
		return err
	}
	return store.NewError(store.CodeConflict, op, "the document is not a draft")
}

func checkBudget(op string, stage store.BudgetStage, v store.Vote, dates ...store.Date) error {
	if !stage.Valid() || !v.Body.Valid() {
		return store.NewError(store.CodeInvalid, op, "unknown stage or voting body")
	}
	for _, d := range append(dates, v.On) {
		if !d.Valid() {
			return store.NewError(store.CodeInvalid, op, "a date is not a day of the calendar")
		}
	}
	return nil
}

func budgetObject(id int64) string { return fmt.Sprintf("budget:%d", id) }

func budgetDates(voted, transmitted, approved store.Date) string {
	return fmt.Sprintf("voted=%s transmitted=%s approved=%s", voted, transmitted, approved)
}

func scanBudgetDocument(row scanner) (d store.BudgetDocument, err error) {
	err = row.Scan(&d.ID, &d.Commune, &d.Year, &d.Stage, &d.Version, &d.Status, &d.Vote.On, &d.Vote.Body, &d.Vote.BodyText,
		&d.Vote.For, &d.Vote.Against, &d.Vote.Abstained, &d.TransmittedOn, &d.ApprovedOn, &d.SourceName,
		asBytes{d.SourceHash[:]}, asTime{&d.Created}, asTime{&d.PublishedAt})
	return d, err
}

func scanBudgetLine(row scanner) (l store.BudgetLine, err error) {
	err = row.Scan(&l.Row, &l.Section, &l.Direction, &l.Kind, &l.Nature.Code, &l.Nature.Label, &l.Chapter.Code,
		&l.Chapter.Label, &l.Function.Code, &l.Function.Label, &l.Operation, &l.Sector, &l.Village, &l.Previous,
		&l.Planned, &l.Revised, &l.Realised)
	return l, err
}
