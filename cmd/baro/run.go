package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// The exit codes of every command.
const (
	exitDone  = 0
	exitFound = 1 // problems found, or failed
	exitUsage = 2
)

// A Process is what a command may touch of the world around it.
type Process struct {
	Args   []string
	Env    []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// errFound ends a command that has already told what it found.
var errFound = errors.New("problems found")

// commands is the command line. Each command has its file.
type commands struct {
	Config string `help:"Configuration file; ./baro.yaml when it exists." placeholder:"FILE" type:"path"`

	Demo      demoCommand      `cmd:"" help:"Run the whole gateway on embedded defaults, with a fictional commune and simulated channels."`
	Serve     serveCommand     `cmd:"" help:"Run the gateway."`
	Check     checkCommand     `cmd:"" help:"Compile flows and texts and print every problem with its line."`
	Phone     phoneCommand     `cmd:"" help:"A phone in the terminal."`
	Text      textCommand      `cmd:"" help:"Encoding, length and parts of a text, and what is really sent."`
	Flows     flowsCommand     `cmd:"" help:"The sets of flows and texts that nodes run."`
	Broadcast broadcastCommand `cmd:"" help:"Messages to many: draft, preview, submit, approve, pause, resume, cancel, show."`
	Import    importCommand    `cmd:"" help:"Read places, budgets, services, offers, practices or contacts from a file. Writes nothing without --commit."`
	Channel   channelCommand   `cmd:"" help:"The ways to people: how they fare, and a test message."`
	Export    exportCommand    `cmd:"" help:"What communes tell, as files."`
	Keys      keysCommand      `cmd:"" help:"The keys that numbers and messages are sealed with."`
	User      userCommand      `cmd:"" help:"Accounts of the console."`
	Audit     auditCommand     `cmd:"" help:"The trail of who did what."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database to this version's tables."`
	Conf      configCommand    `cmd:"" name:"config" help:"The configuration as it is understood."`
	Version   versionCommand   `cmd:"" help:"Version of this program."`
}

// exit carries kong's wish to end (help was printed) out of the parser.
type exit int

// Run is the program. It returns the exit code.
func Run(ctx context.Context, p Process) (code int) {
	defer func() {
		if e := recover(); e != nil {
			wanted, ok := e.(exit)
			if !ok {
				panic(e)
			}
			code = int(wanted)
		}
	}()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("baro"),
		kong.Description("Residents and their commune in conversation, over USSD and SMS."),
		kong.Writers(p.Stdout, p.Stderr),
		kong.Exit(func(n int) { panic(exit(n)) }),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(p.Stderr, "baro:", err)
		return exitFound
	}
	line, err := parser.Parse(p.Args)
	if err != nil {
		fmt.Fprintln(p.Stderr, "baro:", err)
		fmt.Fprintln(p.Stderr, "Try: baro --help")
		return exitUsage
	}
	switch err := line.Run(ctx, p, &c); {
	case err == nil:
		return exitDone
	case errors.Is(err, errFound):
		return exitFound
	case errors.As(err, new(usageError)):
		fmt.Fprintln(p.Stderr, "baro:", err)
		return exitUsage
	default:
		fmt.Fprintln(p.Stderr, "baro:", err)
		return exitFound
	}
}

// usageError is a wrong use that only the command itself can see.
type usageError struct{ error }
