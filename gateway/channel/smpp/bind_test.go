package smpp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"baro/gateway/channel"
	"baro/gateway/channel/smpp"
	"baro/gateway/channel/smpp/pdu"
	"baro/gateway/channel/smpp/smsctest"
)

func TestEveryFaultOfAConfigurationIsReportedAtOnce(t *testing.T) {
	cfg := config("nowhere", &lockedBuffer{})
	cfg.Password, cfg.SystemID, cfg.Window, cfg.Long, cfg.Alphabet, cfg.Receipts = "far too long a password", "", 5000, "pigeon", "ebcdic", "some"
	_, err := smpp.New(cfg)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, word := range []string{"address", "password", "system_id", "window", "long", "default_alphabet", "receipts"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%s is missing in %v", word, err)
		}
	}
	if strings.Contains(err.Error(), cfg.Password) {
		t.Errorf("the error tells the password: %v", err)
	}
}

func TestNothingComesInOverHTTP(t *testing.T) {
	c, err := smpp.New(config("127.0.0.1:1", &lockedBuffer{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.DecodeMO(nil); !errors.Is(err, channel.ErrForged) {
		t.Errorf("a message: %v", err)
	}
	if _, _, err := c.DecodeReceipts(nil); !errors.Is(err, channel.ErrForged) {
		t.Errorf("a receipt: %v", err)
	}
	if r := c.Send(patience(t), mt("1", "x")); r.Outcome != channel.RetryAfter {
		t.Errorf("sent before Start: %+v", r)
	}
	if err := c.Stop(patience(t)); err != nil {
		t.Error(err)
	}
}

func TestBindsTransceiversAndPairs(t *testing.T) {
	w := open(t, smsctest.Options{SystemID: "baro", Password: password}, func(c *smpp.Config) { c.Binds = 3 })
	if n := w.smsc.Roles(pdu.BindTransceiver); n != 3 || !w.Ready() {
		t.Errorf("%d transceivers, ready is %v", n, w.Ready())
	}
	pair := open(t, smsctest.Options{}, func(c *smpp.Config) { c.Mode = smpp.Pair })
	if pair.smsc.Roles(pdu.BindReceiver) != 1 || pair.smsc.Roles(pdu.BindTransmitter) != 1 || !pair.Ready() {
		t.Error("no pair")
	}
	pair.deliver(t, mo("over the receiver"), pdu.OK)
	if r := pair.Send(patience(t), mt("1", "over the transmitter")); r.Outcome != channel.Accepted {
		t.Errorf("sent over a pair: %+v", r)
	}
}

func TestBindsOverTLSWithTheRightCertificateOnly(t *testing.T) {
	certified := httptest.NewTLSServer(nil) // for its certificate
	defer certified.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certified.Certificate())
	w := open(t, smsctest.Options{TLS: &tls.Config{Certificates: certified.TLS.Certificates}}, func(c *smpp.Config) {
		c.TLS = &tls.Config{RootCAs: roots, ServerName: "example.com"}
	})
	if r := w.Send(patience(t), mt("1", "x")); r.Outcome != channel.Accepted {
		t.Errorf("%+v", r)
	}
	log := &lockedBuffer{}
	cfg := config(w.smsc.Addr(), log)
	cfg.TLS = &tls.Config{RootCAs: roots, ServerName: "another.example"}
	c, err := smpp.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.Start(smpp.Handlers{})
	until(patience(t), t, "refused", func() bool { return strings.Contains(log.String(), "certificate") })
	if err := c.Stop(patience(t)); err != nil || c.Ready() || w.smsc.Binds() != 1 {
		t.Errorf("bound to somebody else: %v", err)
	}
}

func TestABadPasswordIsNotTriedAgainSoon(t *testing.T) {
	refused := make(chan struct{}, 16)
	smsc, err := smsctest.Start(smsctest.Options{Bind: func(int64) pdu.Status {
		refused <- struct{}{}
		return pdu.InvalidPassword
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer smsc.Close()
	log := &lockedBuffer{}
	c, err := smpp.New(config(smsc.Addr(), log))
	if err != nil {
		t.Fatal(err)
	}
	c.Start(smpp.Handlers{})
	<-refused
	until(patience(t), t, "trouble told", func() bool { _, _, class := c.Status(); return class == channel.ClassAuth })
	if r := c.Send(patience(t), mt("1", "x")); r.Outcome != channel.RetryAfter || r.Class != channel.ClassAuth {
		t.Errorf("sent without a bind: %+v", r)
	}
	if err := c.Stop(patience(t)); err != nil {
		t.Error(err)
	}
	if len(refused) > 0 || strings.Contains(log.String(), password) || !strings.Contains(log.String(), "auth") {
		t.Errorf("%d further binds; log:\n%s", len(refused), log)
	}
}

func TestBindsAgainAfterEveryKindOfEnd(t *testing.T) {
	var mute atomic.Bool
	w := open(t, smsctest.Options{Mute: mute.Load}, func(c *smpp.Config) {
		c.Timing.Enquire, c.Timing.Answer, c.Timing.Leave = 10*time.Millisecond, 2*time.Second, 10*time.Millisecond
	})
	for name, end := range map[string]func(){
		"cut":         w.smsc.Cut,
		"unbind":      w.smsc.Unbind,
		"lost stream": func() { _ = w.smsc.Raw([]byte("GET / HTTP/1.1\r\n\r\n")) },
		"silence":     func() { mute.Store(true) },
	} {
		before := w.smsc.Binds()
		end()
		if name == "silence" {
			w.smsc.Wait(patience(t), func(c smsctest.Counts) bool { return c.Binds > before })
			mute.Store(false)
		}
		w.rebound(t, before)
		if r := w.Send(patience(t), mt(name, "after "+name)); r.Outcome != channel.Accepted {
			t.Errorf("%s: then sending gave %+v", name, r)
		}
	}
	if !w.smsc.Wait(patience(t), func(c smsctest.Counts) bool { return c.Enquired > 0 }) {
		t.Error("no life sign was given")
	}
}

func TestStopComesBackFromABindThatNeverWas(t *testing.T) {
	smsc, err := smsctest.Start(smsctest.Options{Bind: func(int64) pdu.Status { return pdu.AlreadyBound }})
	if err != nil {
		t.Fatal(err)
	}
	defer smsc.Close()
	c, err := smpp.New(config(smsc.Addr(), &lockedBuffer{}))
	if err != nil {
		t.Fatal(err)
	}
	c.Start(smpp.Handlers{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = c.Stop(ctx) // must come back although it never bound
	if c.Ready() {
		t.Error("ready without a bind")
	}
}

func TestOnlyTheHolderBinds(t *testing.T) {
	granted, released := make(chan chan struct{}), make(chan struct{}, 4)
	hold := func(ctx context.Context) (<-chan struct{}, func(), error) {
		lost := make(chan struct{})
		select {
		case granted <- lost:
			return lost, func() { released <- struct{}{} }, nil
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
	}
	smsc, err := smsctest.Start(smsctest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer smsc.Close()
	w := &world{smsc: smsc, house: newHouse(), log: &lockedBuffer{}}
	if w.Client, err = smpp.New(config(smsc.Addr(), w.log)); err != nil {
		t.Fatal(err)
	}
	w.Start(smpp.Handlers{Hold: hold})
	if w.Ready() || smsc.Binds() != 0 {
		t.Error("bound without holding the channel")
	}
	for range 2 {
		lost := <-granted
		w.bound(t, 1)
		close(lost)
		<-released
		if w.Ready() {
			t.Error("still ready after the right was lost")
		}
	}
	if err := w.Stop(patience(t)); err != nil {
		t.Error(err)
	}
}

func TestStopWaitsForAnswersUnbindsAndMayBeCalledTwice(t *testing.T) {
	submitted, answer := make(chan struct{}), make(chan struct{})
	w := open(t, smsctest.Options{Answer: func(int64, *pdu.Message) smsctest.Answer {
		close(submitted)
		<-answer
		return smsctest.Answer{}
	}}, nil)
	result := make(chan channel.Result, 1)
	go func() { result <- w.Send(patience(t), mt("1", "last words")) }()
	<-submitted
	stopped := make(chan error, 2)
	go func() { stopped <- w.Stop(patience(t)) }()
	go func() { stopped <- w.Stop(patience(t)) }()
	select {
	case <-stopped:
		t.Error("stopped with a message in flight")
	case r := <-result:
		t.Errorf("ended before its answer: %+v", r)
	case <-time.After(20 * time.Millisecond): // long enough to catch a Stop that does not wait; passing needs none of it
	}
	close(answer)
	if r := <-result; r.Outcome != channel.Accepted {
		t.Errorf("in flight while stopping: %+v", r)
	}
	for range 2 {
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	}
	if r := w.Send(patience(t), mt("2", "too late")); r.Outcome != channel.RetryAfter {
		t.Errorf("sent after Stop: %+v", r)
	}
}
