package carrier

import "strings"

// keyword is what a carrier makes of a text that is exactly one of its reserved words.
type keyword string

const (
	noKeyword    keyword = ""
	stopKeyword  keyword = "STOP"
	startKeyword keyword = "START"
	helpKeyword  keyword = "HELP"
)

// keywordOf reads a text the way Twilio's default opt-out handling does: one word, any case, spaces around it allowed,
// nothing else. "Stop please" is an ordinary text.
func keywordOf(text string) keyword {
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT":
		return stopKeyword
	case "START", "YES", "UNSTOP":
		return startKeyword
	case "HELP", "INFO":
		return helpKeyword
	}
	return noKeyword
}
