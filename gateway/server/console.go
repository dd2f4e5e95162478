package server

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"baro/gateway/access"
	"baro/gateway/console"
)

// UploadLimit bounds the bodies of forms in a commune, where budgets come as files, in bytes. The largest budget of a big
// town has some 2 MB.
const UploadLimit = 8 << 20

// uploadPath begins the addresses whose forms may hold files.
const uploadPath = "/console/c/"

// consolePages mounts the console: this file is all that it knows of fiber.
func (s *Server) consolePages(app *fiber.App) error {
	if s.Console == nil {
		return nil
	}
	style, err := console.Style()
	if err != nil {
		return fmt.Errorf("console: %w", err)
	}
	script, err := console.Script()
	if err != nil {
		return fmt.Errorf("console: %w", err)
	}
	s.asset(app, "/console/console.css", typeCSS, style)
	s.asset(app, "/console/console.js", typeJS, script)
	for _, path := range []string{"/console", "/console/*"} {
		app.All(path, s.console)
	}
	return nil
}

func (s *Server) console(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(s.base, s.Deadline)
	defer cancel()
	out := s.Console.Serve(ctx, s.incoming(c))
	c.Locals(routeKey{}, out.Pattern)
	for name, value := range out.Header {
		c.Set(name, value)
	}
	if k := out.Cookie; k != nil {
		c.Cookie(&fiber.Cookie{Name: k.Name, Value: k.Value, Path: "/", Secure: k.Secure, HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: true})
	}
	c.Status(out.Status).Context().Response.SetBody(out.Body)
	shrink(c)
	return nil
}

// incoming copies a request for the console.
func (s *Server) incoming(c *fiber.Ctx) *console.Incoming {
	in := &console.Incoming{
		Method: strings.Clone(c.Method()), Host: string(c.Request().Host()), Path: strings.Clone(c.Path()), Query: query(c),
		Header: copyHeader(c), Body: bytes.Clone(c.Request().Body()), Remote: s.remote(c),
	}
	if in.Method == http.MethodHead {
		in.Method = http.MethodGet
	}
	return in
}

// shrink compresses a page for browsers that say they can read it: lines are slow where clerks work.
func shrink(c *fiber.Ctx) {
	fasthttp.CompressHandlerBrotliLevel(func(*fasthttp.RequestCtx) {}, fasthttp.CompressBrotliDefaultCompression, fasthttp.CompressDefaultCompression)(c.Context())
}

// guarded lets through who is signed in to the console with a permission, and leads others to its door.
func (s *Server) guarded(need access.Permission, h fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if s.Console != nil && s.Console.SignedInBy(c.Context(), s.incoming(c), need) {
			return h(c)
		}
		if c.Path() != "/phone" || s.Console == nil {
			return fiber.ErrForbidden
		}
		return c.Redirect("/console/login?next=%2Fphone", http.StatusSeeOther)
	}
}
