package server_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"baro/flows"
	"baro/gateway/channel"
	"baro/gateway/channel/channeltest"
	"baro/gateway/channel/simulator"
	"baro/gateway/server/browsertest"
)

// browser drives the phone page.
type browser struct{ *browsertest.Browser }

func open(t *testing.T) browser { return browser{browsertest.Open(t, browsertest.Options{})} }

func (b browser) keys(keys ...string) {
	b.T.Helper()
	for _, k := range keys {
		b.Run(chromedp.KeyEvent(k))
	}
}

func (b browser) phone(address string) {
	b.T.Helper()
	b.Run(chromedp.Navigate(address))
	b.Until(`document.documentElement.dataset.ready === 'yes'`)
}

// shows waits until the phone shows the text.
func (b browser) shows(text string) {
	b.T.Helper()
	b.Until("document.querySelector('#screen').textContent === `" + text + "`")
}

func (b browser) states(text string) {
	b.T.Helper()
	b.Until("document.querySelector('#state').textContent === `" + text + "`")
}

func (b browser) press(keys ...string) {
	b.T.Helper()
	for _, key := range keys {
		b.Click(`[data-key="` + key + `"]`)
	}
}

// menus is a small dialogue: a menu, a page that repeats the history, an end.
func menus(_ context.Context, ev channel.USSD) flows.Screen {
	nav := []flows.Choice{{Key: "0", Label: "Retour"}}
	switch {
	case ev.Text == "":
		return flows.Screen{Text: "Mairie Jekabara", Choices: []flows.Choice{{Key: "1", Label: "Budget et taxes"}}, Nav: nav, Input: flows.InputKey}
	case strings.HasSuffix(ev.Text, "*0"):
		return flows.Screen{Text: "Au revoir."}
	case ev.Text == "7":
		return flows.Screen{Text: "ɛɔ", Input: flows.InputKey}
	}
	return flows.Screen{Text: "[" + ev.Text + "]", Nav: nav, Input: flows.InputText}
}

func TestPhoneInTheBrowser(t *testing.T) {
	b := open(t)
	notices := make(chan channel.EndNotice, 16)
	d := &dialogues{answer: menus, told: notices}
	inbox := simulator.NewInbox(time.Now)
	_, origin := start(t, withPhone(options(d, &record{}), inbox))
	b.phone(origin + "/phone")
	// Each part goes on where the last one left the phone.
	part := func(name string, run func(t *testing.T)) {
		t.Helper()
		if !t.Run(name, func(t *testing.T) { b.T = t; run(t) }) {
			t.FailNow()
		}
	}

	part("mouse", func(t *testing.T) {
		b.Click("#call")
		b.shows("Mairie Jekabara\n1 Budget et taxes\n0 Retour")
		if meter := b.Text("#meter"); meter != "[GSM7 42/160]" {
			t.Errorf("the meter shows %q", meter)
		}
		b.Screenshot("menu.png")
		b.press("1", "#", "2") // no # inside an answer
		b.Click("#send")
		b.shows("[12]\n0 Retour")
		b.press("3", "4")
		b.Run(chromedp.Click(chromedp.CSS("#clear")), chromedp.Click(chromedp.CSS("#call")))
		b.shows("[12*3]\n0 Retour")
		b.press("0")
		b.Click("#send")
		b.shows("Au revoir.")
		b.states("Appel terminé.")
		events := d.asked()
		for i, want := range []string{"", "12", "12*3", "12*3*0"} {
			ev := events[i]
			if ev.Text != want || ev.Session != events[0].Session || ev.Number != channeltest.Number("+22370000001") || ev.ServiceCode != "*384*96#" || ev.Network != "99999" {
				t.Errorf("request %d: %+v, want text %q", i, ev, want)
			}
		}
		b.Until(`document.querySelector('#reply').disabled && document.querySelector('#hang-up').disabled`)
	})

	part("keyboard", func(t *testing.T) {
		before := len(d.asked())
		b.Choose("#dial", "")
		b.Run(chromedp.Focus(chromedp.CSS("#screen")))
		b.keys("*384*96*1*1##", kb.Backspace)
		b.Until(`document.querySelector('#dial').value === '*384*96*1*1#'`)
		b.keys(kb.Enter)
		b.shows("[1*1]\n0 Retour")
		b.Until(`document.activeElement.id === 'reply'`)
		b.keys("École & marché +1#", kb.Enter)
		b.shows("[1*1*École & marché +1]\n0 Retour")
		b.keys("2", kb.Enter)
		b.shows("[1*1*École & marché +1*2]\n0 Retour")
		b.keys(kb.Escape)
		b.states("Vous avez raccroché.")
		b.shows("")
		events := d.asked()[before:]
		if len(events) != 3 || events[0].Text != "1*1" || events[0].Session == d.asked()[0].Session {
			t.Errorf("asked %+v", events)
		}
	})

	part("letters beyond GSM", func(t *testing.T) {
		b.Choose("#dial", "*384*96*7#")
		b.Click("#call")
		b.shows("ɛɔ")
		b.Until(`document.querySelector('#meter').textContent === '[UCS2 2/0]' && document.querySelector('#meter').classList.contains('over')`)
		b.Click("#hang-up")
		b.states("Vous avez raccroché.")
	})

	part("codes that lead nowhere", func(t *testing.T) {
		before := len(d.asked())
		for dialled, want := range map[string]string{
			"*384*96":   "Un code USSD commence par * et finit par #.",
			"384*96#":   "Un code USSD commence par * et finit par #.",
			"*384*961#": "Ce téléphone ne connaît que le code *384*96#.",
			"*144#":     "Ce téléphone ne connaît que le code *384*96#.",
		} {
			b.Choose("#dial", dialled)
			b.Click("#call")
			b.states(want)
		}
		if n := len(d.asked()); n != before {
			t.Errorf("%d requests were sent", n-before)
		}
	})

	part("messages", func(t *testing.T) {
		b.Until(`!document.querySelector('#thread-empty').hidden`)
		inbox.Add(channeltest.Number("+22370000001"), "COMMUNE", "Budget <b>2026</b>: 283 M FCFA")
		b.Click("#refresh")
		b.Until(`document.querySelectorAll('#thread li').length === 1 && document.querySelector('#thread-empty').hidden`)
		if text := b.Text("#thread li"); !strings.Contains(text, "COMMUNE") || !strings.HasSuffix(text, "Budget <b>2026</b>: 283 M FCFA") {
			t.Errorf("the thread shows %q", text)
		}
		b.Choose("#number", "+22370000002")
		b.Click("#refresh")
		b.Until(`document.querySelectorAll('#thread li').length === 0 && !document.querySelector('#thread-empty').hidden`)
	})

	part("English keeps what was typed", func(t *testing.T) {
		b.Choose("#dial", "*384*96*3#")
		b.Click("#other-language")
		b.Until(`document.documentElement.lang === 'en' && document.documentElement.dataset.ready === 'yes'`)
		b.Until(`document.querySelector('#dial').value === '*384*96*3#' && document.querySelector('#number').value === '+22370000002'`)
		if state := b.Text("#state"); state != "Dial the code and call." {
			t.Errorf("the state is %q", state)
		}
	})

	part("a narrow screen", func(t *testing.T) {
		b.Run(chromedp.EmulateViewport(360, 740), chromedp.Click(chromedp.CSS("#call")))
		b.shows("[3]\n0 Retour")
		if browsertest.Evaluate[bool](b.Browser, `document.documentElement.scrollWidth > 360`) {
			t.Error("the page is wider than a screen of 360 px")
		}
		b.Screenshot("narrow.png")
		b.keys(kb.Escape)
		b.states("You hung up.")
	})

	part("names for every control", func(t *testing.T) {
		nameless := browsertest.Evaluate[[]string](b.Browser, `[...document.querySelectorAll('input, button, a')].filter((e) =>
			!(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.textContent.trim()).map((e) => e.outerHTML)`)
		if len(nameless) > 0 {
			t.Errorf("without a name: %q", nameless)
		}
	})

	if complaints := b.Complaints(); len(complaints) > 0 {
		t.Errorf("the browser complains: %q", complaints)
	}
	statuses := make(map[string]int)
	for range 4 { // four calls were made
		statuses[(<-notices).Status]++
	}
	if statuses["success"] != 1 || statuses["incomplete"] != 3 {
		t.Errorf("end notices: %v", statuses)
	}
}

func TestPhoneWithoutNetwork(t *testing.T) {
	b := open(t)
	refuse := &dialogues{answer: menus}
	o := withPhone(options(refuse, &record{}), nil)
	o.Phone.Hook = "/hooks/nobody/ussd"
	s, origin := start(t, o)
	b.phone(origin + "/phone")
	b.Click("#call")
	b.states("Problème de connexion ou code MMI non valide.")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	b.Click("#call")
	b.states("Le réseau ne répond pas. Réessayez dans un moment.")
	b.Until(`!document.querySelector('#call').disabled && document.querySelector('#hang-up').disabled`)
	b.Click("#refresh")
	b.Until(`document.querySelector('#thread-empty').textContent === 'Les SMS ne peuvent pas être lus en ce moment.'`)
}
