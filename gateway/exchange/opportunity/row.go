package opportunity

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"baro/gateway/civic/economy"
	"baro/gateway/exchange/listing"
	"baro/gateway/exchange/owner"
	"baro/gateway/exchange/report"
	"baro/gateway/exchange/table"
	"baro/locales/charset"
	"baro/store"
)

// plain is the layout's name, as the report shows it.
const plain = "baro-opportunities"

func layouts() []table.Layout {
	columns := slices.Concat(
		[]table.Column{{Name: "kind", Aliases: []string{"kind", "genre", "type"}, Required: true}},
		owner.Columns("title", true, "titre", "intitulé"),
		owner.Columns("summary", false, "résumé", "description"),
		[]table.Column{
			{Name: "organisation", Aliases: []string{"organisation", "organisme", "offert par"}, Required: true},
			{Name: "place", Aliases: []string{"place", "lieu", "village"}},
			{Name: "deadline", Aliases: []string{"deadline", "date limite", "jusqu'au"}, Required: true},
			{Name: "time", Aliases: []string{"time", "heure", "heure limite"}},
			{Name: owner.Column, Aliases: []string{"commune", "numéro de commune"}},
			{Name: "ocid", Aliases: []string{"ocid"}},
			{Name: "method", Aliases: []string{"method", "procurementMethod", "procédure"}},
			{Name: "category", Aliases: []string{"category", "mainProcurementCategory", "catégorie"}},
			{Name: "value", Aliases: []string{"value", "montant", "valeur"}},
			{Name: "submission", Aliases: []string{"submission", "dépôt des offres"}},
			{Name: "eligibility", Aliases: []string{"eligibility", "qui peut répondre"}},
		})
	return []table.Layout{{Name: plain, Columns: columns}}
}

// rows takes the rows of one file apart.
type rows struct {
	communes *owner.Book
	rep      *report.Report
	now      time.Time
}

func (r *rows) read(ctx context.Context, row table.Row) (o store.Opportunity, ok bool, err error) {
	commune, code, err := r.communes.Of(ctx, row)
	if err != nil {
		return o, false, err
	}
	if code != "" {
		r.refuse(row, owner.Column, code)
		return o, false, nil
	}
	o = store.Opportunity{Commune: commune.ID, Kind: kindOf(row.Get("kind")), Title: owner.Texts(row, "title"), Summary: owner.Texts(row, "summary"),
		Organisation: table.Squeeze(row.Get("organisation")), PlaceName: table.Squeeze(row.Get("place")), OCID: row.Get("ocid")}
	if o.Kind == "" {
		r.refuse(row, "kind", cmp.Or(missing(row.Get("kind")), report.UnknownWord))
		return o, false, nil
	}
	if o.Deadline, ok = deadline(row); !ok {
		r.refuse(row, "deadline", cmp.Or(missing(row.Get("deadline")), report.BadDate))
		return o, false, nil
	}
	if column, code := tender(row, &o); code != "" {
		r.refuse(row, column, code)
		return o, false, nil
	}
	if faults := economy.Check(o, r.now); len(faults) > 0 { // a row is refused for its first fault
		fault := faults[0]
		switch fault.Reason {
		case "missing":
			r.refuse(row, fault.Field, report.Missing)
		case "past":
			r.refuse(row, fault.Field, report.Past)
		default:
			r.refuse(row, fault.Field, report.TooLong, limits()[fault.Field])
		}
		return o, false, nil
	}
	return o, true, nil
}

func (r *rows) refuse(row table.Row, column string, code report.Code, args ...any) {
	listing.Refuse(r.rep, row, column, code, args...)
}

// tender reads what only a tender has, and tells the column that is wrong.
func tender(row table.Row, o *store.Opportunity) (column string, code report.Code) {
	t := store.Tender{Submission: table.Squeeze(row.Get("submission")), Eligibility: table.Squeeze(row.Get("eligibility"))}
	method, category := row.Get("method"), row.Get("category")
	if t.Method = oneOf(method, "open", "selective", "limited", "direct"); t.Method == "" && method != "" {
		return "method", report.UnknownWord
	}
	if t.Category = oneOf(category, "goods", "works", "services"); t.Category == "" && category != "" {
		return "category", report.UnknownWord
	}
	if text := row.Raw("value"); text != "" {
		value, bad := table.Amount(text, 1)
		if bad == "" && value < 0 {
			bad = report.Negative
		}
		if bad != "" {
			return "value", bad
		}
		t.Value = &value
	}
	if o.Kind == store.OpportunityTender {
		if t != (store.Tender{}) {
			o.Tender = &t
		}
		return "", ""
	}
	if o.OCID != "" {
		return "ocid", report.OnlyTenders
	}
	if t != (store.Tender{}) {
		return "kind", report.OnlyTenders
	}
	return "", ""
}

func limits() map[string]int {
	return map[string]int{"title": economy.MaxTitle, "summary": economy.MaxSummary, "organisation": economy.MaxOrganisation, "place": economy.MaxPlace}
}

func kindOf(word string) store.OpportunityKind {
	switch charset.Fold(word) {
	case charset.Fold("job"), charset.Fold("emploi"):
		return store.OpportunityJob
	case charset.Fold("training"), charset.Fold("formation"):
		return store.OpportunityTraining
	case charset.Fold("tender"), charset.Fold("appel d'offres"), charset.Fold("marché public"):
		return store.OpportunityTender
	}
	return ""
}

// deadline is the end of the day, or the hour of it that the row names: "10h", "10h30", "10:30".
func deadline(row table.Row) (time.Time, bool) {
	day, ok := table.Date(row.Raw("deadline"))
	if !ok || row.Raw("deadline") == "" {
		return time.Time{}, false
	}
	text := strings.ToLower(row.Get("time"))
	if text == "" {
		return day.AddDate(0, 0, 1), true
	}
	for _, layout := range []string{"15h04", "15h", "15:04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return day.Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute), true
		}
	}
	return time.Time{}, false
}

func oneOf(word string, words ...string) string {
	if i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, word) }); i >= 0 {
		return words[i]
	}
	return ""
}

func missing(text string) report.Code {
	if text == "" {
		return report.Missing
	}
	return ""
}
