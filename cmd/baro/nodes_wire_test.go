//go:build unix

package main

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"testing"
	"time"

	"baro/config"
	"baro/locales/charset"
)

// The account whose webhooks the nodes of these tests take.
const (
	twilioAccount = "AC00000000000000000000000000000001"
	twilioToken   = "12345678901234567890123456789012"
	publicOrigin  = "https://sms.example.ml"
)

// withTwilio gives a node the SMS channel "twilio" in place of the simulated one. It sends to api.
func withTwilio(api string) func(*settings) {
	profile, _ := charset.FindProfile("sms")
	return func(set *settings) {
		set.publicURL = publicOrigin
		set.channels = slices.DeleteFunc(slices.Clone(set.channels), func(c channelSettings) bool { return c.Kind == "sms" })
		set.channels = append(set.channels, channelSettings{profile: profile, Channel: config.Channel{
			Name: "twilio", Provider: "twilio", Kind: "sms", Commune: "417", Settings: map[string]any{
				"account_sid": twilioAccount, "auth_token": config.Secret(twilioToken), "from": "+15005550006", "api_url": api,
			},
		}})
	}
}

// twilioSMS is a webhook's body with its signature.
func twilioSMS(id, from, text string) (body, signature string) {
	fields := url.Values{"MessageSid": {id}, "AccountSid": {twilioAccount}, "From": {from}, "To": {"+15005550006"}, "Body": {text}, "NumMedia": {"0"}}
	return fields.Encode(), signTwilio(publicOrigin+"/hooks/twilio/sms", fields)
}

func signTwilio(address string, fields url.Values) string {
	return signWith(twilioToken, address, fields)
}

// signWith signs as Twilio's libraries do: the address, then each name in order with each of its different values in order.
func signWith(token, address string, fields url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(fields[name]))) {
			mac.Write([]byte(name + value))
		}
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// redisLine sends one inline command and gives the first line of the answer.
func redisLine(t testing.TB, address, command string) string {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		t.Fatalf("redis: %v", err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		t.Fatalf("redis: %v", err)
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		t.Fatalf("redis: %v", err)
	}
	return line
}
