package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"baro/gateway/campaign"
	"baro/store"
)

type broadcastRepeatCommand struct {
	New     repeatNewCommand     `cmd:"" help:"Draft a rule."`
	Submit  repeatSubmitCommand  `cmd:"" help:"Put a rule forward."`
	Approve repeatApproveCommand `cmd:"" help:"Approve a rule and with it the broadcasts it will make."`
	End     repeatEndCommand     `cmd:"" help:"End a rule; broadcasts it has made go on."`
	List    repeatListCommand    `cmd:"" help:"The rules of a commune."`
}

type repeatNewCommand struct {
	Spec    string        `arg:"" help:"When, as five cron fields in the commune's time: '0 9 15 1,4,7,10 *'."`
	Subject string        `help:"What it tells: budget, practice." enum:"budget,practice" required:""`
	Purpose string        `help:"What people agreed to." default:"notices"`
	Life    time.Duration `help:"Nothing of a broadcast leaves so long after its hour." default:"48h"`
	Most    int           `help:"Broadcasts at most." default:"4"`
	For     time.Duration `help:"How long the rule holds." default:"8760h"`
}

// Run drafts a rule.
func (k *repeatNewCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		r, err := t.campaign.NewRule(ctx, campaign.RuleWish{
			Commune: t.commune, Spec: k.Spec, Content: campaign.Content{Subject: k.Subject}, Life: k.Life, Most: k.Most, Until: t.set.now().Add(k.For),
			Audience: campaign.Audience{Place: t.commune, Purpose: store.Purpose(k.Purpose)},
		}, t.act)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "Rule %d is a draft.\n", r.ID)
		return nil
	})
}

type repeatSubmitCommand struct {
	ID int64 `arg:"" help:"The rule."`
}

// Run submits.
func (k *repeatSubmitCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.change(ctx, p, c, k.ID, "", (*campaign.Service).SubmitRule, "(rule) waits for another person")
}

type repeatApproveCommand struct {
	ID int64 `arg:"" help:"The rule."`
}

// Run approves.
func (k *repeatApproveCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.change(ctx, p, c, k.ID, "", (*campaign.Service).ApproveRule, "(rule) is approved")
}

type repeatEndCommand struct {
	ID int64 `arg:"" help:"The rule."`
}

// Run ends.
func (k *repeatEndCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.change(ctx, p, c, k.ID, "", (*campaign.Service).EndRule, "(rule) has ended")
}

type repeatListCommand struct{}

// Run lists.
func (k *repeatListCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		rules, err := t.db.BroadcastRules().List(ctx, t.commune)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "RULE\tSTATE\tWHEN\tMADE\tMOST\tNEXT\tAUTHOR\tAPPROVER")
		for _, r := range rules {
			next := "-"
			if !r.Next.IsZero() {
				next = r.Next.In(t.set.zone).Format("2006-01-02 15:04")
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%d\t%d\t%s\t%s\t%s\n", r.ID, r.State, r.Spec, r.Made, r.Most, next, r.Author, r.Approver)
		}
		return table.Flush()
	})
}
