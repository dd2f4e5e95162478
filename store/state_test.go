package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"baro/store"
)

func TestCodeOf(t *testing.T) {
	inner := store.NewError(store.CodeConflict, "take step", "taken")
	for _, c := range []struct {
		err  error
		want store.Code
	}{
		{nil, ""},
		{errors.New("x"), store.CodeInternal},
		{inner, store.CodeConflict},
		{fmt.Errorf("answer: %w", inner), store.CodeConflict},
		{&store.Error{Code: store.CodeDenied, Op: "outer", Err: inner}, store.CodeDenied},
		{errors.Join(errors.New("x"), inner), store.CodeConflict},
	} {
		if got := store.CodeOf(c.err); got != c.want {
			t.Errorf("CodeOf(%v) = %q, want %q", c.err, got, c.want)
		}
	}
	if got := inner.Error(); got != "take step: conflict: taken" {
		t.Errorf("text: %q", got)
	}
}

// reach walks a state machine and fails when a state can be reached again.
func reach[S ~string](t *testing.T, all []S, next func(from, to S) bool, from S, path map[S]bool) {
	t.Helper()
	if path[from] {
		t.Fatalf("%q can be reached again", from)
	}
	path[from] = true
	defer delete(path, from)
	for _, to := range all {
		if next(from, to) {
			reach(t, all, next, to, path)
		}
	}
}

func TestStatesMoveForwardOnly(t *testing.T) {
	reach(t, []store.ConsultationState{store.ConsultationDraft, store.ConsultationOpen, store.ConsultationClosed, store.ConsultationPublished,
		store.ConsultationDecided, store.ConsultationFollowed},
		store.ConsultationState.CanBecome, store.ConsultationDraft, map[store.ConsultationState]bool{})
	reach(t, []store.CaseState{store.CaseReceived, store.CaseAssigned, store.CaseAnswered, store.CaseClosed},
		store.CaseState.CanBecome, store.CaseReceived, map[store.CaseState]bool{})
	outbound := []store.OutboundState{store.OutboundQueued, store.OutboundLeased, store.OutboundSent, store.OutboundDelivered,
		store.OutboundFailed, store.OutboundExpired, store.OutboundUnconfirmed}
	reach(t, outbound, func(from, to store.OutboundState) bool {
		return from.CanBecome(to) && to != store.OutboundQueued // "later" is the one way back
	}, store.OutboundQueued, map[store.OutboundState]bool{})
	for _, final := range []store.OutboundState{store.OutboundDelivered, store.OutboundFailed, store.OutboundExpired} {
		for _, to := range outbound {
			if final.CanBecome(to) {
				t.Errorf("%s becomes %s", final, to)
			}
		}
	}
	for _, to := range []store.WorkState{store.WorkPlanned, store.WorkOngoing, store.WorkStopped, store.WorkDone} {
		if store.WorkDone.CanBecome(to) {
			t.Errorf("a finished work becomes %s", to)
		}
	}
}

func TestAuditSumCoversEveryField(t *testing.T) {
	base := store.AuditRow{Seq: 1, At: time.UnixMicro(5), Actor: "a", Action: "b", Object: "c", Commune: 2, Before: "d", After: "e",
		Reason: "f", RequestID: "g"}
	seen := map[[32]byte]string{base.Sum(): "unchanged"}
	for name, change := range map[string]func(r *store.AuditRow){
		"seq":     func(r *store.AuditRow) { r.Seq++ },
		"at":      func(r *store.AuditRow) { r.At = r.At.Add(time.Microsecond) },
		"actor":   func(r *store.AuditRow) { r.Actor = "x" },
		"action":  func(r *store.AuditRow) { r.Action = "x" },
		"object":  func(r *store.AuditRow) { r.Object = "x" },
		"commune": func(r *store.AuditRow) { r.Commune++ },
		"before":  func(r *store.AuditRow) { r.Before = "x" },
		"after":   func(r *store.AuditRow) { r.After = "x" },
		"reason":  func(r *store.AuditRow) { r.Reason = "x" },
		"request": func(r *store.AuditRow) { r.RequestID = "x" },
		"prev":    func(r *store.AuditRow) { r.Prev[0]++ },
		"moved text": func(r *store.AuditRow) {
			r.Before, r.After = "de", ""
		},
	} {
		r := base
		change(&r)
		if former, ok := seen[r.Sum()]; ok {
			t.Errorf("%s has the hash of %s", name, former)
		}
		seen[r.Sum()] = name
	}
}

func TestDateValid(t *testing.T) {
	for d, want := range map[store.Date]bool{"": true, "2024-02-29": true, "2025-02-29": false, "2025-2-1": false, "25/11/2026": false} {
		if d.Valid() != want {
			t.Errorf("%q: valid is %v", d, d.Valid())
		}
	}
}
