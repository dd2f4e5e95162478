package config_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"baro/config"
)

func TestWaysOut(t *testing.T) {
	c, _ := load(t, serve(t, "channels: {phone: {provider: smsgate, token: t, rank: 2, prefixes: ['+22376', '22366'], prefix_tps: ['22376=20'], cost: 12.5, unconfirmed_after: 5m}}\n"))
	want := config.Way{Rank: 2, Prefixes: []string{"22376", "22366"}, PrefixTPS: map[string]int{"22376": 20}, Cost: 12_500, UnconfirmedAfter: 5 * time.Minute}
	if got := c.Channels[0].Way; !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	for setting, part := range map[string]string{
		"cost: free": "francs", "cost: 1.2345": "francs", "cost: -1": "francs", "prefixes: [Orange]": "first digits",
		"prefix_tps: ['22376']": "with a rate", "prefix_tps: ['22376=0']": "with a rate", "unconfirmed_after: 2h": "from 1s to 1h",
	} {
		_, _, err := config.Load(serve(t, "channels: {phone: {provider: smsgate, token: t, "+setting+"}}\n"))
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", setting, err)
		}
	}
	for setting, part := range map[string]string{
		"cost_steps: ['10000=18']": "first parts", "cost: 25, cost_steps: ['18']": "10000=18", "cost: 25, cost_steps: ['0=18']": "more parts",
		"cost: 25, cost_steps: ['10000=18', '10000=15']": "more parts", "cost: 25, cost_steps: ['10000=25']": "costs less",
		"cost: 25, cost_steps: ['10000=18', '20000=19']": "costs less", "cost: 25, cost_steps: ['-1=18']": "10000=18",
	} {
		_, _, err := config.Load(serve(t, "channels: {phone: {provider: smsgate, token: t, "+setting+"}}\n"))
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", setting, err)
		}
	}
	c, _ = load(t, serve(t, "channels: {phone: {provider: smsgate, token: t, cost: 25, cost_steps: ['10000=18', '30000=15.5']}}\n"))
	if got, want := c.Channels[0].Way.CostSteps, []config.CostStep{{10_000, 18_000}, {30_000, 15_500}}; !reflect.DeepEqual(got, want) {
		t.Errorf("steps %v, want %v", got, want)
	}
	_, _, err := config.Load(serve(t, "channels: {ussd: {provider: africastalking, kind: ussd, code: '*1#', secret: a-long-path-part-0123456789, cost: 5}}\n"))
	if err == nil || !strings.Contains(err.Error(), "kind sms") {
		t.Errorf("a price of USSD: %v", err)
	}
}
