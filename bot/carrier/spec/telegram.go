package spec

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// telegramSpec is the description of the Bot API's methods and types.
type telegramSpec struct {
	Methods map[string]struct {
		Returns []string `json:"returns"`
		Fields  []field  `json:"fields"`
	} `json:"methods"`
	Types map[string]struct {
		Fields   []field  `json:"fields"`
		Subtypes []string `json:"subtypes"`
	} `json:"types"`
}

type field struct {
	Name        string   `json:"name"`
	Types       []string `json:"types"`
	Required    bool     `json:"required"`
	Description string   `json:"description"`
}

// always is how the description tells apart the kinds of one type, such as a chat member's status.
var always = regexp.MustCompile(`always [“"]([a-z_]+)[”"]`)

// TelegramRequest judges a call by its method's name and its parameters as they were sent: text as it is, everything
// else in JSON. A file may be sent as anything.
func (s *Spec) TelegramRequest(method string, params map[string]string) []string {
	if s == nil {
		return nil
	}
	t := &s.telegram
	v := &violations{where: "telegram: " + method}
	m, ok := t.Methods[method]
	if !ok {
		v.where = "telegram"
		v.add("a method that is not described")
		return v.list
	}
	known := make(map[string]field, len(m.Fields))
	for _, f := range m.Fields {
		known[f.Name] = f
		if f.Required {
			if _, ok := params[f.Name]; !ok {
				v.add("%s is required and missing", f.Name)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(params)) {
		f, ok := known[name]
		if !ok {
			v.add("there is no parameter of the name that was sent (%q)", name)
			continue
		}
		t.oneOf(v, name, f.Types, func(kind string, v *violations) { t.judgeParam(v, name, kind, params[name]) })
	}
	return v.list
}

// oneOf judges by each type and keeps nothing if one of them fits, else what is wrong by the nearest.
func (t *telegramSpec) oneOf(v *violations, name string, kinds []string, judge func(kind string, v *violations)) {
	var nearest []string
	for i, kind := range kinds {
		trial := &violations{where: v.where}
		judge(kind, trial)
		if len(trial.list) == 0 {
			return
		}
		if i == 0 || len(trial.list) < len(nearest) {
			nearest = trial.list
		}
	}
	if len(kinds) == 0 {
		v.add("%s has a type that is not described", name)
	}
	v.list = append(v.list, nearest...)
}

func (t *telegramSpec) judgeParam(v *violations, name, kind, value string) {
	switch kind {
	case "String", "InputFile":
		return
	case "Boolean":
		// Telegram also reads True and 1, but says true.
		if value != "true" && value != "false" {
			v.add("%s is neither true nor false", name)
		}
		return
	}
	decoded, err := decode([]byte(value))
	if err != nil {
		v.add("%s is not JSON of type %s", name, kind)
		return
	}
	t.judge(v, name, kind, decoded)
}

func decode(raw []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// judge judges a decoded value of a type.
func (t *telegramSpec) judge(v *violations, name, kind string, value any) {
	if inner, ok := strings.CutPrefix(kind, "Array of "); ok {
		items, ok := value.([]any)
		if !ok {
			v.add("%s is not a list", name)
		}
		for i, item := range items {
			t.judge(v, name+"["+strconv.Itoa(i)+"]", inner, item)
		}
		return
	}
	fits := true
	switch kind {
	case "String":
		_, fits = value.(string)
	case "Boolean", "True":
		_, fits = value.(bool)
	case "Integer":
		n, ok := value.(json.Number)
		_, err := n.Int64()
		fits = ok && err == nil
	case "Float":
		_, fits = value.(json.Number)
	case "InputFile":
	default:
		t.judgeObject(v, name, kind, value)
		return
	}
	if !fits {
		v.add("%s is not of type %s", name, kind)
	}
}

func (t *telegramSpec) judgeObject(v *violations, name, kind string, value any) {
	described, ok := t.Types[kind]
	if !ok {
		v.add("%s is of a type that is not described", name)
		return
	}
	if len(described.Subtypes) > 0 {
		t.oneOf(v, name, described.Subtypes, func(kind string, v *violations) { t.judge(v, name, kind, value) })
		return
	}
	fields, ok := value.(map[string]any)
	if !ok {
		v.add("%s is not an object", name)
		return
	}
	known := make(map[string]field, len(described.Fields))
	for _, f := range described.Fields {
		known[f.Name] = f
		if _, ok := fields[f.Name]; !ok && f.Required {
			v.add("%s.%s is required and missing", name, f.Name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		f, ok := known[key]
		if !ok {
			v.add("%s.%s is not described", name, key)
			continue
		}
		at := name + "." + key
		if fixed := always.FindStringSubmatch(f.Description); fixed != nil && fields[key] != fixed[1] {
			v.add("%s is not what it always is", at)
		}
		t.oneOf(v, at, f.Types, func(kind string, v *violations) { t.judge(v, at, kind, fields[key]) })
	}
}

// TelegramResult judges the "result" of a successful answer to a method.
func (s *Spec) TelegramResult(method string, result []byte) []string {
	if s == nil {
		return nil
	}
	v := &violations{where: "telegram: result of " + method}
	value, err := decode(result)
	if err != nil {
		v.add("it is not JSON")
		return v.list
	}
	s.telegram.oneOf(v, "result", s.telegram.Methods[method].Returns, func(kind string, v *violations) {
		s.telegram.judge(v, "result", kind, value)
	})
	return v.list
}

// TelegramUpdate judges an update as it is posted to a webhook.
func (s *Spec) TelegramUpdate(body []byte) []string {
	if s == nil {
		return nil
	}
	v := &violations{where: "telegram: update"}
	value, err := decode(body)
	if err != nil {
		v.add("it is not JSON")
		return v.list
	}
	s.telegram.judge(v, "update", "Update", value)
	return v.list
}
