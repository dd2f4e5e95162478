package httpgw_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// post makes a real call and gives the answer's body.
func post(t *testing.T, address, body string) string {
	t.Helper()
	resp, err := http.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("answered %d, %v", resp.StatusCode, err)
	}
	return string(got)
}
