package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"baro/flows/simulate"
)

type phoneCommand struct {
	URL    string `help:"A running gateway; in process on demonstration data when absent." placeholder:"http://127.0.0.1:8080"`
	Hook   string `help:"Path of the USSD hook, with its secret where it has one." default:"/hooks/ussd/ussd"`
	Number string `help:"The phone's number." default:"+22370000001"`
	Code   string `help:"The gateway's service code." default:"*384*96#"`
	To     string `help:"Dial this at once, for example *384*96*1#."`
	Lang   string `help:"In process: the phone already has this language, by its tag."`
	Script string `help:"Play a dialogue file; one that holds screens is compared with what is shown." type:"existingfile"`
	Update bool   `help:"With --script: write what was shown back to the file."`
}

// Run plays a script, or lets a person dial.
func (ph *phoneCommand) Run(ctx context.Context, p Process) error {
	network, done, err := ph.network(ctx)
	if err != nil {
		return err
	}
	defer done()
	phone := &simulate.Phone{
		Network: network, Number: ph.Number, Code: ph.Code,
		NewID: func() string { return "phone-" + rand.Text() },
	}
	if ph.Script != "" {
		return ph.play(ctx, p, phone)
	}
	return ph.talk(ctx, p, phone)
}

func (ph *phoneCommand) play(ctx context.Context, p Process, phone *simulate.Phone) error {
	file, err := os.Open(ph.Script)
	if err != nil {
		return err
	}
	defer file.Close()
	script, err := simulate.ReadScript(file)
	if err != nil {
		return fmt.Errorf("%s: %w", ph.Script, err)
	}
	got, err := script.Run(ctx, phone, strictProfile())
	if err != nil {
		return fmt.Errorf("%s: %w", ph.Script, err)
	}
	if ph.Update {
		return os.WriteFile(ph.Script, []byte(got.String()), 0o644)
	}
	if !script.Written() {
		_, err := io.WriteString(p.Stdout, got.String())
		return err
	}
	if diff := script.Diff(got); diff != "" {
		fmt.Fprintf(p.Stdout, "%s: %s\n", ph.Script, diff)
		return errFound
	}
	fmt.Fprintf(p.Stdout, "%s: %d steps as written\n", ph.Script, len(script.Steps))
	return nil
}

// talk is the interactive phone: a line typed at "dial>" calls (an empty one dials the service code), a line typed below
// a screen answers it.
func (ph *phoneCommand) talk(ctx context.Context, p Process, phone *simulate.Phone) error {
	fmt.Fprintf(p.Stdout, "Enter dials %s. A longer string works too: %s*1#. Ctrl-D ends.\n", ph.Code, strings.TrimSuffix(ph.Code, "#"))
	lines := bufio.NewScanner(p.Stdin)
	if ph.To != "" {
		ph.show(p, phone, func() (simulate.Reply, error) { return phone.Dial(ctx, ph.To) })
	}
	for {
		if phone.Open() {
			fmt.Fprint(p.Stdout, "> ")
		} else {
			fmt.Fprint(p.Stdout, "dial> ")
		}
		if !lines.Scan() {
			fmt.Fprintln(p.Stdout)
			return lines.Err()
		}
		ph.show(p, phone, func() (simulate.Reply, error) {
			if phone.Open() {
				return phone.Type(ctx, lines.Text())
			}
			return phone.Dial(ctx, strings.TrimSpace(lines.Text()))
		})
	}
}

func (ph *phoneCommand) show(p Process, phone *simulate.Phone, act func() (simulate.Reply, error)) {
	reply, err := act()
	if err != nil {
		fmt.Fprintln(p.Stdout, "!", err)
		return
	}
	fmt.Fprintf(p.Stdout, "\n%s\n%s\n", frame(reply.Text), simulate.Size(strictProfile(), reply.Text))
	if !phone.Open() {
		fmt.Fprintln(p.Stdout, "(the call is over)")
	}
}

// frame draws the screen's border, so that a terminal shows where it ends.
func frame(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = "│ " + l
	}
	return strings.Join(lines, "\n")
}

func (ph *phoneCommand) network(ctx context.Context) (simulate.Network, func(), error) {
	if ph.URL != "" {
		return &hookNetwork{url: strings.TrimSuffix(ph.URL, "/") + ph.Hook, client: &http.Client{Timeout: 10 * time.Second}}, func() {}, nil
	}
	return inProcess(ctx, ph.Number, ph.Lang)
}

// hookNetwork speaks to a gateway as Africa's Talking does.
type hookNetwork struct {
	url    string
	client *http.Client
}

func (h *hookNetwork) USSD(ctx context.Context, r simulate.Request) (simulate.Reply, error) {
	form := url.Values{
		"sessionId": {r.Session}, "phoneNumber": {r.Number}, "networkCode": {"99999"}, "serviceCode": {r.Code}, "text": {r.Text},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, strings.NewReader(form.Encode()))
	if err != nil {
		return simulate.Reply{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := h.client.Do(req)
	if err != nil {
		return simulate.Reply{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return simulate.Reply{}, err
	}
	word, text, ok := strings.Cut(string(body), " ")
	if resp.StatusCode != http.StatusOK || !ok || word != "CON" && word != "END" {
		return simulate.Reply{}, fmt.Errorf("the gateway answered %s", resp.Status)
	}
	return simulate.Reply{Text: text, End: word == "END"}, nil
}
