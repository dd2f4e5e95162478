package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"baro/store"
)

type channelPhonesCommand struct {
	Name    string `arg:"" help:"The channel."`
	Disable string `help:"Shut this phone out: it was lost, or its SIM has changed hands. Change the channel's token too, or no new phone is let in." placeholder:"ID" xor:"turn"`
	Enable  string `help:"Let this phone in again." placeholder:"ID" xor:"turn"`
	JSON    bool   `help:"As JSON."`
}

// listedPhone is a phone as the command shows it.
type listedPhone struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Registered time.Time  `json:"registered"`
	LastSeen   time.Time  `json:"last_seen"`
	Battery    *int64     `json:"battery,omitempty"`
	Verdict    string     `json:"verdict,omitempty"`
	Disabled   *time.Time `json:"disabled,omitempty"`
}

// Run lists the Android phones of a channel, after shutting one out or letting it in again.
func (l *channelPhonesCommand) Run(ctx context.Context, p Process, c *commands) error {
	db, err := openDatabase(ctx, p, c)
	if err != nil {
		return err
	}
	defer db.Close()
	act := store.Act{Actor: "command", Reason: "channel phones"}
	switch {
	case l.Disable != "":
		err = db.Phones().Disable(ctx, l.Name, l.Disable, act)
	case l.Enable != "":
		err = db.Phones().Enable(ctx, l.Name, l.Enable, act)
	}
	if err != nil {
		return err
	}
	phones, err := db.Phones().List(ctx, l.Name)
	if err != nil {
		return err
	}
	all := make([]listedPhone, len(phones))
	for i, k := range phones {
		all[i] = listedPhone{ID: k.ID, Name: k.Name, Registered: k.Created, LastSeen: k.LastSeen, Battery: k.Health.Battery, Verdict: k.Health.Verdict}
		if !k.DisabledAt.IsZero() {
			all[i].Disabled = &k.DisabledAt
		}
	}
	if l.JSON {
		return json.NewEncoder(p.Stdout).Encode(all)
	}
	table := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PHONE\tNAME\tREGISTERED\tLAST SEEN\tBATTERY\tSAYS\tDISABLED")
	for _, k := range all {
		battery, says := "-", "-"
		if k.Battery != nil {
			battery = fmt.Sprintf("%d %%", *k.Battery)
		}
		if k.Verdict != "" {
			says = k.Verdict
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, instant(&k.Registered), instant(&k.LastSeen), battery, says, instant(k.Disabled))
	}
	return table.Flush()
}
