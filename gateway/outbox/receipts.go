package outbox

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"baro/gateway/channel"
	"baro/store"
)

// Record keeps delivery reports and moves their messages forward. All are kept; of several about one message in one call
// the one that says most is told first, so that a delivery is not outrun by an older failure. When it returns nil they are
// durable, and the provider may be answered.
func (s *Service) Record(ctx context.Context, receipts ...channel.Receipt) error {
	ordered := slices.Clone(receipts)
	slices.SortStableFunc(ordered, func(a, b channel.Receipt) int { return cmp.Compare(rank(b.State), rank(a.State)) })
	for _, r := range ordered {
		if err := s.receipt(ctx, r); err != nil {
			return fmt.Errorf("record receipt: %w", err)
		}
	}
	return nil
}

func (s *Service) receipt(ctx context.Context, r channel.Receipt) error {
	now := s.Now()
	record := store.Receipt{
		Channel: r.Channel, ProviderID: keepable(r.ProviderID), OurID: keepable(r.OurID), Status: status(r.State), RawCode: rawCode(r), At: now,
	}
	if r.Class != channel.ClassOptedOut {
		_, err := s.Receipts.Record(ctx, record)
		return err
	}
	return s.Writer.Write(ctx, func(ctx context.Context) error {
		if _, err := s.Receipts.Record(ctx, record); err != nil {
			return err
		}
		if record.OurID == "" {
			return nil // the report names nobody; the next send is refused and tells again
		}
		m, err := s.Outbox.Get(ctx, record.OurID)
		if store.CodeOf(err) == store.CodeNotFound || err == nil && (m.Recipient == store.Pseudonym{} || m.Channel != r.Channel) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.Consents.Withdraw(ctx, m.Recipient, store.PurposeAll, now)
	})
}

// rawCode is the class, which is counted, and the provider's own word.
func rawCode(r channel.Receipt) string {
	code := keepable(r.Code)
	if r.Class == channel.ClassNone {
		return code
	}
	return string(r.Class) + ": " + code
}

// status is the state a receipt asks for; unconfirmed moves nothing and is kept for the record.
func status(s channel.ReceiptState) store.OutboundState {
	switch s {
	case channel.ReceiptSent:
		return store.OutboundSent
	case channel.ReceiptDelivered:
		return store.OutboundDelivered
	case channel.ReceiptFailed:
		return store.OutboundFailed
	case channel.ReceiptExpired:
		return store.OutboundExpired
	}
	return store.OutboundUnconfirmed
}

// rank orders receipts by how much they settle.
func rank(s channel.ReceiptState) int {
	switch s {
	case channel.ReceiptDelivered:
		return 4
	case channel.ReceiptFailed:
		return 3
	case channel.ReceiptExpired:
		return 2
	case channel.ReceiptSent:
		return 1
	}
	return 0
}
