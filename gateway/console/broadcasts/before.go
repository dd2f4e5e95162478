package broadcasts

import (
	"baro/gateway/campaign"
	"baro/gateway/console"
)

// quote is a cost as people read it.
type quote struct {
	Channel     string
	Least, Most int64
	From, To    int64 // francs
	Priced      bool
}

// count is how many recipients are in a state, or why they are not among them.
type count struct {
	Text string // id
	N    string
}

// before is what author and approver see of something that has not left.
type before struct {
	Texts   []screen
	Quotes  []quote
	Few     bool // the quotes are for ten people, as for every audience below
	Size    []count
	Preview *campaign.Preview
	Trouble string // id of a text: why it cannot be written
}

// foretold puts a preview into words. What cannot be written is said, and is no failure.
func foretold(q *console.Request, preview campaign.Preview, err error) (b before, _ error) {
	if err != nil {
		if b.Trouble = faults(err); b.Trouble == "" {
			return b, err
		}
		return b, nil
	}
	b.Preview, b.Texts = &preview, screens(preview.Texts)
	for _, k := range preview.Quotes {
		b.Quotes = append(b.Quotes, quote{k.Channel, k.Least, k.Most, k.From.Whole(), k.To.Whole(), k.Priced})
	}
	s := preview.Size
	b.Few = s.In < few
	b.Size = []count{
		{"broadcasts.size.in", people(q, int64(s.In))}, {"broadcasts.size.opted_out", people(q, int64(s.OptedOut))},
		{"broadcasts.size.no_consent", people(q, int64(s.NoConsent))}, {"broadcasts.size.unreachable", people(q, int64(s.Unreachable))},
		{"broadcasts.size.capped", people(q, int64(s.Capped))}, {"broadcasts.size.quiet", people(q, int64(s.Quiet))},
	}
	return b, nil
}
