package server

import (
	"bufio"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"baro/gateway/channel"
)

// morePattern takes what lies below a channel's address and is none of the four hooks.
const morePattern = "/hooks/:channel/*"

// more answers on the paths of the provider's own, among them those that stand for one of the four hooks. A channel with a
// secret has it as the first part of all of them.
func (s *Server) more(c *fiber.Ctx) error {
	h := s.channels[c.Params("channel")]
	if h == nil || h.More == nil && h.places == nil {
		if method := c.Method(); method != fiber.MethodGet && method != fiber.MethodPost {
			return fiber.ErrMethodNotAllowed
		}
		return fiber.ErrNotFound
	}
	secret, path := "", "/"+strings.Clone(c.Params("*"))
	if h.Secret != "" {
		secret, path, _ = strings.Cut(path[1:], "/")
		path = "/" + path
	}
	if !h.knows(secret) {
		return fiber.ErrNotFound
	}
	if err := s.admit(c, h); err != nil {
		return err
	}
	if place := h.place(path); place != channel.HookOther {
		return s.placed(c, h, place)
	}
	if h.More == nil {
		return fiber.ErrNotFound
	}
	ctx, cancel := context.WithTimeout(s.base, s.Deadline)
	defer cancel()
	answer, err := h.More.Route(ctx, path, s.copyRequest(c))
	switch {
	case errors.Is(err, channel.ErrForged):
		s.meters.refused(h.Name, "proof")
		return fiber.ErrForbidden
	case errors.Is(err, channel.ErrInvalid):
		s.Log.Warn("request refused", "channel", h.Name, "error", err)
		return fiber.ErrBadRequest
	case err != nil:
		s.Log.Error("request not answered", "channel", h.Name, "error", err)
		return fiber.ErrServiceUnavailable
	case answer.Stream != nil:
		return s.stream(c, answer)
	}
	return reply(c, answer)
}

// place is the hook that a path stands for.
func (h *hook) place(path string) channel.Hook {
	if h.places == nil {
		return channel.HookOther
	}
	return h.places.Hook(path)
}

// placed answers a request as the hook that its path stands for.
func (s *Server) placed(c *fiber.Ctx, h *hook, place channel.Hook) error {
	switch {
	case place == channel.HookUSSD && h.USSD != nil:
		return s.dialled(c, h, s.Now())
	case place == channel.HookUSSDEnd && h.USSD != nil:
		return s.hungUp(c, h)
	case place == channel.HookSMS && h.SMS != nil:
		return s.callback(c, h, "mo", s.takeMessages)
	case place == channel.HookStatus && h.SMS != nil:
		return s.callback(c, h, "receipt", s.takeReceipts)
	}
	return fiber.ErrNotFound
}

// stream writes an answer without an end. Each piece has the time of a whole answer to get away; proxies are told to pass
// it on at once.
func (s *Server) stream(c *fiber.Ctx, r channel.Response) error {
	if s.flowing.Err() != nil {
		return fiber.ErrServiceUnavailable
	}
	c.Set(fiber.HeaderContentType, r.ContentType)
	c.Set("X-Accel-Buffering", "no")
	c.Status(r.Status)
	conn, limit := c.Context().Conn(), s.WriteTimeout
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer func() {
			if p := recover(); p != nil {
				s.logPanic(p)
			}
		}()
		ctx, cancel := context.WithCancel(s.flowing)
		defer cancel()
		r.Stream(ctx, func(piece []byte) error {
			if err := conn.SetWriteDeadline(time.Now().Add(limit)); err != nil {
				return err
			}
			if _, err := w.Write(piece); err != nil {
				return err
			}
			return w.Flush()
		})
		_ = conn.SetWriteDeadline(time.Now().Add(limit)) // of the end mark; fails only on a closed connection
	})
	return nil
}

// answered is the size of an answer, 0 of a stream, which reading would use up.
func answered(c *fiber.Ctx) int {
	if c.Response().IsBodyStream() {
		return 0
	}
	return len(c.Response().Body())
}
