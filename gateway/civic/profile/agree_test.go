package profile_test

import (
	"context"
	"testing"

	"baro/gateway/civic"
	"baro/gateway/civic/profile"
	"baro/store"
)

func (w *town) agreed(t *testing.T, c civic.Caller, purpose store.Purpose) bool {
	t.Helper()
	number, _, ok, err := w.Agreed(ctx, store.Pseudonym(c.Pseudonym), purpose)
	if err != nil {
		t.Fatal(err)
	}
	if ok && number != c.Number {
		t.Error("the consent opens to another number")
	}
	return ok
}

func (w *town) sheet(c civic.Caller) error {
	return w.db.Write(ctx, func(ctx context.Context) error {
		return w.AgreeOnSheet(ctx, profile.Sheet{
			Number: c.Number, Purpose: store.PurposeConsultations, Version: "sheet-1", Language: "bm", Commune: w.communes[0], At: w.now,
		})
	})
}

func TestWithdrawEndsASheetsConsent(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	if err := w.sheet(c); err != nil {
		t.Fatal(err)
	}
	if !w.agreed(t, c, store.PurposeConsultations) {
		t.Fatal("the sheet gives no consent")
	}
	if got, want := w.known(t, c), (profile.Choice{Language: "bm", Commune: w.communes[0]}); got != want {
		t.Errorf("the sheet keeps %v, want %v", got, want)
	}
	if err := w.db.Write(ctx, func(ctx context.Context) error { return w.Withdraw(ctx, c, store.PurposeConsultations) }); err != nil {
		t.Fatal(err)
	}
	if w.agreed(t, c, store.PurposeConsultations) {
		t.Error("the consent outlives its withdrawal")
	}
	if err := w.Withdraw(ctx, c, "no purpose"); store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("an unknown purpose is withdrawn with %v", err)
	}
}

func TestASheetDoesNotChangeWhatWasChosenOnThePhone(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	w.act(t, "profile.keep", c, "ses", w.communes[1])
	if err := w.sheet(c); err != nil {
		t.Fatal(err)
	}
	if got, want := w.known(t, c), (profile.Choice{Language: "ses", Commune: w.communes[1]}); got != want {
		t.Errorf("after the sheet %v, want %v", got, want)
	}
}

func TestForgetWaitsForTheLastConsent(t *testing.T) {
	w := newTown(t)
	c := w.caller(t, "70123456")
	if err := w.sheet(c); err != nil {
		t.Fatal(err)
	}
	forget := func() (done bool) {
		t.Helper()
		err := w.db.Write(ctx, func(ctx context.Context) (err error) {
			done, err = w.Forget(ctx, c)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	if forget() || w.known(t, c) == (profile.Choice{}) {
		t.Fatal("a number that agreed to messages is forgotten")
	}
	if err := w.db.Write(ctx, func(ctx context.Context) error { return w.Withdraw(ctx, c, store.PurposeConsultations) }); err != nil {
		t.Fatal(err)
	}
	if !forget() || w.known(t, c) != (profile.Choice{}) {
		t.Error("the number is still known")
	}
}

// A sheet counts for what its text named, and never against a number's own word.
func TestASheetThatGivesNothing(t *testing.T) {
	whole := func(w *town, c civic.Caller) profile.Sheet {
		return profile.Sheet{Number: c.Number, Purpose: store.PurposeConsultations, Version: "sheet-1", Language: "bm", Commune: w.communes[0], At: w.now}
	}
	stop := func(t *testing.T, w *town, c civic.Caller, purpose store.Purpose) {
		t.Helper()
		err := w.db.Write(ctx, func(ctx context.Context) error {
			return w.db.Consents().Withdraw(ctx, store.Pseudonym(c.Pseudonym), purpose, w.now)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		stopped store.Purpose
		change  func(*profile.Sheet)
		want    store.Code
	}{
		"no purpose":                    {"", func(s *profile.Sheet) { s.Purpose = "" }, store.CodeInvalid},
		"an unknown purpose":            {"", func(s *profile.Sheet) { s.Purpose = "lottery" }, store.CodeInvalid},
		"all purposes at once":          {"", func(s *profile.Sheet) { s.Purpose = store.PurposeAll }, store.CodeInvalid},
		"the language is kept, only":    {"", func(s *profile.Sheet) { s.Purpose = profile.Remember }, store.CodeInvalid},
		"the text has no version":       {"", func(s *profile.Sheet) { s.Version = "" }, store.CodeInvalid},
		"STOP to this":                  {store.PurposeConsultations, nil, store.CodeDenied},
		"STOP to everything":            {store.PurposeAll, nil, store.CodeDenied},
		"STOP to something else":        {store.PurposeNotices, nil, ""},
		"a sheet older than the STOP":   {store.PurposeAll, func(s *profile.Sheet) { s.At = s.At.AddDate(0, -1, 0) }, store.CodeDenied},
		"a sheet younger than the STOP": {store.PurposeAll, func(s *profile.Sheet) { s.At = s.At.AddDate(0, 1, 0) }, store.CodeDenied},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			who := w.caller(t, "70123456")
			if c.stopped != "" {
				stop(t, w, who, c.stopped)
			}
			sheet := whole(w, who)
			if c.change != nil {
				c.change(&sheet)
			}
			err := w.db.Write(ctx, func(ctx context.Context) error { return w.AgreeOnSheet(ctx, sheet) })
			if store.CodeOf(err) != c.want {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if given := w.agreed(t, who, store.PurposeConsultations); given != (c.want == "") {
				t.Errorf("agreed: %v", given)
			}
			if kept := w.known(t, who) != (profile.Choice{}); kept != (c.want == "") {
				t.Errorf("the number is kept: %v", kept)
			}
		})
	}
}
