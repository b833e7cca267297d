package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// This file keeps which room may depend on which, and what the domain may never touch; tree_test.go keeps how the tree is
// laid out. Both read the files with go/parser, of every build tag, because the result of a test that runs
// `go list` is cached and misses changes.

// module is the name in go.mod; an import below it is one of ours.
const module = "alongside"

// anything stands, as the end of an arrow, for every room.
const anything = "*"

// An arrow says that files of one room may import packages of another.
type arrow struct{ from, to string }

// rooms lists every room. A room holds its folder and all folders below it that are not rooms themselves, and may import
// itself; only "bot" is the one folder alone, because package main is commands, configuration and wiring and nothing else.
var rooms = []string{
	"bot", "bot/turn", "bot/outbox", "bot/schedule", "bot/twilio", "bot/telegram", "bot/email", "bot/hooks", "bot/web", "bot/carrier", "bot/bench",
	"conversations", "store", "store/live", "store/caseload", "store/migrations", "templates", "locales",
}

// insideStore lists the rooms that an arrow to "store" leads to as well: whoever may use the unit of work may name the types
// of its two halves. The migrations are not among them.
var insideStore = []string{"store/live", "store/caseload"}

// arrows holds every import between two rooms that is allowed, and why. Any other fails.
var arrows = map[arrow]string{
	{"bot", anything}: "main wires: it makes every part and hands each one the others it needs",

	{"bot/turn", "store"}:         "a turn loads the state and commits what came of it, as one unit of work",
	{"bot/turn", "templates"}:     "a turn renders its messages before it commits them",
	{"bot/turn", "conversations"}: "a turn asks Next what follows from an event",

	{"bot/outbox", "store"}:         "the message row is the outbox: it is claimed and settled in SQL",
	{"bot/outbox", "conversations"}: "the policy is asked once more before a message leaves",

	{"bot/schedule", "bot/turn"}:      "a reminder that falls due is an event, and takes the same six steps as a text",
	{"bot/schedule", "bot/outbox"}:    "a retry that falls due sends what was committed",
	{"bot/schedule", "store"}:         "jobs carry ids only: what they are about is read when they run",
	{"bot/schedule", "conversations"}: "what falls due is handed on as a conversations.Event",

	{"bot/twilio", "bot/outbox"}:      "the contract only: an adapter is a Sender and names the four ways a send can end",
	{"bot/twilio", "conversations"}:   "an inbound text is handed on as a conversations.Event",
	{"bot/telegram", "bot/outbox"}:    "the contract only: an adapter is a Sender and names the four ways a send can end",
	{"bot/telegram", "conversations"}: "an inbound update is handed on as a conversations.Event",

	{"bot/email", "bot/outbox"}: "the contract only: a letter ends in one of the four ways, too",

	{"bot/hooks", "store"}: "what is told to other systems was committed with its turn, and its fate is written down",

	{"bot/web", "bot/hooks"}:     "an address that nobody would be told at is refused when it is entered",
	{"bot/web", "bot/turn"}:      "what a specialist does to a conversation is an event",
	{"bot/web", "store"}:         "pages and API read the read models",
	{"bot/web", "templates"}:     "the pages and the previews of messages are templates",
	{"bot/web", "conversations"}: "pages and API speak of clients, appointments and leads in the domain's own types",

	{"bot/bench", "bot/turn"}:      "the simulated year runs the real turn",
	{"bot/bench", "bot/outbox"}:    "the simulated year runs the real outbox",
	{"bot/bench", "bot/schedule"}:  "the simulated year moves the clock of the real schedule",
	{"bot/bench", "bot/carrier"}:   "only the carrier and the clock are pretended",
	{"bot/bench", "store"}:         "what was lost or doubled is counted in the database",
	{"bot/bench", "templates"}:     "the simulated year sends the real words",
	{"bot/bench", "locales"}:       "the simulated year understands with the real lexicons",
	{"bot/bench", "conversations"}: "simulated clients and their events are the domain's own",

	{"store", "conversations"}:             "the store keeps the domain's types",
	{"store", "store/live"}:                "one unit of work over both stores",
	{"store", "store/caseload"}:            "one unit of work over both stores",
	{"store/live", "conversations"}:        "live state is the domain's State",
	{"store/caseload", "conversations"}:    "the caseload keeps the domain's types",
	{"store/caseload", "store/migrations"}: "the caseload brings its own tables up to date",

	{"templates", "conversations"}: "templates load the Rules and the Pathway that conversations declares",
	{"templates", "locales"}:       "templates are rendered with the words of a language",

	{"locales", "conversations/understand"}: "locales load the lexicons into the type that understand declares",
}

// inTests holds what test files may import beyond what their room may.
var inTests = map[arrow]string{
	{anything, "bot/carrier"}:        "tests run the real client libraries against the pretend carrier, and check both against the specs beside it",
	{"conversations", "locales"}:     "dialogues and scores are read with the real lexicons: a made-up one would prove nothing",
	{"bot/web", "locales"}:           "what a client answers to a lead is read with the real lexicons",
	{"store/caseload", "store/seal"}: "query plans are looked at on rows that are encrypted as in production",
	{"store/caseload", "store"}:      "what is sealed, backed up and restored is looked at on the databases of storetest",

	{"store/migrations", "store"}:         "what an older version wrote is read by the store of this one",
	{"store/migrations", "conversations"}: "what an older version wrote is read as the domain's own types",
}

// impure lists the imports that no file of the domain may have, its tests apart: with the same state, event and now it must
// always answer the same, and it must be possible to run a year of it in seconds.
var impure = map[string]string{
	"os":           "no files, no environment: templates and locales load, main injects",
	"syscall":      "no operating system",
	"net":          "no network",
	"net/http":     "no network",
	"net/smtp":     "no network",
	"database/sql": "no store: facts and state are handed in, effects are handed out",
	"log":          "no logs: what happened is an effect",
	"log/slog":     "no logs: what happened is an effect",
	"math/rand":    "no chance: the same input gives the same answer",
	"math/rand/v2": "no chance: the same input gives the same answer",
	"crypto/rand":  "no chance: the same input gives the same answer",

	"github.com/redis/go-redis/v9": "no store: facts and state are handed in, effects are handed out",
	"github.com/jackc/pgx/v5":      "no store: facts and state are handed in, effects are handed out",
	"github.com/riverqueue/river":  "no jobs: what is timed is an effect",
	"github.com/twilio/twilio-go":  "no carrier: a channel is a word here",
	"github.com/go-telegram/bot":   "no carrier: a channel is a word here",
}

// clocks lists what package time offers that reads a clock or waits for one. In the domain the time is the parameter now.
var clocks = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Local"}

// TestImportsFollowTheArrows fails on every import between two rooms that DESIGN.md does not draw.
func TestImportsFollowTheArrows(t *testing.T) {
	t.Parallel()
	imports := map[string][]string{}
	for name, file := range goFiles(t) {
		imports[name] = importsOf(file.syntax)
	}
	if len(imports) == 0 {
		t.Fatal("no Go file was read")
	}
	for _, fault := range wrongArrows(imports) {
		t.Error(fault)
	}
}

// TestEveryArrowHasARoomAndAReason keeps the table itself honest: a row with a misspelt room would allow nothing, silently.
func TestEveryArrowHasARoomAndAReason(t *testing.T) {
	t.Parallel()
	for _, table := range []map[arrow]string{arrows, inTests} {
		for a, why := range table {
			if a.from != anything && !slices.Contains(rooms, a.from) {
				t.Errorf("arrow %s → %s begins in no room", a.from, a.to)
			}
			if a.to != anything && roomOf(a.to) == "" {
				t.Errorf("arrow %s → %s leads to no room", a.from, a.to)
			}
			if why == "" {
				t.Errorf("arrow %s → %s has no reason", a.from, a.to)
			}
		}
	}
}

func TestWrongArrows(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		file, imported string
		want           bool // whether it is a fault
	}{
		"main_imports_everything":                {"bot/serve.go", "bot/twilio", false},
		"main_imports_the_migrations":            {"bot/migrate.go", "store/migrations", false},
		"others_are_no_concern":                  {"conversations/next.go", "strings", false},
		"a_name_that_only_begins_like_ours":      {"conversations/next.go", "alongsideelse/x", false},
		"a_room_imports_itself":                  {"conversations/next.go", "conversations/policy", false},
		"web_imports_its_inner_packages":         {"bot/web/listen.go", "bot/web/api", false},
		"turn_imports_the_store":                 {"bot/turn/run.go", "store", false},
		"an_arrow_to_the_store_leads_inside":     {"bot/outbox/claim.go", "store/caseload", false},
		"an_arrow_leads_to_inner_packages":       {"bot/outbox/send.go", "conversations/policy", false},
		"locales_load_into_understand":           {"locales/load.go", "conversations/understand", false},
		"tests_may_use_the_carrier":              {"bot/twilio/send_test.go", "bot/carrier", false},
		"tests_may_use_the_specs":                {"bot/telegram/send_test.go", "bot/carrier/spec", false},
		"tests_may_use_what_their_room_may":      {"bot/web/page_test.go", "bot/turn", false},
		"an_external_test_imports_its_subject":   {"bot/turn/run_test.go", "bot/turn", false},
		"turn_knows_no_adapter":                  {"bot/turn/run.go", "bot/twilio", true},
		"turn_knows_no_outbox":                   {"bot/turn/run.go", "bot/outbox", true},
		"twilio_never_imports_the_store":         {"bot/twilio/inbound.go", "store", true},
		"twilio_never_imports_turn":              {"bot/twilio/inbound.go", "bot/turn", true},
		"twilio_never_imports_telegram":          {"bot/twilio/inbound.go", "bot/telegram", true},
		"telegram_never_imports_twilio":          {"bot/telegram/poll.go", "bot/twilio", true},
		"telegram_never_imports_the_caseload":    {"bot/telegram/poll.go", "store/caseload", true},
		"outbox_never_imports_turn":              {"bot/outbox/send.go", "bot/turn", true},
		"outbox_never_imports_an_adapter":        {"bot/outbox/send.go", "bot/telegram", true},
		"outbox_renders_nothing":                 {"bot/outbox/send.go", "templates", true},
		"web_never_imports_the_outbox":           {"bot/web/api/nudge.go", "bot/outbox", true},
		"schedule_renders_nothing":               {"bot/schedule/due.go", "templates", true},
		"carrier_imports_nothing_of_ours":        {"bot/carrier/sms.go", "conversations", true},
		"carrier_tests_import_nothing_of_ours":   {"bot/carrier/sms_test.go", "bot/twilio", true},
		"only_tests_use_the_carrier":             {"bot/twilio/send.go", "bot/carrier", true},
		"conversations_import_no_store":          {"conversations/next.go", "store", true},
		"conversations_import_no_locales":        {"conversations/understand/read.go", "locales", true},
		"tests_of_the_domain_stay_in_it":         {"conversations/next_test.go", "store", true},
		"store_renders_nothing":                  {"store/commit.go", "templates", true},
		"store_knows_no_turn":                    {"store/commit.go", "bot/turn", true},
		"live_knows_no_caseload":                 {"store/live/state.go", "store/caseload", true},
		"caseload_knows_no_redis":                {"store/caseload/client.go", "store/live", true},
		"migrations_import_nothing":              {"store/migrations/run.go", "conversations", true},
		"nobody_reaches_past_the_caseload":       {"bot/turn/run.go", "store/migrations", true},
		"templates_load_no_client":               {"templates/load.go", "store", true},
		"locales_import_no_templates":            {"locales/load.go", "templates", true},
		"locales_import_only_understand":         {"locales/load.go", "conversations", true},
		"nobody_imports_main":                    {"bot/web/listen.go", "bot", true},
		"a_folder_of_no_room_may_import_nothing": {"bot/extras/x.go", "conversations", true},
		"a_folder_of_no_room_is_not_imported":    {"bot/serve.go", "bot/extras", true},
		"a_folder_of_no_room_is_a_fault_itself":  {"bot/extras/x.go", "strings", true},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			imported := row.imported
			if within(imported, "bot") || roomOf(imported) != "" {
				imported = module + "/" + imported
			}
			got := wrongArrows(map[string][]string{row.file: {imported}})
			if (len(got) > 0) != row.want {
				t.Errorf("%s importing %s: faults %q, want a fault: %t", row.file, imported, got, row.want)
			}
		})
	}
}

// TestTheDomainIsPure fails where a file of conversations reads a clock, a file, a network or a store.
func TestTheDomainIsPure(t *testing.T) {
	t.Parallel()
	for name, file := range goFiles(t) {
		if roomOf(path.Dir(name)) != "conversations" || isTest(name) {
			continue
		}
		for _, fault := range impurities(file.syntax) {
			t.Errorf("%s: %s", name, fault)
		}
	}
}

func TestImpurities(t *testing.T) {
	t.Parallel()
	rows := map[string]struct {
		source string
		want   []string
	}{
		"a_parameter_is_no_clock": {
			`import "time"; func f(now time.Time) time.Time { return now.Add(time.Hour) }`, nil,
		},
		"the_clock": {
			`import "time"; var f = time.Now`, []string{"uses time.Now: in the domain the time is a parameter"},
		},
		"the_clock_by_another_name": {
			`import t "time"; func f() { t.Sleep(1) }`, []string{"uses time.Sleep: in the domain the time is a parameter"},
		},
		"something_else_called_time": {
			`func f(time struct{ Now int }) int { return time.Now }`, nil,
		},
		"dotted": {
			`import . "time"; var f = Now`, []string{"imports time with a dot, which hides the clock"},
		},
		"a_file": {
			`import "os"; var _ = os.Args`, []string{`imports os: ` + impure["os"]},
		},
		"a_package_below_a_forbidden_one": {
			`import "os/exec"; var _ = exec.Command`, []string{`imports os/exec: ` + impure["os"]},
		},
		"chance": {
			`import "math/rand/v2"; var _ = rand.IntN(6)`, []string{`imports math/rand/v2: ` + impure["math/rand/v2"]},
		},
		"chance_from_a_seed": {
			`import "math/rand/v2"; var _ = rand.New(rand.NewPCG(1, 2))`, nil,
		},
		"an_address_is_no_network": {
			`import "net/url"; var _ = url.Parse`, nil,
		},
		"a_database": {
			`import "database/sql"; var _ sql.DB`, []string{`imports database/sql: ` + impure["database/sql"]},
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(row.want, impurities(parse(t, row.source))); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

// wrongArrows returns a sentence for every import that no row of arrows allows, and for every file that is in no room. The
// keys are the paths of Go files from the root, with slashes; the values are the paths that the file imports.
func wrongArrows(imports map[string][]string) []string {
	var faults []string
	for _, file := range slices.Sorted(maps.Keys(imports)) {
		folder := path.Dir(file)
		from := roomOf(folder)
		if from == "" {
			faults = append(faults, fmt.Sprintf("%s is in no room of DESIGN.md", file))
			continue
		}
		for _, imported := range imports[file] {
			to, isOurs := strings.CutPrefix(imported, module+"/")
			if !isOurs || roomOf(to) == from {
				continue
			}
			if !allowed(arrows, from, to) && !(isTest(file) && allowed(inTests, from, to)) {
				faults = append(faults, fmt.Sprintf("%s imports %s: no arrow leads from %s to it", file, imported, from))
			}
		}
	}
	return faults
}

// allowed reports whether a row of the table leads from the room to the package.
func allowed(table map[arrow]string, from, to string) bool {
	room := roomOf(to)
	if room == "" || room == "bot" {
		return false
	}
	for a := range table {
		switch {
		case a.from != from && a.from != anything:
		case a.to == anything, a.to == room, a.to == "store" && slices.Contains(insideStore, room):
			return true
		case !slices.Contains(rooms, a.to) && within(to, a.to):
			return true
		}
	}
	return false
}

// roomOf returns the room that the folder is in, or "" where there is none.
func roomOf(folder string) string {
	best := ""
	for _, room := range rooms {
		if (folder == room || room != "bot" && within(folder, room)) && len(room) > len(best) {
			best = room
		}
	}
	return best
}

// within reports whether the folder is the outer one or below it.
func within(folder, outer string) bool {
	return folder == outer || strings.HasPrefix(folder, outer+"/")
}

// isTest reports whether the file is built for tests only.
func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }

// impurities returns a sentence for everything in a file that the domain may not touch.
func impurities(file *ast.File) []string {
	var faults []string
	clock := "" // what the file calls package time
	for _, spec := range file.Imports {
		imported := importPath(spec)
		for _, forbidden := range slices.Sorted(maps.Keys(impure)) {
			below := forbidden != "net" && within(imported, forbidden) // net/url and net/netip only take words apart.
			if (imported == forbidden || below) && !seeded(file, spec) {
				faults = append(faults, fmt.Sprintf("imports %s: %s", imported, impure[forbidden]))
				break
			}
		}
		if imported != "time" {
			continue
		}
		clock = "time"
		if spec.Name != nil {
			clock = spec.Name.Name
		}
		if clock == "." {
			faults = append(faults, "imports time with a dot, which hides the clock")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok && clock != "" {
			if name, ok := selector.X.(*ast.Ident); ok && name.Name == clock && slices.Contains(clocks, selector.Sel.Name) {
				faults = append(faults, fmt.Sprintf("uses time.%s: in the domain the time is a parameter", selector.Sel.Name))
			}
		}
		return true
	})
	return faults
}

// seeded says whether a file uses chance from seeds of its own alone: that gives the same every time, because nothing in the
// domain could make the seed another one.
func seeded(file *ast.File, spec *ast.ImportSpec) bool {
	if importPath(spec) != "math/rand/v2" || spec.Name != nil {
		return false
	}
	only := true
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok && name.Name == "rand" {
				only = only && slices.Contains([]string{"New", "NewPCG", "Rand"}, selector.Sel.Name)
			}
		}
		return true
	})
	return only
}

func importsOf(file *ast.File) []string {
	var imported []string
	for _, spec := range file.Imports {
		imported = append(imported, importPath(spec))
	}
	return imported
}

func importPath(spec *ast.ImportSpec) string {
	unquoted, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value // The parser has already refused such a file.
	}
	return unquoted
}

func parse(t *testing.T, source string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; "+source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
