package templates

import "alongside/conversations"

// leadExamples are the examples of what is said of leads and tasks.
var leadExamples = map[string]any{
	"title": "PC repair assistant", "area": "Kentish Town", "pay": "£12.60 an hour", "hours": 12, "number": 2,
	"more": "Small shop with two people. No till and no lifting. Start at 11am.",
	"task": "look up the course", "until": conversations.Day(thursday.AddDate(0, 0, 1)),
}

// longestLeads are the longest of them that are still sensible.
var longestLeads = map[string]string{
	"title": "Workshop assistant, bike repairs", "area": "Canton, near Victoria Park", "pay": "£12.60 an hour",
	"more": "Small shop with two people. No till, no lifting, no evenings. You can start at 11am. Bus 17 stops outside.",
	"task": "write down three things you are good at",
}
