package standin

import (
	"fmt"
	"net/http"
	"testing"
)

// Gateway is a stand-in for a gateway that a test describes.
type Gateway struct{ *desk }

// NewGateway starts a gateway; it ends with the test. read says what a call asks to be sent, and refuses it with a status
// other than 0; write answers a message that was taken, by the id it got.
func NewGateway(tb testing.TB, read func(*http.Request) (m Message, status int), write func(http.ResponseWriter, Message)) *Gateway {
	g := &Gateway{}
	g.desk = newDesk(tb, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault := g.fault()
		m, status := read(r)
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		m.ID = fmt.Sprintf("gw-%08x", g.Calls())
		if !g.act(w, r, fault, m, func(Message, string) {}) {
			write(w, m)
		}
	}))
	return g
}
