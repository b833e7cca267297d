package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"alongside/bot/turn"
	"alongside/bot/web/intake"
	"alongside/conversations"
	"alongside/locales"
	"alongside/store"
	"alongside/templates"
)

// importCommand takes in a file of another system.
type importCommand struct {
	stores
	Kind    string `required:"" enum:"clients,appointments" help:"What the rows are: clients or appointments."`
	Check   bool   `help:"Say what would happen, and change nothing."`
	Example bool   `help:"Print a file as it should be, with every column, and end."`
	Pathway string `default:"ips" env:"PATHWAY" help:"The service: a name in templates/pathways, or a file." placeholder:"NAME|FILE"`
	File    string `arg:"" optional:"" help:"The CSV file; - is standard input."`
}

// Help teaches.
func (importCommand) Help() string {
	return `Takes in the clients or the appointments of another system from a table that a spreadsheet saved as CSV: with commas or semicolons,
in UTF-8 or Windows-1252, the names of the columns in the first row. See one:

  alongside import --kind clients --example
  alongside import --kind appointments --example

The whole file is checked first, and each fault is named by its row and column. With a fault in it nothing is taken in; without one,
all of it is, at once. Each row has a reference of the other system's: the same file again adds nothing twice.

Clients who were imported before are left as the team has them here, and what the file says otherwise now is named. An appointment
that the file moves or cancels is moved or cancelled; what else differs is named and left.

An import sends nothing by itself. Clients have no agreement to be texted unless "agreed on" and "agreed how" say when and how they
gave it; who has one is reminded of what was imported like of anything else, and who is told by the rules that a booked
appointment was moved or cancelled is told. No welcome goes out.

It needs DATABASE_URL and SECRET_KEYS, and may run beside serve.`
}

// Run takes the file in.
func (c importCommand) Run(ctx context.Context, s settings) error {
	kind := store.ImportKind(c.Kind)
	if c.Example {
		fmt.Fprint(s.out, intake.Example(kind))
		return nil
	}
	if c.File == "" {
		return &enteredError{errors.New("FILE: is missing; --example shows what it holds")}
	}
	file, err := c.read(s)
	if err != nil {
		return err
	}
	pathway, err := templates.Pathway(c.Pathway)
	if err != nil {
		return wrongConfig(fmt.Errorf("PATHWAY: %w", err))
	}
	st, err := c.opened(ctx, s)
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	words, err := templates.LoadEmbedded()
	if err != nil {
		return fmt.Errorf("load the words: %w", err)
	}
	lexicons, err := locales.Lexicons(pathway.Languages...)
	if err != nil {
		return fmt.Errorf("load the lexicons: %w", err)
	}
	turns := turn.New(turn.Config{
		Store: st, Words: words, Now: s.now, NewID: newID, Logger: s.log, Rules: conversations.Rules{Pathway: pathway, Lexicons: lexicons},
	})
	in := intake.Config{Store: st, All: turns.RunAll, Now: s.now, NewID: newID, Pathway: pathway}
	report, err := in.Run(ctx, kind, file, c.Check)
	if err != nil {
		return fmt.Errorf("import: nothing was changed: %w", err)
	}
	if !c.Check && report.Done {
		if err := st.Audit(ctx, "", "imported_"+c.Kind, ""); err != nil {
			return err
		}
	}
	return c.tell(s, report)
}

func (c importCommand) read(s settings) ([]byte, error) {
	from := s.in
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return nil, &enteredError{errors.New("FILE: cannot be opened")}
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	// One byte more, so that a file that is too long is known for one.
	content, err := io.ReadAll(io.LimitReader(from, intake.Longest+1))
	if err != nil {
		return nil, &enteredError{errors.New("FILE: cannot be read")}
	}
	return content, nil
}

// tell prints the report; faults are what was entered wrongly.
func (c importCommand) tell(s settings, r intake.Report) error {
	for _, note := range r.Notes {
		s.say("%s", note)
	}
	if len(r.Faults) > 0 {
		faults := make([]error, len(r.Faults))
		for i, f := range r.Faults {
			faults[i] = errors.New(f.String())
		}
		return &enteredError{errors.Join(faults...)}
	}
	for _, change := range r.Changed {
		s.say("%s", change)
	}
	done := "were"
	if c.Check {
		done = "would be"
	}
	s.say("%d rows: %d %s added, %d say something else than before, %d are as they were.", r.Rows, r.New, done, len(r.Changed), r.Unchanged)
	return nil
}
