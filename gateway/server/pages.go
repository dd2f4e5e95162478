package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"baro/gateway/access"
	"baro/gateway/channel/simulator"
	"baro/gateway/console/public"
	"baro/gateway/identity"
	"baro/gateway/server/page"
	"baro/gateway/server/phone"
)

// Phone says how the phone in the browser reaches its channels.
type Phone struct {
	phone.Options
	Inbox *simulator.Inbox // where its SMS arrive; nil: it shows none
	Open  bool             // to everybody; else to who is signed in to the console and may try it
}

const (
	typeHTML = "text/html; charset=utf-8"
	typeCSS  = "text/css; charset=utf-8"
	typeJS   = "text/javascript; charset=utf-8"
	pathSMS  = "/phone/sms"

	pathCommune = "/communes/:number"
	// communeFresh is how long anyone on the way may show a commune's page again.
	communeFresh = "public, max-age=300"
)

func (s *Server) pages(app *fiber.App) error {
	app.Get("/", s.route("/", s.front))
	s.asset(app, "/assets/style.css", typeCSS, page.Style())
	s.asset(app, "/assets/icon.svg", "image/svg+xml", page.Icon())
	if s.Public != nil {
		s.asset(app, "/assets/public.css", typeCSS, public.Style())
		app.Get(pathCommune, s.route(pathCommune, s.commune))
	}
	if err := s.consolePages(app); err != nil {
		return err
	}
	if s.Phone == nil {
		return nil
	}
	o := s.Phone.Options
	o.SMS = pathSMS
	p, err := phone.New(o)
	if err != nil {
		return fmt.Errorf("phone page: %w", err)
	}
	guard := func(h fiber.Handler) fiber.Handler {
		if s.Phone.Open {
			return h
		}
		return s.guarded(access.TryPhone, h)
	}
	app.Get("/phone", s.route("/phone", guard(func(c *fiber.Ctx) error {
		body, err := p.Render(language(c))
		return sendPage(c, body, err)
	})))
	s.asset(app, "/phone/phone.css", typeCSS, phone.Style())
	s.asset(app, "/phone/phone.js", typeJS, phone.Script())
	app.Get(pathSMS, s.route(pathSMS, guard(s.messages)))
	return nil
}

// commune shows a commune's page to everybody.
func (s *Server) commune(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(s.base, s.Deadline)
	defer cancel()
	body, found, err := s.Public.Commune(ctx, strings.Clone(c.Params("number")), language(c))
	if err != nil {
		return err
	}
	if !found {
		c.Status(http.StatusNotFound)
		return sendPage(c, body, nil)
	}
	tag := etag(body)
	c.Set(fiber.HeaderCacheControl, communeFresh)
	c.Set(fiber.HeaderETag, tag)
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(http.StatusNotModified)
	}
	return sendPage(c, body, nil)
}

// front says what this is.
func (s *Server) front(c *fiber.Ctx) error {
	body, err := s.home.Render(language(c), s.Phone != nil)
	return sendPage(c, body, err)
}

// message is one SMS as the page reads it.
type message struct {
	ID   uint64    `json:"id"`
	From string    `json:"from"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// messages lists the SMS of one simulated phone, oldest first.
func (s *Server) messages(c *fiber.Ctx) error {
	number, err := identity.Parse(query(c).Get("number"))
	if err != nil {
		return fiber.ErrBadRequest
	}
	list := []message{}
	if s.Phone.Inbox != nil {
		for _, m := range s.Phone.Inbox.Messages(number) {
			list = append(list, message{ID: m.ID, From: m.From, Text: m.Text, At: m.At})
		}
	}
	body, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("list messages: %w", err)
	}
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	return c.Send(body)
}

// asset serves a file that only changes with the program. Browsers ask whether it did, by the hash of its content.
func (s *Server) asset(app *fiber.App, path, contentType string, content []byte) {
	tag := etag(content)
	app.Get(path, s.route(path, func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-cache")
		c.Set(fiber.HeaderETag, tag)
		if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), tag) {
			return c.SendStatus(http.StatusNotModified)
		}
		c.Set(fiber.HeaderContentType, contentType)
		return c.Send(content)
	}))
}

func etag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// language is the one asked for in the address, else French.
func language(c *fiber.Ctx) string {
	if string(c.Request().URI().QueryArgs().Peek("lang")) == "en" {
		return "en"
	}
	return "fr"
}

func sendPage(c *fiber.Ctx, body []byte, err error) error {
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, typeHTML)
	return c.Send(body)
}
