package standin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"baro/gateway/channel"
)

// Hook serves the callbacks of one channel on a loopback socket and gives its origin. Requests reach answer as they came
// over the wire; an error of the adapter's is a 403 or 400, as the gateway's server makes it.
func Hook(tb testing.TB, answer func(*channel.Request) (channel.Response, error)) (origin string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err != nil {
			http.Error(w, "", http.StatusRequestEntityTooLarge)
			return
		}
		from, _ := netip.ParseAddrPort(r.RemoteAddr)
		resp, err := answer(&channel.Request{
			Method: r.Method, URI: r.RequestURI, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Get, Body: body,
			RemoteAddr: from.Addr(),
		})
		if err != nil {
			http.Error(w, "", status(err))
			return
		}
		w.Header().Set("Content-Type", resp.ContentType)
		w.WriteHeader(resp.Status)
		_, _ = w.Write(resp.Body)
	}))
	tb.Cleanup(server.Close)
	return server.URL
}
