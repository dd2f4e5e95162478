package me

import (
	"context"

	"baro/gateway/console"
	"baro/store"
)

type sessionRow struct {
	store.ConsoleSession
	Here bool
}

func (m room) sessions(ctx context.Context, r *console.Request) (console.Answer, error) {
	all, err := m.access.SessionsOf(ctx, r.Who.Account.ID)
	if err != nil {
		return console.Answer{}, err
	}
	var rows []sessionRow
	for _, s := range all {
		rows = append(rows, sessionRow{s, s.ID == r.Who.Session.ID})
	}
	return console.Show("me/sessions", struct{ Rows []sessionRow }{rows}), nil
}

func (m room) endSession(ctx context.Context, r *console.Request) (console.Answer, error) {
	id, err := r.Key("session")
	if err != nil {
		return console.Answer{}, err
	}
	if err := m.access.EndSession(ctx, r.Who, id); err != nil {
		return console.Answer{}, err
	}
	return console.Go("/console/me/sessions").Say("me.sessions.ended"), nil
}
