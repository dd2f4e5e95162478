package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baro/config"
	"baro/gateway/channel/smsgate/smsgatetest"
	"baro/locales/charset"
	"baro/store"
)

// A resident writes to the number of an Android phone and is answered over it; the operator of the gateway sees the phone
// and shuts it out.
func TestSMSOverAnAndroidPhone(t *testing.T) {
	ctx, cancel := contextFor(time.Minute)
	defer cancel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	folder := memoryFolder(t)
	set := fixedSettings(t, folder, newClock())
	set.now, set.listen, set.publicURL = time.Now, address, "http://"+address
	sms, _ := charset.FindProfile("sms")
	set.channels = append(set.channels, channelSettings{profile: sms, Channel: config.Channel{
		Name: "phone", Provider: "smsgate", Kind: "sms", Commune: "417",
		Settings: map[string]any{"token": config.Secret("a-token-that-lets-phones-in"), "sims": []string{"1"}, "per_hour": 100},
	}})
	var log record
	n := openFixed(t, set, slog.New(slog.NewTextHandler(&log, nil)))
	if err := n.start(ctx); err != nil {
		t.Fatal(err)
	}
	p := smsgatetest.New(set.publicURL+"/hooks/phone", "a-token-that-lets-phones-in")
	if status, err := p.Register(ctx); err != nil || status != 201 {
		t.Fatal(status, err)
	}
	streaming, leave := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = p.Run(streaming) // ends with the test
	}()
	if status, err := p.Post(ctx, p.Receive("evt_1", "+22370000002", "Réunion")); err != nil || status != 200 {
		t.Fatal(status, err)
	}
	if !p.Wait(ctx, 1) {
		t.Fatalf("no answer came: %s", log.String())
	}
	answer := p.Got()[0]
	if answer.To[0] != "+22370000002" || answer.Text.Text == "" || answer.SIM != 1 {
		t.Errorf("the answer: %+v", answer)
	}
	for m, err := n.db.Outbox().Get(ctx, answer.ID); m.State != store.OutboundDelivered; m, err = n.db.Outbox().Get(ctx, answer.ID) {
		if err != nil || ctx.Err() != nil {
			t.Fatalf("the answer is %s: %v", m.State, err)
		}
	}
	phones := func(args ...string) (all []listedPhone) {
		t.Helper()
		var out, errs bytes.Buffer
		env := []string{"BARO_DATABASE=sqlite:" + filepath.Join(folder, "baro.db")}
		code := Run(ctx, Process{Args: append([]string{"channel", "phones", "phone", "--json"}, args...), Env: env, Stdout: &out, Stderr: &errs})
		if code != exitDone {
			t.Fatalf("exit %d: %s", code, errs.String())
		}
		if err := json.Unmarshal(out.Bytes(), &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if all := phones(); len(all) != 1 || all[0].ID != p.ID() || all[0].Disabled != nil {
		t.Errorf("phones: %+v", all)
	}
	if all := phones("--disable", p.ID()); all[0].Disabled == nil {
		t.Errorf("phones: %+v", all)
	}
	if status, err := p.Call(ctx, "GET", "/mobile/v1/message", nil); err != nil || status != 401 {
		t.Errorf("a disabled phone: %d %v", status, err)
	}
	leave()
	<-gone
	if err := n.stop(ctx); err != nil {
		t.Error(err)
	}
	for _, secret := range []string{"70000002", "Réunion", "a-token-that"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log gives %q away", secret)
		}
	}
}

// When the node that has a channel's phones dies, another has them within ten seconds.
func TestPhonesAreTakenOver(t *testing.T) {
	if times := phoneTimes(); times.lease+times.retry > 10*time.Second || 2*times.renew > times.lease {
		t.Errorf("a take-over may last %v", times.lease+times.retry)
	}
	ctx, cancel := contextFor(time.Minute)
	defer cancel()
	set := fixedSettings(t, memoryFolder(t), newClock())
	set.now = time.Now
	n := openFixed(t, set, slog.New(slog.DiscardHandler))
	times := holdTimes{lease: 200 * time.Millisecond, renew: 50 * time.Millisecond, retry: 10 * time.Millisecond}
	now := time.Now()
	if _, err := n.db.Leases().Acquire(ctx, "phones:phone", "a node that died", now, now.Add(times.lease)); err != nil {
		t.Fatal(err)
	}
	r, err := n.hold(ctx, "phones:phone", times)
	if err != nil {
		t.Fatal(err)
	}
	defer r.release()
	if took := time.Since(now); took < times.lease {
		t.Errorf("taken from a node that might live, after %v", took)
	}
	if err := r.check(ctx); err != nil {
		t.Error(err)
	}
}
