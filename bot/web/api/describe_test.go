package api

import (
	"encoding/json"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
	"alongside/conversations/figures"
	"alongside/conversations/understand"
	"alongside/store"
	"alongside/templates"
)

// This file looks at the API from the inside: is its description complete and
// true, and are its tables? What it does is tested over HTTP, from the outside.

func described() *API { return New(Config{Logger: slog.New(slog.DiscardHandler), Version: "1.2.3"}) }

// operations gives every operation of the description by its route.
func operations(a *API) map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	for path, item := range a.huma.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete,
			"HEAD": item.Head, "OPTIONS": item.Options, "TRACE": item.Trace,
		} {
			if op != nil {
				all[method+" "+Prefix+path] = op
			}
		}
	}
	return all
}

func TestTheDescriptionHasEveryRoute(t *testing.T) {
	t.Parallel()
	a := described()
	want, got := a.Patterns(), slices.Sorted(maps.Keys(operations(a)))
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-served +described):\n%s", diff)
	}
	if len(got) < 15 {
		t.Errorf("only %d routes", len(got))
	}
}

func TestTheDescriptionCanBeRead(t *testing.T) {
	t.Parallel()
	a := described()
	var plain struct {
		OpenAPI string
		Info    struct{ Title, Version, Description string }
		Servers []struct{ URL string }
	}
	if err := json.Unmarshal(a.description, &plain); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(plain.OpenAPI, "3.1.") || plain.Info.Version != "1.2.3" || len(plain.Servers) != 1 || plain.Servers[0].URL != Prefix {
		t.Errorf("head: %+v", plain)
	}
	for _, m := range regexp.MustCompile(`"\$ref":"([^"]+)"`).FindAllSubmatch(a.description, -1) {
		name, ours := strings.CutPrefix(string(m[1]), "#/components/schemas/")
		if a.huma.OpenAPI().Components.Schemas.Map()[name] == nil || !ours {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
	if m := regexp.MustCompile(`https?://[^"\s)]*`).FindAll(a.description, -1); slices.ContainsFunc(m, func(u []byte) bool {
		return !strings.HasPrefix(string(u), "https://t.me/alongside_example_bot") && !strings.HasPrefix(string(u), "https://system.example/")
	}) {
		t.Errorf("it names other hosts: %s", m)
	}
}

// TestEveryOperationHasTrueExamples validates every example against the schema
// that stands beside it.
func TestEveryOperationHasTrueExamples(t *testing.T) {
	t.Parallel()
	a := described()
	registry := a.huma.OpenAPI().Components.Schemas
	valid := func(t *testing.T, where string, m *huma.MediaType, mode huma.ValidateMode) {
		t.Helper()
		if m == nil || m.Example == nil {
			t.Errorf("%s has no example", where)
			return
		}
		res := huma.ValidateResult{}
		huma.Validate(registry, m.Schema, huma.NewPathBuffer(nil, 0), mode, m.Example, &res)
		for _, err := range res.Errors {
			t.Errorf("the example of %s: %v", where, err)
		}
	}
	for pattern, op := range operations(a) {
		if op.Summary == "" || op.Description == "" || op.OperationID == "" || len(op.Tags) != 1 {
			t.Errorf("%s does not say what it is", pattern)
		}
		if len(op.Security) != 1 || len(op.Security[0]["token"]) != 1 {
			t.Errorf("%s does not say which scope it needs", pattern)
		}
		for _, p := range op.Parameters {
			if len(p.Schema.Examples) == 0 || p.Description == "" {
				t.Errorf("%s: the parameter %s has no example or no description", pattern, p.Name)
			}
		}
		if op.RequestBody != nil {
			valid(t, pattern+" (request)", op.RequestBody.Content["application/json"], huma.ModeWriteToServer)
		}
		success := op.Responses[strconv.Itoa(op.DefaultStatus)]
		if success == nil {
			t.Errorf("%s: no success is described", pattern)
			continue
		}
		if op.DefaultStatus != 204 {
			kind := "application/json"
			if success.Content["text/csv"] != nil {
				kind = "text/csv"
			}
			valid(t, pattern+" (response)", success.Content[kind], huma.ModeReadFromServer)
		}
		for _, status := range []string{"401", "403", "422", "500"} {
			if r := op.Responses[status]; r == nil || r.Content["application/problem+json"] == nil || len(r.Description) < 20 {
				t.Errorf("%s: the answer %s is not described", pattern, status)
			}
		}
	}
}

func TestEveryFieldOfARequestIsDescribed(t *testing.T) {
	t.Parallel()
	a := described()
	for pattern, op := range operations(a) {
		if op.RequestBody == nil {
			continue
		}
		schema := op.RequestBody.Content["application/json"].Schema
		if schema.Ref != "" {
			schema = a.huma.OpenAPI().Components.Schemas.SchemaFromRef(schema.Ref)
		}
		if schema.AdditionalProperties != false {
			t.Errorf("%s takes fields that are not known", pattern)
		}
		for name, field := range schema.Properties {
			if field.Description == "" && field.Enum == nil {
				t.Errorf("%s: %s is not described", pattern, name)
			}
			if len(field.Examples) == 0 {
				t.Errorf("%s: %s has no example", pattern, name)
			}
			if field.Type == "string" && field.Format == "" && field.Enum == nil && field.Pattern == "" && field.MaxLength == nil {
				t.Errorf("%s: %s may be as long as one likes", pattern, name)
			}
		}
	}
}

func TestTheTablesAreComplete(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(sorted(conversations.Deliveries), slices.Sorted(maps.Keys(deliveries))); diff != "" {
		t.Errorf("deliveries (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(conversations.Agreements), slices.Sorted(maps.Keys(agreementsSaid))); diff != "" {
		t.Errorf("agreements (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(conversations.FlagReasons), slices.Sorted(maps.Keys(flagsSaid))); diff != "" {
		t.Errorf("flags (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(conversations.OfferStatuses), slices.Sorted(maps.Keys(offersSaid))); diff != "" {
		t.Errorf("offers (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(conversations.TaskStatuses), slices.Sorted(maps.Keys(tasksSaid))); diff != "" {
		t.Errorf("tasks (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(conversations.Traits), slices.Sorted(maps.Keys(traitsSaid))); diff != "" {
		t.Errorf("traits (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(conversations.Permanences), slices.Sorted(maps.Keys(permanencesSaid))); diff != "" {
		t.Errorf("permanences (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(conversations.Preferences), slices.Sorted(maps.Keys(preferencesSaid))); diff != "" {
		t.Errorf("preferences (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(understand.Intents), slices.Sorted(maps.Keys(intentsSaid))); diff != "" {
		t.Errorf("intents (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(store.NudgeStates), slices.Sorted(maps.Keys(nudgeStates))); diff != "" {
		t.Errorf("nudges (-domain +table):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(templates.Findings), slices.Sorted(maps.Keys(findingsSaid))); diff != "" {
		t.Errorf("findings (-domain +table):\n%s", diff)
	}
	if !strings.HasPrefix(deliveries[conversations.Unknown], "may not have been sent") {
		t.Errorf("unknown is called %q", deliveries[conversations.Unknown])
	}
	text := about()
	for _, d := range conversations.Deliveries {
		if !strings.Contains(text, "| `"+string(d)+"` | "+deliveries[d]+" |") {
			t.Errorf("%s is not in the description", d)
		}
	}
}

// TestTheEnumsAreComplete fails when the domain learns a word that the API's
// lists do not have.
func TestTheEnumsAreComplete(t *testing.T) {
	t.Parallel()
	a := described()
	lists := map[string][][]string{
		"channel":   {plain(conversations.Channels)},
		"agreement": {plain(conversations.Agreements), {"given", "asked", "declined", "stopped"}},
		"kind": {
			plain(conversations.AppointmentKinds), plain(conversations.QuestionKinds), plain(conversations.CheckInKinds),
			{"picture", "voice_note", "place", "file"},
			plain(conversations.PageKinds),
		},
		"via":      {plain(conversations.PageVias)},
		"delivery": {plain(conversations.Deliveries)},
		"status": {
			plain(conversations.AppointmentStatuses), plain(conversations.OfferStatuses), plain(conversations.TaskStatuses),
		},
		"direction": {{"in", "out"}},
		"answer":    {{"answered", "unanswered"}},
		"state":     {plain(store.NudgeStates), {"planned", "said", "skipped", "stopped", "taken_back"}, plain(store.HookStates)},
		// A person says what a text means, and not which number was picked.
		"intent":     {plain(slices.DeleteFunc(slices.Clone(understand.Intents), func(i understand.Intent) bool { return i == understand.Choose }))},
		"danger":     {{"self", "overdose", "others", "by_others", "someone_else", "voices"}},
		"stop":       {plain(conversations.Matters)},
		"allow":      {plain(conversations.Matters)},
		"stopped":    {plain(conversations.Matters)},
		"stage":      {plain(conversations.Stages), plain(conversations.Stages[:len(conversations.Stages)-1])},
		"milestone":  {plain(conversations.Milestones)},
		"meeting":    {plain(conversations.AppointmentKinds)},
		"attendance": {plain(conversations.Attendances)},
		"mechanism":  {plain(conversations.Mechanisms)},
		"tell":       {plain(conversations.Tells)},

		"circumstance": {append([]string{"none"}, plain(conversations.Circumstances)...)},

		"side":    {{"for", "against", "ask"}},
		"aspect":  {{"hours", "start", "times", "area", "trait", "permanence", "said"}},
		"goes":    {{"now", "later", "not"}},
		"result":  {{"offered", "later", "not"}},
		"contact": {plain(conversations.EmployerContacts)},

		"employer_contact": {{"yes", "no"}},

		"times":      {plain(conversations.AllTimes)},
		"not_at":     {plain(conversations.AllTimes)},
		"traits":     {plain(conversations.Traits)},
		"likes":      {plain(conversations.Traits)},
		"avoids":     {plain(conversations.Traits)},
		"permanence": {plain(conversations.Permanences)},
		"said":       {plain(conversations.Preferences)},
		"preference": {plain(conversations.Preferences)},

		"with":   {plain(figures.Parties)},
		"source": {plain(figures.Sources)},
		"work":   {plain(figures.Works)},
		"way":    {plain(figures.Ways)},
		"type":   {plain(figures.JobTypes)},
		"unit":   {plain(figures.Units)},

		"rows":      {plain(store.ImportKinds)},
		"rest_days": {{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}},
	}
	for name, schema := range a.huma.OpenAPI().Components.Schemas.Map() {
		for field, s := range schema.Properties {
			if s.Items != nil {
				s = s.Items
			}
			if s.Enum == nil {
				continue
			}
			var has []string
			for _, v := range s.Enum {
				word, _ := v.(string)
				has = append(has, word)
			}
			if !slices.ContainsFunc(lists[field], func(l []string) bool { return slices.Equal(l, has) }) {
				t.Errorf("%s.%s: %v is none of %v", name, field, has, lists[field])
			}
		}
	}
}

func TestPlainReason(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"":           "",
		"21610":      "the client sent STOP to the carrier; only their own START undoes it",
		"too_late":   "by the time it could go it would have been of no use",
		"30999":      "the provider gave the code 30999",
		"no_channel": "there is no number or account to write to",
	} {
		if got := plainReason(code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

func TestCheckJSON(t *testing.T) {
	t.Parallel()
	const secret = "John Mbeki"
	rows := map[string]struct{ body, want string }{
		"object":              {`{"a":1,"b":[{"a":1},{"a":2}],"c":{"a":null,"d":"x"}}`, ""},
		"empty_object":        {`{}`, ""},
		"space_around":        {"\n {\"a\":1} \n", ""},
		"empty":               {``, "ends before"},
		"cut_off":             {`{"a":"` + secret, "not JSON"},
		"cut_off_in_a_list":   {`{"a":[1,`, "ends before"},
		"array":               {`["` + secret + `"]`, "must be one JSON object"},
		"string":              {`"` + secret + `"`, "must be one JSON object"},
		"null":                {`null`, "must be one JSON object"},
		"two_objects":         {`{} {}`, "follows"},
		"trailing":            {`{} ` + secret, "follows"},
		"twice":               {`{"a":1,"a":2}`, "names a field twice"},
		"twice_inside":        {`{"x":[{"a":1,"b":{},"a":2}]}`, "names a field twice"},
		"value_like_a_name":   {`{"a":"b","b":"a"}`, ""},
		"list_of_names":       {`{"a":["a","a"],"b":"a"}`, ""},
		"nul":                 {`{"a":"x\u0000y"}`, "NUL"},
		"nul_in_a_name":       {`{"x\u0000y":1}`, "NUL"},
		"too_deep":            {`{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`, "too deeply"},
		"deep_enough":         {`{"a":` + strings.Repeat("[", maxDepth-1) + strings.Repeat("]", maxDepth-1) + `}`, ""},
		"not_json":            {`{a:1}`, "not JSON"},
		"number_out_of_range": {`{"a":1e999}`, "not JSON"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := checkJSON([]byte(row.body))
			if (row.want == "") != (got == "") || !strings.Contains(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if strings.Contains(got, "John") {
				t.Errorf("it repeats the body: %q", got)
			}
		})
	}
}

func sorted[T ~string](list []T) []T { return slices.Sorted(slices.Values(list)) }

func plain[T ~string](list []T) []string {
	var words []string
	for _, w := range list {
		words = append(words, string(w))
	}
	return words
}

func TestAFaultRepeatsOnlyWhatIsOurs(t *testing.T) {
	t.Parallel()
	a := described()
	for name, row := range map[string]struct {
		said        huma.ErrorDetail
		field, says string
	}{
		"unknown_message":  {huma.ErrorDetail{Message: "cannot unmarshal John", Location: "body.at", Value: "John"}, "body.at", "is not what this field takes"},
		"unknown_place":    {huma.ErrorDetail{Message: "expected string", Location: "body.John.at", Value: 7}, "body", "must be a string"},
		"unknown_property": {huma.ErrorDetail{Message: "unexpected property", Location: "body.John"}, "body", "holds a field that is not known here; check its spelling"},
		"no_place":         {huma.ErrorDetail{Message: "John"}, "request", "is not what this field takes"},
		"missing":          {huma.ErrorDetail{Message: "expected required property at to be present", Location: "body"}, "body.at", "is missing"},
		"missing_unknown":  {huma.ErrorDetail{Message: "expected required property john to be present", Location: "body"}, "body", "is not what this field takes"},
		"one_of":           {huma.ErrorDetail{Message: `expected value to be one of "sms, telegram"`, Location: "body.channel", Value: "John"}, "body.channel", "must be one of: sms, telegram"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := a.fault(&row.said); got.Field != row.field || got.Message != row.says {
				t.Errorf("got %+v", got)
			}
		})
	}
}
