package server_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"baro/flows"
	"baro/gateway/channel"
)

// BenchmarkHook compares a hook, with everything around it, to a bare fiber handler in the same run: 32 connections each.
func BenchmarkHook(b *testing.B) {
	screen := flows.Screen{Text: "Mairie Jekabara", Choices: []flows.Choice{{Key: "1", Label: "Budget et taxes"}}, Input: flows.InputKey}
	b.Run("bare", func(b *testing.B) {
		app := fiber.New(fiber.Config{DisableStartupMessage: true})
		app.Post("/hooks/ussd/ussd", func(c *fiber.Ctx) error { return c.SendString("CON " + screen.String()) })
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			b.Fatal(err)
		}
		go func() { _ = app.Listener(ln) }()
		defer func() { _ = app.Shutdown() }()
		flood(b, "http://"+ln.Addr().String()+"/hooks/ussd/ussd")
	})
	b.Run("server", func(b *testing.B) {
		o := options(&dialogues{}, &record{})
		o.Dialogues = constant{screen}
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil)) // at its usual level
		_, origin := start(b, o)
		flood(b, origin+"/hooks/ussd/ussd")
	})
}

type constant struct{ screen flows.Screen }

func (c constant) Handle(context.Context, channel.USSD) flows.Screen { return c.screen }

func (constant) Ended(context.Context, channel.EndNotice) {}

func flood(b *testing.B, address string) {
	body := []byte(step("1*2").Encode())
	client := &fasthttp.Client{MaxConnsPerHost: 64}
	b.SetParallelism(16)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		req.SetRequestURI(address)
		req.Header.SetMethod("POST")
		req.Header.SetContentType("application/x-www-form-urlencoded")
		req.SetBody(body)
		for pb.Next() {
			if err := client.Do(req, res); err != nil || res.StatusCode() != 200 {
				b.Errorf("status %d, %v", res.StatusCode(), err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}
