package smsgate_test

import (
	"encoding/json"
	"os"
	"testing"
)

// vendorRequests are requests as a vendor's own library sends them.
type vendorRequests struct {
	Requests []struct {
		ID, Vendor, Method, Path, Body string
		Headers                        map[string]string
	}
	Signatures []struct {
		ID, Vendor string
		Key        string `json:"signing_key"`
		Timestamp  string `json:"x_timestamp"`
		Body       string `json:"raw_body"`
		Signature  string `json:"x_signature"`
		Wrong      string `json:"wrong_order_must_fail"`
	} `json:"webhook_signatures"`
}

func vectors(t testing.TB) (v vendorRequests) {
	t.Helper()
	raw, err := os.ReadFile("testdata/vendor_requests.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Requests) == 0 || len(v.Signatures) == 0 {
		t.Fatal("no vectors")
	}
	return v
}
