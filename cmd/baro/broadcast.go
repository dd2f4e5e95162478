package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"baro/config"
	"baro/gateway/campaign"
	"baro/gateway/identity"
	"baro/store"
)

type broadcastCommand struct {
	Commune string `help:"The commune that speaks, by number or p-code." placeholder:"417"`
	As      string `help:"Who acts. Author and approver of a broadcast have different names." placeholder:"NAME"`

	New     broadcastNewCommand     `cmd:"" help:"Draft a broadcast."`
	Preview broadcastPreviewCommand `cmd:"" help:"Whom it would reach, the texts as phones show them, parts and cost."`
	Try     broadcastTryCommand     `cmd:"" help:"Send one of its texts to a number of your own."`
	Submit  broadcastSubmitCommand  `cmd:"" help:"Put a draft forward for another person's approval."`
	Approve broadcastApproveCommand `cmd:"" help:"Approve what another person has put forward. The first message leaves ten minutes later."`
	Undo    broadcastUndoCommand    `cmd:"" help:"Take an approval back before the first message leaves."`
	Pause   broadcastPauseCommand   `cmd:"" help:"Stop at once; what has not left waits."`
	Resume  broadcastResumeCommand  `cmd:"" help:"Go on exactly where it was paused."`
	Cancel  broadcastCancelCommand  `cmd:"" help:"End it; nobody else gets it."`
	Show    broadcastShowCommand    `cmd:"" help:"Where a broadcast stands, or the latest ones."`
	Stop    broadcastStopCommand    `cmd:"" help:"The switch of a commune: everything pauses, and nothing begins until it is released."`
	Repeat  broadcastRepeatCommand  `cmd:"" help:"Broadcasts that come again: draft, submit, approve, end, list."`
}

// campaignTool is a broadcast command at work.
type campaignTool struct {
	*node
	commune store.PlaceID
	act     store.Act
	out     io.Writer
}

// with opens a node that serves nobody and runs fn on it.
func (b *broadcastCommand) with(ctx context.Context, p Process, c *commands, fn func(t campaignTool) error) error {
	conf, err := loadConfig(p, c, config.Tool, nil, nil)
	if err != nil {
		return err
	}
	n, err := openTool(ctx, conf)
	if err != nil {
		return err
	}
	defer n.close()
	if b.Commune == "" {
		return usageError{errors.New("--commune is missing")}
	}
	t := campaignTool{node: n, out: p.Stdout, act: store.Act{Actor: "command", Reason: "command line"}}
	if b.As != "" {
		t.act.Actor = "command:" + b.As
	}
	if t.commune, err = n.communeOf(ctx, b.Commune); err != nil {
		return err
	}
	return fn(t)
}

type broadcastNewCommand struct {
	Text    map[string]string `help:"The text in a language: --text fr=… --text bm=…. {commune}, {sender}, {dial} and {date} stand for themselves." mapsep:"none" placeholder:"LANG=TEXT"`
	Subject string            `help:"Made from the records instead: budget, practice." enum:"budget,practice,"  default:""`
	Place   string            `help:"Only people of this place, by p-code; else the whole commune."`
	Purpose string            `help:"What people agreed to: notices, consultations." default:"notices"`
	Channel string            `help:"Only who agreed on this channel."`
	At      string            `help:"Not before this time of the commune: 2026-03-12T09:00."`
	Life    time.Duration     `help:"Nothing leaves after so long." default:"48h"`
	Urgent  string            `help:"Why it has to go out in quiet hours too; two people approve it then."`
	Correct int64             `help:"Goes to exactly those who got this earlier broadcast." placeholder:"ID"`
}

// Run drafts.
func (k *broadcastNewCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		w := campaign.Wish{
			Commune: t.commune, Urgent: k.Urgent, Content: campaign.Content{Text: k.Text, Subject: k.Subject},
			Audience: campaign.Audience{Place: t.commune, Purpose: store.Purpose(k.Purpose), Channel: k.Channel},
		}
		begins := t.set.now()
		if k.At != "" {
			var err error
			if begins, err = time.ParseInLocation("2006-01-02T15:04", k.At, t.set.zone); err != nil {
				return usageError{fmt.Errorf("--at: %w", err)}
			}
			w.Begins = begins
		}
		w.Expires = begins.Add(k.Life)
		if k.Place != "" {
			commune, err := t.db.Places().Get(ctx, t.commune)
			if err != nil {
				return err
			}
			place, err := t.db.Places().ByCode(ctx, commune.Edition, k.Place)
			if err != nil {
				return usageError{fmt.Errorf("--place: %w", err)}
			}
			w.Audience.Place = place.ID
		}
		var b store.Broadcast
		var err error
		if k.Correct != 0 {
			b, err = t.campaign.Correct(ctx, k.Correct, w, t.act)
		} else {
			b, err = t.campaign.New(ctx, w, t.act)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(t.out, "Broadcast %d is a draft. See it: baro broadcast preview %d\n", b.ID, b.ID)
		return nil
	})
}

type broadcastPreviewCommand struct {
	ID   int64 `arg:"" help:"The broadcast."`
	JSON bool  `help:"As JSON."`
}

// Run previews.
func (k *broadcastPreviewCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		v, err := t.campaign.Preview(ctx, t.commune, k.ID)
		if err != nil {
			return err
		}
		if k.JSON {
			return json.NewEncoder(t.out).Encode(v)
		}
		t.print(v)
		return nil
	})
}

// print shows what author and approver have to see.
func (t campaignTool) print(v campaign.Preview) {
	s := v.Size
	fmt.Fprintf(t.out, "Numbers who would get it: %v. Left out: agreed to nothing %v, said STOP %v, cannot be reached %v, had %d this month %v, quiet hours %v.\n",
		s.In, s.NoConsent, s.OptedOut, s.Unreachable, t.campaign.Cap, s.Capped, s.Quiet)
	fmt.Fprintf(t.out, "The first message leaves at %s if it is approved now; none after %s.\n",
		v.Begins.In(t.set.zone).Format("2006-01-02 15:04"), v.Expires.In(t.set.zone).Format("2006-01-02 15:04"))
	if v.Dial != "" {
		fmt.Fprintf(t.out, "Who dials %s sees that it is genuine.\n", v.Dial)
	}
	for _, x := range v.Texts {
		forcing := ""
		if x.Forcing != "" {
			forcing = ", because of " + x.Forcing
		}
		if x.Lost != "" {
			forcing += ", as question marks " + x.Lost
		}
		fmt.Fprintf(t.out, "\n[%s, %s %d, %d SMS parts%s]\n%s\n", x.Language, x.Encoding, x.Units, x.Parts, forcing, x.Text)
	}
	fmt.Fprintln(t.out)
	for _, q := range v.Quotes {
		fmt.Fprintf(t.out, "%s: %d to %d SMS parts", q.Channel, q.Least, q.Most)
		if q.Priced {
			fmt.Fprintf(t.out, ", %d to %d %s", q.From.Whole(), q.To.Whole(), q.To.Currency)
		}
		fmt.Fprintln(t.out, ".")
	}
}

type broadcastTryCommand struct {
	ID   int64  `arg:"" help:"The broadcast."`
	To   string `help:"The number to send to." required:"" placeholder:"+223…"`
	Lang string `help:"The language of the text." default:"fr"`
}

// Run sends one text.
func (k *broadcastTryCommand) Run(ctx context.Context, p Process, c *commands) error {
	to, err := identity.Parse(k.To)
	if err != nil {
		return usageError{fmt.Errorf("--to: %w", err)}
	}
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		if err := t.campaign.Try(ctx, t.commune, k.ID, to, k.Lang); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "Queued for %s.\n", to.Masked())
		return nil
	})
}

type broadcastSubmitCommand struct {
	ID int64 `arg:"" help:"The broadcast."`
}

// Run submits, and shows what was put forward.
func (k *broadcastSubmitCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		v, err := t.campaign.Submit(ctx, t.commune, k.ID, t.act)
		if err != nil {
			return err
		}
		t.print(v)
		fmt.Fprintf(t.out, "Broadcast %d waits for another person: baro broadcast approve %d --as NAME\n", k.ID, k.ID)
		return nil
	})
}

type broadcastApproveCommand struct {
	ID    int64 `arg:"" help:"The broadcast."`
	Count int64 `help:"Above 1,000 numbers: how many, as the preview tells." placeholder:"N"`
}

// Run approves.
func (k *broadcastApproveCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		approved, err := t.campaign.Approve(ctx, t.commune, k.ID, k.Count, t.act)
		if err != nil {
			return err
		}
		if !approved {
			fmt.Fprintln(t.out, "Noted. It is urgent: a second person has to approve it too.")
			return nil
		}
		fmt.Fprintf(t.out, "Approved. Until %s it can be undone: baro broadcast undo %d\n",
			t.set.now().Add(t.campaign.UndoFor).In(t.set.zone).Format("15:04"), k.ID)
		return nil
	})
}

type broadcastUndoCommand struct {
	ID int64 `arg:"" help:"The broadcast."`
}

// Run undoes.
func (k *broadcastUndoCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.change(ctx, p, c, k.ID, "", (*campaign.Service).Undo, "is a draft again")
}

type broadcastPauseCommand struct {
	ID     int64  `arg:"" help:"The broadcast."`
	Reason string `help:"Why." required:""`
}

// Run pauses.
func (k *broadcastPauseCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.change(ctx, p, c, k.ID, k.Reason, (*campaign.Service).Pause, "is paused")
}

type broadcastResumeCommand struct {
	ID int64 `arg:"" help:"The broadcast."`
}

// Run resumes.
func (k *broadcastResumeCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.change(ctx, p, c, k.ID, "", (*campaign.Service).Resume, "goes on")
}

type broadcastCancelCommand struct {
	ID     int64  `arg:"" help:"The broadcast."`
	Reason string `help:"Why." required:""`
}

// Run cancels.
func (k *broadcastCancelCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.change(ctx, p, c, k.ID, k.Reason, (*campaign.Service).Cancel, "is cancelled")
}

// change makes one move.
func (b *broadcastCommand) change(ctx context.Context, p Process, c *commands, id int64, reason string,
	move func(*campaign.Service, context.Context, store.PlaceID, int64, store.Act) error, done string) error {
	return b.with(ctx, p, c, func(t campaignTool) error {
		if reason != "" {
			t.act.Reason = reason
		}
		if err := move(t.campaign, ctx, t.commune, id, t.act); err != nil {
			return err
		}
		fmt.Fprintf(t.out, "Broadcast %d %s.\n", id, done)
		return nil
	})
}

type broadcastStopCommand struct {
	Reason  string `help:"Why." required:""`
	Release bool   `help:"Release the switch; paused broadcasts are then resumed one by one."`
}

// Run throws or releases the switch.
func (k *broadcastStopCommand) Run(ctx context.Context, p Process, c *commands) error {
	return c.Broadcast.with(ctx, p, c, func(t campaignTool) error {
		t.act.Reason = k.Reason
		if err := t.campaign.Stop(ctx, t.commune, !k.Release, t.act); err != nil {
			return err
		}
		word := "stopped"
		if k.Release {
			word = "released"
		}
		fmt.Fprintf(t.out, "Broadcasts of commune %s are %s.\n", c.Broadcast.Commune, word)
		return nil
	})
}
