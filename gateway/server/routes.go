package server

import (
	"bytes"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/valyala/fasthttp"
)

// routes lays out everything that is served. The first argument of route is the pattern that logs and metrics show in
// place of the URL.
func (s *Server) routes() (*fiber.App, error) {
	app := fiber.New(fiber.Config{
		AppName:                      "baro",
		BodyLimit:                    s.BodyLimit,
		CaseSensitive:                true,
		StrictRouting:                true,
		DisableStartupMessage:        true,
		DisablePreParseMultipartForm: true,
		EnableTrustedProxyCheck:      true, // with no proxies listed: fiber believes no X-Forwarded header; see remote
		ErrorHandler:                 s.fail,
		ReadBufferSize:               headerLimit,
		ReadTimeout:                  s.ReadTimeout,
		WriteTimeout:                 s.WriteTimeout,
		IdleTimeout:                  s.IdleTimeout,
	})
	engine := app.Server()
	engine.CloseOnShutdown = true
	engine.ConnState = s.conns.track
	engine.SecureErrorLogMessage = true
	engine.HeaderReceived = s.bodyLimit

	app.Use(s.observe, s.refuseAmbiguous)

	app.Get("/healthz", s.route("/healthz", s.health))
	app.Get("/readyz", s.route("/readyz", s.ready))
	app.Get("/metrics", s.route("/metrics", adaptor.HTTPHandler(promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}))))

	for _, method := range []string{fiber.MethodPost, fiber.MethodGet} {
		for _, path := range []string{"/hooks/:channel/", "/hooks/:channel/:secret/"} {
			app.Add(method, path+"ussd", s.route(path+"ussd", s.ussd))
			app.Add(method, path+"ussd-end", s.route(path+"ussd-end", s.ussdEnd))
			app.Add(method, path+"sms", s.route(path+"sms", s.sms))
			app.Add(method, path+"status", s.route(path+"status", s.status))
		}
	}
	for _, method := range []string{fiber.MethodGet, fiber.MethodPost, fiber.MethodPut, fiber.MethodPatch, fiber.MethodDelete} {
		app.Add(method, morePattern, s.route(morePattern, s.more))
	}
	if err := s.pages(app); err != nil {
		return nil, err
	}
	return app, nil
}

// route names the pattern a request was answered under.
func (s *Server) route(pattern string, h fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Locals(routeKey{}, pattern)
		return h(c)
	}
}

type (
	routeKey    struct{}
	observedKey struct{} // set once observe accounts for a request
)

// bodyLimit is asked once the headers are read: hooks take less than the pages of people who are signed in.
func (s *Server) bodyLimit(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	limit := HookBodyLimit
	switch {
	case s.Console != nil && bytes.HasPrefix(h.RequestURI(), []byte(uploadPath)):
		limit = UploadLimit
	case !bytes.HasPrefix(h.RequestURI(), []byte("/hooks/")):
		limit = s.BodyLimit
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: limit, ReadTimeout: s.ReadTimeout, WriteTimeout: s.WriteTimeout}
}

// observe is the outermost layer: it survives panics, turns errors into answers, counts and logs. Nothing of a request but
// its route's pattern, method and size gets into a log: URLs hold secrets and bodies hold people.
func (s *Server) observe(c *fiber.Ctx) error {
	start := s.Now()
	c.Locals(observedKey{}, true)
	s.secure(c)
	if err := s.recovered(c); err != nil {
		_ = s.fail(c, err)
	}
	if s.draining.Load() {
		c.Context().Response.SetConnectionClose()
	}
	s.account(c, s.Now().Sub(start))
	return nil
}

func (s *Server) account(c *fiber.Ctx, took time.Duration) {
	pattern, _ := c.Locals(routeKey{}).(string)
	if pattern == "" {
		pattern = "none"
	}
	status := c.Response().StatusCode()
	s.meters.answered(pattern, status)
	s.logAccess(c, pattern, status, took)
}
