package server

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// contentPolicy lets pages load what this server serves and nothing else; nothing inline.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func (s *Server) secure(c *fiber.Ctx) {
	h := &c.Response().Header
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
	if s.encrypted() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// recovered runs the rest of the chain. A panic that nobody caught would end the process.
func (s *Server) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.logPanic(p)
			err = fiber.ErrInternalServerError
		}
	}()
	return c.Next()
}

// fail answers an error with its status and nothing of the request: fiber's own messages repeat the path and headers. It
// is also what answers a request that was too long, too slow or unreadable.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	status := http.StatusInternalServerError
	var known *fiber.Error
	if errors.As(err, &known) {
		status = known.Code
	} else {
		s.Log.Error("request", "error", err)
	}
	if c.Locals(observedKey{}) == nil {
		s.meters.answered("none", status) // never got as far as a route
	}
	s.secure(c)
	c.Response().ResetBody()
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.Status(status).SendString(http.StatusText(status) + "\n")
}

// refuseAmbiguous refuses what two servers in a row may read differently, which is how requests are smuggled past a proxy
// (RFC 9112 §3.2, §6.1): none or several Host lines, a length together with a transfer coding, and names that a lenient
// reader would mend.
func (s *Server) refuseAmbiguous(c *fiber.Ctx) error {
	var hosts, lengths, codings int
	for line := range bytes.Lines(c.Request().Header.RawHeaders()) {
		name, _, found := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte{':'})
		if len(name) == 0 {
			continue // the empty line at the end
		}
		if !found || name[0] == ' ' || name[0] == '\t' || bytes.HasSuffix(name, []byte{' '}) || bytes.HasSuffix(name, []byte{'\t'}) {
			return fiber.ErrBadRequest
		}
		switch {
		case bytes.EqualFold(name, []byte("Host")):
			hosts++
		case bytes.EqualFold(name, []byte("Content-Length")):
			lengths++
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			codings++
		}
	}
	if hosts > 1 || hosts == 0 && c.Request().Header.IsHTTP11() || lengths > 1 || codings > 1 || lengths+codings > 1 {
		c.Context().Response.SetConnectionClose()
		return fiber.ErrBadRequest
	}
	return c.Next()
}

// logAccess writes one line a request: failures of ours as errors, refusals as warnings, pages as information, and what
// machines ask all day long only at debug level; metrics count those.
func (s *Server) logAccess(c *fiber.Ctx, pattern string, status int, took time.Duration) {
	level := slog.LevelInfo
	switch {
	case status >= 500 && pattern != "/readyz":
		level = slog.LevelError
	case status >= 400:
		level = slog.LevelWarn
	case strings.HasPrefix(pattern, "/hooks/"), pattern == "/healthz", pattern == "/readyz", pattern == "/metrics":
		level = slog.LevelDebug
	}
	ctx := c.Context()
	if !s.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", method(c)), slog.String("route", pattern), slog.Int("status", status), slog.Duration("took", took),
		slog.Int("in", len(c.Request().Body())), slog.Int("out", answered(c)),
	}
	if name, ok := c.Locals(channelKey{}).(string); ok {
		attrs = append(attrs, slog.String("channel", name))
	}
	if status == http.StatusForbidden {
		attrs = append(attrs, slog.String("remote", s.remote(c).String())) // whom to put on the allow-list, or to block
	}
	s.Log.LogAttrs(ctx, level, "http", attrs...)
}

// logPanic tells where it happened. The value is told only when the runtime made it: others may hold what a person typed.
func (s *Server) logPanic(p any) {
	what := fmt.Sprintf("%T", p)
	var mistake runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &mistake) {
		what = mistake.Error()
	}
	s.Log.Error("panic", "panic", what, "stack", string(debug.Stack()))
}

// method is the request's method, or "other": a stranger may send any word.
func method(c *fiber.Ctx) string {
	switch m := c.Method(); m {
	case fiber.MethodGet, fiber.MethodPost, fiber.MethodHead, fiber.MethodPut, fiber.MethodPatch, fiber.MethodDelete, fiber.MethodOptions:
		return strings.Clone(m)
	}
	return "other"
}
