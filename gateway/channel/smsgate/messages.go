package smsgate

import (
	"context"
	"net/http"
	"slices"
	"time"

	"baro/gateway/channel"
	"baro/store"
)

// batch is how many messages a phone is handed at a time.
const batch = 100

// outgoing is a message as the app reads it.
type outgoing struct {
	ID        string   `json:"id"`
	Text      words    `json:"textMessage"`
	Message   string   `json:"message"` // of older apps
	To        []string `json:"phoneNumbers"`
	SIM       *int     `json:"simNumber"`
	Report    bool     `json:"withDeliveryReport"`
	Encrypted bool     `json:"isEncrypted"`
	Until     string   `json:"validUntil"`
	Priority  int      `json:"priority"` // 100 and more would pass the phone's own limits
	State     string   `json:"state"`
	Created   string   `json:"createdAt"`
}

// messages hands a phone what it has not spoken of yet, the same again each time it asks: the app takes an id once. A phone
// without a stream is given a moment, in which its question may bring messages.
func (s *Server) messages(ctx context.Context, p store.Phone, r *channel.Request) (channel.Response, error) {
	all, err := s.Offers.Fetch(ctx, s.Channel, p.ID, batch, s.Now())
	if err == nil && len(all) == 0 && s.await(ctx, p.ID) {
		all, err = s.Offers.Fetch(ctx, s.Channel, p.ID, batch, s.Now())
	}
	if err != nil {
		return channel.Response{}, err
	}
	out := make([]outgoing, 0, len(all))
	for _, m := range all {
		mt, err := s.handlers.Open(m.Message)
		if err != nil {
			s.Log.Error("message cannot be read", "channel", s.Channel, "message", m.Message.ID, "error", err)
			continue
		}
		o := outgoing{
			ID: mt.ID, Text: words{mt.Text}, Message: mt.Text, To: []string{mt.To.E164()}, Report: true, Until: date(mt.ExpiresAt),
			Priority: int(store.PriorityBulk - m.Message.Priority), State: "Pending", Created: date(m.Message.Created),
		}
		if m.SIM > 0 {
			o.SIM = &m.SIM
		}
		out = append(out, o)
	}
	if r.Query.Get("order") == "lifo" {
		slices.Reverse(out)
	}
	return answer(http.StatusOK, out)
}

// await waits for something to lie ready for a phone that has no stream; with a stream it would have been told.
func (s *Server) await(ctx context.Context, phone string) bool {
	s.lines.question(time.Now())
	if s.lines.streaming(phone) {
		return false
	}
	bell, leave := s.lines.listen(phone)
	defer leave()
	patience := time.NewTimer(s.Timing.Poll)
	defer patience.Stop()
	select {
	case <-bell:
		return true
	case <-patience.C:
	case <-s.quit:
	case <-ctx.Done():
	}
	return false
}

// report is what the app says of one message.
type report struct {
	ID         string `json:"id"`
	State      string `json:"state"`
	Recipients []struct {
		State string `json:"state"`
		Error string `json:"error"`
	} `json:"recipients"`
}

// maxReports bounds a batch of reports; the app sends one at a time.
const maxReports = 500

// states takes what a phone says of the messages it was offered. Ids that were not are passed over: a 4xx would make the
// app repeat them.
func (s *Server) states(ctx context.Context, p store.Phone, r *channel.Request) (channel.Response, error) {
	var reports []report
	if err := read(r, &reports); err != nil {
		return channel.Response{}, err
	}
	if len(reports) > maxReports {
		return answer(http.StatusRequestEntityTooLarge, nil)
	}
	ids := make([]string, 0, len(reports))
	for _, k := range reports {
		if plain(k.ID) && !slices.Contains(ids, k.ID) {
			ids = append(ids, k.ID)
		}
	}
	slices.Sort(ids) // two batches of one phone lock rows in one order
	own, err := s.Offers.Answer(ctx, s.Channel, p.ID, ids, s.Now())
	if err != nil {
		return channel.Response{}, err
	}
	var receipts []channel.Receipt
	for _, k := range reports {
		if !slices.Contains(own, k.ID) {
			continue
		}
		if receipt := k.receipt(s.Channel); receipt.State != channel.ReceiptPending {
			receipts = append(receipts, receipt)
		}
	}
	if len(receipts) > 0 {
		if err := s.handlers.Record(ctx, receipts...); err != nil {
			return channel.Response{}, err
		}
	}
	s.waiters.tell(own...)
	return answer(http.StatusNoContent, nil)
}

func (k report) receipt(name string) channel.Receipt {
	reason := ""
	for _, to := range k.Recipients {
		if to.Error != "" {
			reason = to.Error
		}
	}
	out := channel.Receipt{Channel: name, OurID: k.ID}
	out.State, out.Class, out.Code = state(k.State, reason)
	return out
}
