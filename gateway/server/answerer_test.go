package server_test

import (
	"net/url"
	"testing"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/africastalking"
	"baro/gateway/server"
)

// echoing answers with something of the request, and takes end notices on the hook of requests.
type echoing struct{ *africastalking.Provider }

func (e echoing) DecodeUSSD(r *channel.Request) (channel.USSD, error) {
	ev, err := e.Provider.DecodeUSSD(r)
	if ev.Text == "over" {
		return channel.USSD{}, channel.ErrEnded
	}
	return ev, err
}

func (e echoing) AnswerUSSD(r *channel.Request, s *flows.Screen) channel.Response {
	answer := e.EncodeUSSD(s)
	answer.Header = map[string]string{"X-Length": string(rune('0' + len(s.Text)%10)), "X-Method": r.Method}
	return answer
}

func (echoing) AnswerEnd(*channel.Request) channel.Response {
	return channel.Response{Status: 200, ContentType: "text/plain", Body: []byte("bye")}
}

func TestAnswersThatRepeatTheirRequest(t *testing.T) {
	d := &dialogues{}
	o := options(d, &record{})
	o.Channels = []server.Channel{{Name: "ussd", USSD: echoing{provider()}}, {Name: "plain", USSD: endsOnly{echoing{provider()}}}}
	_, origin := start(t, o)
	a := post(t, origin+"/hooks/ussd/ussd", step("1"))
	if a.status != 200 || a.body != "CON Vous: 1" || a.header.Get("X-Method") != "POST" || a.header.Get("X-Length") != "7" {
		t.Errorf("got %d %q %v", a.status, a.body, a.header)
	}
	if a = post(t, origin+"/hooks/ussd/ussd", url.Values{"text": {"1"}}); a.status != 200 || a.body != "END Demande illisible." || a.header.Get("X-Method") != "POST" {
		t.Errorf("unreadable: %d %q %v", a.status, a.body, a.header)
	}
	if a = post(t, origin+"/hooks/ussd/ussd", step("over")); a.status != 200 || a.body != "bye" {
		t.Errorf("ended: %d %q", a.status, a.body)
	}
	if a = post(t, origin+"/hooks/plain/ussd", step("over")); a.status != 200 || a.body != "END Demande illisible." {
		t.Errorf("ended, with nothing to say to it: %d %q", a.status, a.body)
	}
	if asked, ended := d.asked(), d.ended(); len(asked) != 1 || len(ended) != 2 || ended[0].Session != "ATUid_1" {
		t.Errorf("asked %+v, told %+v", asked, ended)
	}
}

// endsOnly knows ErrEnded and no answers of its own.
type endsOnly struct{ channel.USSDProvider }
