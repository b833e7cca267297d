// Package main is the program: its commands, its configuration, and the wiring
// of the rooms. Nothing is decided here.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// version is set by the linker (-X main.version=…).
var version = "dev"

// commands is the command line. `alongside <command> --help` explains each.
type commands struct {
	LogFormat string `default:"text" enum:"text,json" env:"LOG_FORMAT" help:"Form of the log lines on standard error: text or json."`
	LogLevel  string `default:"info" enum:"debug,info,warn,error" env:"LOG_LEVEL" help:"Least level that is logged: debug, info, warn, error."`

	Demo       demoCommand       `cmd:"" help:"Try everything in the browser: two phones, a clock, a caseload with John on it. Needs nothing."`
	Serve      serveCommand      `cmd:"" help:"Run the service: webhooks, API, reminders."`
	Talk       talkCommand       `cmd:"" help:"Hold a conversation with the assistant in the terminal."`
	Understand understandCommand `cmd:"" help:"Say what texts mean, one a line from standard input, or score labelled ones."`
	Migrate    migrateCommand    `cmd:"" help:"Bring the database up to this version. Safe to run twice, and while others run it."`
	Token      tokenCommand      `cmd:"" help:"Make a bearer token for the API. It is shown once."`
	Import     importCommand     `cmd:"" help:"Take in clients or appointments of another system from a CSV file, all or nothing."`
	User       userCommand       `cmd:"" help:"Say who may sign in to the pages: add, list, reset, end."`
	Backup     backupCommand     `cmd:"" help:"Write the whole caseload into a file, while the service goes on."`
	Restore    restoreCommand    `cmd:"" help:"Fill an empty database with a backup."`
	Reseal     resealCommand     `cmd:"" help:"Seal everything again under the first of the secret keys, so that an older one can be taken out."`
	Bench      benchCommand      `cmd:"" help:"Measure the whole path of a text, from webhook to accepted answer."`
	Simulate   simulateCommand   `cmd:"" help:"Let a service live through months in minutes, and check every text that goes out."`
	Health     healthCommand     `cmd:"" help:"Ask a running service whether it is alive; the exit code tells."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
}

const about = `Alongside texts with the clients of a supported-employment service, by SMS or Telegram, and writes what they say to their specialist's caseload.

Begin with:

  go run ./bot demo

Every flag is also a variable of the environment; the README explains each.`

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program without the process: it returns the exit code. 0: done;
// 1: it could not be done, and why is on standard error; 2: the command line
// or the configuration is wrong.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	var cli commands
	exit := -1
	parser, err := kong.New(&cli,
		kong.Name("alongside"), kong.Description(about), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(out, errs), kong.Exit(func(code int) { exit = code }),
	)
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintf(errs, "alongside: %v\nTry: alongside --help\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := &clock{}
	s := settings{log: newLogger(errs, cli.LogFormat, cli.LogLevel), now: c.Now, clock: c, in: in, out: out, errs: errs}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(s)
	var wrong *configError
	var input *inputError
	var entered *enteredError
	switch {
	case err == nil, errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return 0
	case errors.As(err, &wrong):
		fmt.Fprint(errs, wrong.Error())
		return 2
	case errors.As(err, &input):
		fmt.Fprint(errs, input.Error())
		return 2
	case errors.As(err, &entered):
		fmt.Fprint(errs, entered.Error())
		return 2
	default:
		fmt.Fprintf(errs, "alongside: %v\n", err)
		return 1
	}
}

// settings is what every command is handed.
type settings struct {
	log       *slog.Logger
	now       func() time.Time
	clock     *clock
	in        io.Reader
	out, errs io.Writer
}

// say writes a line for the person at the terminal.
func (s settings) say(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

func newLogger(w io.Writer, format, level string) *slog.Logger {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		least = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: least}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// configError is a configuration that cannot be run: every fault in it, one a
// line, for the person who set it.
type configError struct{ faults error }

func (e *configError) Error() string {
	return fmt.Sprintf("alongside: the configuration is not complete:\n%s\nThe README explains each variable.\n", indent(e.faults))
}

// wrongConfig joins the faults, or is nil when there are none.
func wrongConfig(faults ...error) error {
	if err := errors.Join(faults...); err != nil {
		return &configError{err}
	}
	return nil
}

type versionCommand struct{}

// Run prints the version.
//
//nolint:unparam // Every command may fail; this one does not.
func (versionCommand) Run(s settings) error {
	s.say("alongside %s", version)
	return nil
}
