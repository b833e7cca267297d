// Package spec judges requests and answers against the official descriptions of Twilio's Messages API (OpenAPI) and
// Telegram's Bot API, for tests. The descriptions are large and not ours, so they are not in this repository: they are
// read at run time from a folder "shared/specs" beside the checkout, where there is one.
//
// A violation is a sentence that names the provider, the operation, the parameter and the rule; it never repeats a
// value, because values are people's numbers and words. The package changes nothing and sends nothing.
package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
)

// The names of the two files in the folder.
const (
	TwilioFile   = "twilio_api_v2010.json"
	TelegramFile = "telegram_bot_api.json"
)

// ErrAbsent says that there is no folder with descriptions beside this checkout.
var ErrAbsent = errors.New("no folder shared/specs beside the checkout: requests and answers are not judged against the official descriptions")

// Spec holds both descriptions. A nil Spec judges nothing and finds no violations, so that Find's result can be
// handed on where the folder is absent.
type Spec struct {
	twilio   twilioSpec
	telegram telegramSpec
}

var found = sync.OnceValues(func() (*Spec, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find descriptions: %w", err)
	}
	for {
		candidate := filepath.Join(dir, "shared", "specs")
		if _, err := os.Stat(filepath.Join(candidate, TwilioFile)); err == nil {
			return Load(candidate)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil, ErrAbsent
		}
		dir = parent
	}
})

// Find loads the descriptions from the first folder "shared/specs" at or above the working directory, which for a test
// is its package's folder. It loads them once for the process. The error is ErrAbsent where there is none.
func Find() (*Spec, error) { return found() }

// Load reads both descriptions from a folder.
func Load(dir string) (*Spec, error) {
	s := &Spec{}
	for name, into := range map[string]any{TwilioFile: &s.twilio, TelegramFile: &s.telegram} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("load description: %w", err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return nil, fmt.Errorf("load description %s: %w", name, err)
		}
	}
	return s, nil
}

// TwilioRequest judges a request with the descriptions that Find finds; without any it finds no violations.
func TwilioRequest(r *http.Request, form url.Values) []string {
	s, err := Find()
	if err != nil {
		return nil
	}
	return s.TwilioRequest(r, form)
}

// TelegramRequest judges a call with the descriptions that Find finds; without any it finds no violations.
func TelegramRequest(method string, params map[string]string) []string {
	s, err := Find()
	if err != nil {
		return nil
	}
	return s.TelegramRequest(method, params)
}

// violations collects sentences.
type violations struct {
	where string
	list  []string
}

func (v *violations) add(format string, args ...any) {
	v.list = append(v.list, v.where+": "+fmt.Sprintf(format, args...))
}
