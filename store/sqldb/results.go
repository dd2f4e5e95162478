package sqldb

import (
	"cmp"
	"context"
	"slices"

	"baro/store"
)

// tallyRow is how often one answer was given.
type tallyRow struct {
	question int64
	choices  []int64
	number   *int64
	n        int64
}

// Results gives the totals frozen when the consultation closed.
func (c *Consultations) Results(ctx context.Context, commune store.PlaceID, id int64) ([]store.QuestionResult, error) {
	type resultRow struct {
		question, choice, n   int64
		sum, least, most, mid *int64
	}
	rows, err := list(ctx, c.db, "get results", "result_list", func(row scanner) (r resultRow, err error) {
		err = row.Scan(&r.question, &r.choice, &r.n, &r.sum, &r.least, &r.most, &r.mid)
		return r, err
	}, int64(commune), id)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, &store.Error{Code: store.CodeNotFound, Op: "get results"}
	}
	var results []store.QuestionResult
	for _, r := range rows {
		if r.choice != 0 {
			last := &results[len(results)-1]
			one := store.ChoiceResult{Choice: r.choice, N: r.n}
			if r.sum != nil {
				one.Points = *r.sum
			}
			last.Choices = append(last.Choices, one)
			continue
		}
		q := store.QuestionResult{Question: r.question, Answers: r.n}
		if r.sum != nil {
			q.Numbers = &store.NumberResult{Sum: *r.sum, Min: *r.least, Max: *r.most, Median: *r.mid}
		}
		results = append(results, q)
	}
	return results, nil
}

// freeze counts the confirmed answers of a consultation that has just closed.
func (c *Consultations) freeze(ctx context.Context, commune store.PlaceID, id int64) error {
	const op = "freeze results"
	k, err := c.Get(ctx, commune, id)
	if err != nil {
		return err
	}
	tally, err := list(ctx, c.db, op, "result_tally", func(row scanner) (t tallyRow, err error) {
		err = row.Scan(&t.question, asJSON{&t.choices}, &t.number, &t.n)
		return t, err
	}, id)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, q := range k.Questions {
		result := count(q, tally)
		row := []any{q.ID, 0, result.Answers, nil, nil, nil, nil}
		if n := result.Numbers; n != nil {
			row = []any{q.ID, 0, result.Answers, n.Sum, n.Min, n.Max, n.Median}
		}
		rows = append(rows, row)
		for _, choice := range result.Choices {
			points := any(nil)
			if q.Kind == store.QuestionRank {
				points = choice.Points
			}
			rows = append(rows, []any{q.ID, choice.Choice, choice.N, points, nil, nil, nil})
		}
	}
	if _, err = c.db.many(ctx, op, "result_insert", rows, nil); err != nil {
		return err
	}
	var ballots [2]int64 // by phone, by card
	for i, card := range []bool{false, true} {
		if ballots[i], err = one(ctx, c.db, op, "ballot_count", scanInt64, id, card); err != nil {
			return err
		}
	}
	_, err = c.db.exec(ctx, op, "consultation_counted", id, ballots[0], ballots[1])
	return err
}

// count sums up the answers to one question.
func count(q store.Question, tally []tallyRow) store.QuestionResult {
	result := store.QuestionResult{Question: q.ID}
	perChoice, points := make(map[int64]int64), make(map[int64]int64)
	var numbers []tallyRow
	for _, t := range tally {
		if t.question != q.ID {
			continue
		}
		result.Answers += t.n
		for i, choice := range t.choices {
			perChoice[choice] += t.n
			if q.Kind == store.QuestionRank { // Borda's count: of three ranks the first gives three points
				points[choice] += t.n * (*q.Max - int64(i))
			}
		}
		if t.number != nil {
			numbers = append(numbers, t)
		}
	}
	for _, choice := range q.Choices {
		result.Choices = append(result.Choices, store.ChoiceResult{Choice: choice.ID, N: perChoice[choice.ID], Points: points[choice.ID]})
	}
	if len(numbers) > 0 {
		result.Numbers = sumUp(numbers, result.Answers)
	}
	return result
}

// sumUp expects at least one row; answers is the total of their counts.
func sumUp(rows []tallyRow, answers int64) *store.NumberResult {
	slices.SortFunc(rows, func(a, b tallyRow) int { return cmp.Compare(*a.number, *b.number) })
	n := &store.NumberResult{Min: *rows[0].number, Max: *rows[len(rows)-1].number}
	var seen int64
	found := false
	for _, r := range rows {
		n.Sum += *r.number * r.n
		seen += r.n
		if !found && seen*2 >= answers {
			n.Median, found = *r.number, true
		}
	}
	return n
}
