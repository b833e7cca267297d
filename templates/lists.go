package templates

import (
	"errors"
	"strings"

	"alongside/conversations"
)

// matterKey is the key of the piece that names a matter in a list.
func matterKey(m conversations.Matter) string { return "matter." + string(m) }

// sayKinds names matters with commas between them. Lists stand behind a colon,
// so that no language has to bend them or to join the last two.
func (v voice) sayKinds(kinds conversations.Kinds) (string, error) {
	var list []string
	for _, m := range kinds {
		name, err := v.speak(matterKey(m), nil, nil)
		if err != nil {
			return "", err
		}
		list = append(list, name)
	}
	return join(list)
}

// sayWeekdays names days of the week with commas between them.
func (v voice) sayWeekdays(days conversations.Weekdays) (string, error) {
	var list []string
	for _, d := range days {
		list = append(list, v.calendar.weekdays[d%7])
	}
	return join(list)
}

// join refuses an empty list: a text that says it would end in nothing.
func join(list []string) (string, error) {
	if len(list) == 0 {
		return "", errors.New("is an empty list")
	}
	return strings.Join(list, ", "), nil
}
