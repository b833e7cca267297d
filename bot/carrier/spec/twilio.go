package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// twilioSpec is as much of an OpenAPI document as is needed here.
type twilioSpec struct {
	Paths      map[string]map[string]json.RawMessage `json:"paths"`
	Components struct {
		Schemas map[string]*schema `json:"schemas"`
	} `json:"components"`

	mu         sync.Mutex
	operations map[string]*operation // decoded when first asked for: there are hundreds
}

type operation struct {
	Parameters  []parameter `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema *schema `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]struct {
			Schema *schema `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

type parameter struct {
	Name     string  `json:"name"`
	In       string  `json:"in"`
	Required bool    `json:"required"`
	Schema   *schema `json:"schema"`
}

type schema struct {
	Ref        string             `json:"$ref"`
	Type       string             `json:"type"`
	Format     string             `json:"format"`
	Nullable   bool               `json:"nullable"`
	Enum       []string           `json:"enum"`
	Pattern    string             `json:"pattern"`
	MinLength  *int               `json:"minLength"`
	MaxLength  *int               `json:"maxLength"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
}

// resolve follows references.
func (t *twilioSpec) resolve(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = t.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	if s == nil {
		return &schema{}
	}
	return s
}

// operation finds what a request asks for: the template of its path, the path's parameters, and the operation.
func (t *twilioSpec) operation(r *http.Request) (template string, path map[string]string, op *operation) {
	segments := strings.Split(r.URL.Path, "/")
	for _, candidate := range slices.Sorted(maps.Keys(t.Paths)) {
		values, ok := matchPath(strings.Split(candidate, "/"), segments)
		if !ok {
			continue
		}
		raw, ok := t.Paths[candidate][strings.ToLower(r.Method)]
		if !ok {
			continue
		}
		if op := t.decoded(r.Method+" "+candidate, raw); op != nil {
			return candidate, values, op
		}
	}
	return "", nil, nil
}

// decoded keeps what it has decoded; nil if the description is not one of an operation.
func (t *twilioSpec) decoded(key string, raw json.RawMessage) *operation {
	t.mu.Lock()
	defer t.mu.Unlock()
	if op, ok := t.operations[key]; ok {
		return op
	}
	op := &operation{}
	if json.Unmarshal(raw, op) != nil {
		return nil
	}
	if t.operations == nil {
		t.operations = make(map[string]*operation)
	}
	t.operations[key] = op
	return op
}

func matchPath(template, segments []string) (map[string]string, bool) {
	if len(template) != len(segments) {
		return nil, false
	}
	values := make(map[string]string)
	for i, want := range template {
		got := segments[i]
		open, closing := strings.Index(want, "{"), strings.Index(want, "}")
		if open < 0 || closing < open {
			if want != got {
				return nil, false
			}
			continue
		}
		inner, ok := strings.CutPrefix(got, want[:open])
		if ok {
			inner, ok = strings.CutSuffix(inner, want[closing+1:])
		}
		if !ok || inner == "" {
			return nil, false
		}
		values[want[open+1:closing]] = inner
	}
	return values, true
}

// TwilioRequest judges a request: its address and method, the parameters of path, query and body. The form is the
// body's for POST and the query's for GET.
func (s *Spec) TwilioRequest(r *http.Request, form url.Values) []string {
	if s == nil {
		return nil
	}
	t := &s.twilio
	template, path, op := t.operation(r)
	if op == nil {
		return []string{"twilio: " + r.Method + " at an address that is not described"}
	}
	v := &violations{where: "twilio: " + r.Method + " " + template[strings.LastIndex(template, "/")+1:]}
	known := make(map[string]*schema)
	var required []string
	for _, p := range op.Parameters {
		if p.In == "path" {
			t.judgeText(v, p.Name, p.Schema, []string{path[p.Name]})
			continue
		}
		if r.Method == http.MethodGet {
			known[p.Name] = p.Schema
			if p.Required {
				required = append(required, p.Name)
			}
		}
	}
	if r.Method == http.MethodPost {
		kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
		body, ok := op.RequestBody.Content[strings.TrimSpace(kind)]
		if !ok {
			v.add("the content type is not one that is described")
		}
		if r.URL.RawQuery != "" {
			v.add("parameters are in the address instead of the body")
		}
		root := t.resolve(body.Schema)
		maps.Copy(known, root.Properties)
		required = append(required, root.Required...)
	}
	for _, name := range required {
		if !form.Has(name) {
			v.add("%s is required and missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(form)) {
		rule, ok := known[name]
		if !ok {
			v.add("there is no parameter of the name that was sent (%q)", name)
			continue
		}
		t.judgeText(v, name, rule, form[name])
	}
	return v.list
}

// judgeText judges the values of one parameter, which travel as text whatever their type.
func (t *twilioSpec) judgeText(v *violations, name string, rule *schema, values []string) {
	s := t.resolve(rule)
	if s.Type == "array" {
		s = t.resolve(s.Items)
	} else if len(values) > 1 {
		v.add("%s is repeated and is not a list", name)
	}
	for _, value := range values {
		switch s.Type {
		case "integer":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				v.add("%s is not an integer", name)
				continue
			}
			judgeRange(v, name, s, float64(n))
		case "number":
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				v.add("%s is not a number", name)
				continue
			}
			judgeRange(v, name, s, n)
		case "boolean":
			if value != "true" && value != "false" {
				v.add("%s is neither true nor false", name)
			}
		default:
			judgeString(v, name, s, value)
		}
	}
}

func judgeRange(v *violations, name string, s *schema, n float64) {
	if s.Minimum != nil && n < *s.Minimum || s.Maximum != nil && n > *s.Maximum {
		v.add("%s is out of its range", name)
	}
}

// phone takes E.164, a short code, an alphanumeric sender, or a channel's address.
var phone = regexp.MustCompile(`^(\+[1-9][0-9]{4,14}|[0-9]{3,8}|[a-z]+:.+|[A-Za-z0-9 ]{1,11})$`)

func judgeString(v *violations, name string, s *schema, value string) {
	n := utf8.RuneCountInString(value)
	switch {
	case !utf8.ValidString(value):
		v.add("%s is not UTF-8", name)
	case s.MinLength != nil && n < *s.MinLength, s.MaxLength != nil && n > *s.MaxLength:
		v.add("%s has not its length", name)
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, value):
		v.add("%s is not one of the values that are described", name)
	}
	if s.Pattern != "" {
		if re, err := regexp.Compile(s.Pattern); err == nil && !re.MatchString(value) {
			v.add("%s has not its pattern", name)
		}
	}
	ok := true
	switch s.Format {
	case "uri":
		_, err := url.Parse(value)
		ok = err == nil && value != ""
	case "phone-number":
		ok = phone.MatchString(value)
	case "date-time":
		_, day := time.Parse(time.DateOnly, value)
		_, instant := time.Parse(time.RFC3339, value)
		ok = day == nil || instant == nil
	case "date-time-rfc-2822":
		_, err := mail.ParseDate(value)
		ok = err == nil
	}
	if !ok {
		v.add("%s has not the format %s", name, s.Format)
	}
}

// TwilioAnswer judges the body of a successful answer to a request.
func (s *Spec) TwilioAnswer(r *http.Request, status int, body []byte) []string {
	if s == nil {
		return nil
	}
	t := &s.twilio
	template, _, op := t.operation(r)
	if op == nil {
		return []string{"twilio: " + r.Method + " at an address that is not described"}
	}
	v := &violations{where: fmt.Sprintf("twilio: %d for %s %s", status, r.Method, template[strings.LastIndex(template, "/")+1:])}
	answer, ok := op.Responses[strconv.Itoa(status)]
	if !ok {
		v.add("the status is not described")
		return v.list
	}
	described, ok := answer.Content["application/json"]
	if !ok {
		if len(body) > 0 {
			v.add("there is a body, and none is described")
		}
		return v.list
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		v.add("the body is not JSON")
		return v.list
	}
	t.judgeJSON(v, "body", described.Schema, value)
	return v.list
}

// judgeJSON judges a decoded value. Every property that is described must be there: Twilio sends each, if need be null.
func (t *twilioSpec) judgeJSON(v *violations, name string, rule *schema, value any) {
	s := t.resolve(rule)
	if value == nil {
		if !s.Nullable {
			v.add("%s is null", name)
		}
		return
	}
	switch s.Type {
	case "object":
		fields, ok := value.(map[string]any)
		if !ok {
			v.add("%s is not an object", name)
			return
		}
		if s.Properties == nil {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(fields)) {
			if s.Properties[key] == nil {
				v.add("%s.%s is not described", name, key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(s.Properties)) {
			field, ok := fields[key]
			if !ok {
				v.add("%s.%s is missing", name, key)
				continue
			}
			t.judgeJSON(v, name+"."+key, s.Properties[key], field)
		}
	case "array":
		items, ok := value.([]any)
		if !ok {
			v.add("%s is not a list", name)
			return
		}
		for i, item := range items {
			t.judgeJSON(v, name+"["+strconv.Itoa(i)+"]", s.Items, item)
		}
	case "integer", "number":
		n, ok := value.(json.Number)
		if _, err := n.Int64(); !ok || s.Type == "integer" && err != nil {
			v.add("%s is not of type %s", name, s.Type)
		}
	case "boolean":
		if _, ok := value.(bool); !ok {
			v.add("%s is not a boolean", name)
		}
	case "string":
		text, ok := value.(string)
		if !ok {
			v.add("%s is not a string", name)
			return
		}
		judgeString(v, name, s, text)
	}
}
