package sqldb

import (
	"context"
	"time"

	"baro/store"
)

// ChannelStates keeps how channels fare.
type ChannelStates struct{ db *DB }

var _ store.ChannelStates = (*ChannelStates)(nil)

// ChannelStates gives the contract for the states of channels.
func (db *DB) ChannelStates() *ChannelStates { return &ChannelStates{db} }

func (c *ChannelStates) Report(ctx context.Context, states []store.ChannelState) error {
	return c.db.Write(ctx, func(ctx context.Context) error {
		for _, s := range states {
			_, err := c.db.exec(ctx, "report channel state", "channel_state_report", s.Channel, s.Node, s.State, s.Reason,
				micros(s.LastIn), micros(s.LastOut), string(s.Recent), micros(s.At))
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *ChannelStates) List(ctx context.Context, since time.Time) ([]store.ChannelState, error) {
	return list(ctx, c.db, "list channel states", "channel_state_list", func(row scanner) (s store.ChannelState, err error) {
		var recent string
		err = row.Scan(&s.Channel, &s.Node, &s.State, &s.Reason, asTime{&s.LastIn}, asTime{&s.LastOut}, &recent, asTime{&s.At})
		s.Recent = []byte(recent)
		return s, err
	}, micros(since))
}

func (c *ChannelStates) Purge(ctx context.Context, before time.Time) (int64, error) {
	return c.db.exec(ctx, "purge channel states", "channel_state_purge", micros(before))
}
