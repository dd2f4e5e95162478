package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/server"
)

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestOptionsAreChecked(t *testing.T) {
	for name, spoil := range map[string]func(*server.Options){
		"no dialogues":      func(o *server.Options) { o.Dialogues = nil },
		"no fault screens":  func(o *server.Options) { o.Fault = nil },
		"a channel twice":   func(o *server.Options) { o.Channels = append(o.Channels, o.Channels[0]) },
		"a nameless one":    func(o *server.Options) { o.Channels[0].Name = "" },
		"a phone to nobody": func(o *server.Options) { o.Phone = &server.Phone{} },
	} {
		o := options(&dialogues{}, &record{})
		spoil(&o)
		if _, err := server.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestStartTellsWhatIsWrong(t *testing.T) {
	_, origin := start(t, options(&dialogues{}, &record{}))
	o := options(&dialogues{}, &record{})
	o.Listen = strings.TrimPrefix(origin, "http://")
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var taken *net.OpError
	if err := s.Start(t.Context()); !errors.As(err, &taken) {
		t.Errorf("a taken address: got %v", err)
	}
	o.Listen = "127.0.0.1:0"
	if s, err = server.New(o); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context()); !errors.Is(err, server.ErrStarted) {
		t.Errorf("second start: got %v", err)
	}
	if err := s.Stop(bounded(t)); err != nil {
		t.Errorf("stop: %v", err)
	}
	if err := s.Stop(bounded(t)); err != nil {
		t.Errorf("second stop: %v", err)
	}
	if err := s.Start(t.Context()); !errors.Is(err, server.ErrStarted) {
		t.Errorf("start after stop: got %v", err)
	}
	<-s.Done()
	if s.Err() != nil {
		t.Errorf("a stopped server reports %v", s.Err())
	}
}

func TestStopBeforeStart(t *testing.T) {
	s, err := server.New(options(&dialogues{}, &record{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(bounded(t)); err != nil || s.Addr() != nil {
		t.Errorf("got %v, address %v", err, s.Addr())
	}
	<-s.Done()
}

func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	d := &dialogues{answer: func(context.Context, channel.USSD) flows.Screen {
		close(begun)
		<-release
		return flows.Screen{Text: "finished"}
	}}
	s, origin := start(t, options(d, &record{}))

	idle, err := net.Dial("tcp", s.Addr().String()) // a kept-alive connection must not hold the stop up
	if err != nil {
		t.Fatal(err)
	}
	defer idle.Close()
	fmt.Fprint(idle, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(idle), nil)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(err)
	}
	res.Body.Close()

	answered := make(chan string, 1)
	go func() { answered <- post(t, origin+"/hooks/ussd/ussd", step("1")).body }()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- s.Stop(bounded(t)) }()
	refused := func() bool {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err == nil {
			conn.Close()
		}
		return err != nil
	}
	for !refused() { // until the listener is closed
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request under way: %v", err)
	default:
	}
	close(release)
	if body := <-answered; body != "END finished" {
		t.Errorf("got %q", body)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestStopIsBounded(t *testing.T) {
	begun, release := make(chan struct{}), make(chan struct{})
	d := &dialogues{answer: func(context.Context, channel.USSD) flows.Screen {
		close(begun)
		<-release
		return flows.Screen{Text: "too late"}
	}}
	s, origin := start(t, options(d, &record{}))
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if res, err := http.Post(origin+"/hooks/ussd/ussd", "application/x-www-form-urlencoded", strings.NewReader(step("1").Encode())); err == nil {
			res.Body.Close()
		}
	}()
	<-begun
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(release)
	<-gone
}

func TestStartAndStopUnderStress(t *testing.T) {
	for range 20 {
		s, err := server.New(options(&dialogues{}, &record{}))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { _ = s.Start(context.Background()) })
			wg.Go(func() { _ = s.Stop(bounded(t)); s.Addr() })
		}
		wg.Wait()
		if err := s.Stop(bounded(t)); err != nil {
			t.Fatalf("stop: %v", err)
		}
		<-s.Done()
	}
}
