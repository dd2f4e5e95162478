package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"baro/gateway/access"
	"baro/store"
)

func TestSecondFactor(t *testing.T) {
	h := newHall(t)
	h.account("awa")
	p, first := h.enter("awa", goodPassword)
	offered, err := h.Enrol(p)
	must(t, err)
	secret := strings.ReplaceAll(offered.Secret, " ", "")
	if !strings.HasPrefix(offered.URI, "otpauth://totp/baro:awa?") || !strings.Contains(offered.URI, secret) || strings.Contains(offered.Ticket, secret) {
		t.Fatalf("offered %+v", offered)
	}
	again, err := h.Reopen(p, offered.Ticket)
	must(t, err)
	if again != offered {
		t.Errorf("reopened as %+v", again)
	}
	if _, err := h.Reopen(h.account("binta"), offered.Ticket); !errors.Is(err, access.ErrExpired) {
		t.Errorf("somebody else's ticket: %v", err)
	}
	for _, c := range []struct{ ticket, code, password string }{
		{offered.Ticket, "000000", goodPassword}, {offered.Ticket, h.code(secret), "wrong"},
	} {
		if _, err := h.Confirm(t.Context(), p, c.ticket, c.code, c.password, act); !errors.Is(err, access.ErrWrong) {
			t.Errorf("confirmed with %+v: %v", c, err)
		}
	}
	if _, err := h.Confirm(t.Context(), p, "key.AAAA", h.code(secret), goodPassword, act); !errors.Is(err, access.ErrExpired) {
		t.Errorf("a made-up ticket: %v", err)
	}
	codes, err := h.Confirm(t.Context(), p, offered.Ticket, h.code(secret), goodPassword, act)
	must(t, err)
	if len(codes) != 10 || codes[0] == codes[1] {
		t.Fatalf("recovery codes %v", codes)
	}
	_, err = h.Recognise(t.Context(), first.Token)
	must(t, err)

	// What was typed to confirm opens nothing again.
	waiting, signed := h.enter("awa", goodPassword)
	if signed.Stage != store.StageCode {
		t.Fatalf("stage %s", signed.Stage)
	}
	if _, err := h.SignInCode(t.Context(), waiting, h.code(secret), "r"); !errors.Is(err, access.ErrWrong) {
		t.Errorf("a code used twice: %v", err)
	}
	h.pass(time.Minute)
	code := h.code(secret)
	in, err := h.SignInCode(t.Context(), waiting, code[:3]+" "+code[3:], "r")
	must(t, err)
	if in.Stage != store.StageFull || in.Token == signed.Token {
		t.Errorf("signed in: %+v", in.Stage)
	}
	if _, err := h.Recognise(t.Context(), signed.Token); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("the waiting session: %v", err)
	}

	waiting, _ = h.enter("awa", goodPassword)
	_, err = h.SignInCode(t.Context(), waiting, strings.ToUpper(codes[3]), "r")
	must(t, err)
	left, err := h.RecoveryLeft(t.Context(), p)
	must(t, err)
	if left != 9 {
		t.Errorf("%d recovery codes are left", left)
	}
	waiting, signed = h.enter("awa", goodPassword)
	if _, err := h.SignInCode(t.Context(), waiting, codes[3], "r"); !errors.Is(err, access.ErrWrong) {
		t.Errorf("a recovery code used twice: %v", err)
	}
	h.pass(11 * time.Minute)
	if _, err := h.Recognise(t.Context(), signed.Token); !errors.Is(err, access.ErrSignedIn) {
		t.Errorf("a sign-in that waited too long: %v", err)
	}

	if err := h.RemoveFactor(t.Context(), p, "wrong", act); !errors.Is(err, access.ErrWrong) {
		t.Errorf("removed with a wrong password: %v", err)
	}
	must(t, h.RemoveFactor(t.Context(), p, goodPassword, act))
	if _, signed := h.enter("awa", goodPassword); signed.Stage != store.StageFull {
		t.Errorf("stage %s without a factor", signed.Stage)
	}
}

func TestCodesAreNotGuessed(t *testing.T) {
	h := newHall(t)
	h.account("awa")
	p, _ := h.enter("awa", goodPassword)
	offered, err := h.Enrol(p)
	must(t, err)
	_, err = h.Confirm(t.Context(), p, offered.Ticket, h.code(strings.ReplaceAll(offered.Secret, " ", "")), goodPassword, act)
	must(t, err)
	n := 0
	for ; n < 50; n++ {
		if n%4 == 0 { // a new sign-in does not begin the count anew
			h.pass(time.Second)
			p, _ = h.enter("awa", goodPassword)
		}
		_, err := h.SignInCode(t.Context(), p, "00000"+string(rune('0'+n%10)), "r")
		if errors.As(err, new(access.Throttled)) {
			break
		}
		if !errors.Is(err, access.ErrWrong) {
			t.Fatalf("guess %d: %v", n, err)
		}
	}
	if n != 6 {
		t.Errorf("%d codes were guessed", n)
	}
}
