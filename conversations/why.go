package conversations

import "alongside/conversations/understand"

// preferences are the reasons against a lead in the terms of the client's
// preferences, as far as the reading holds any. What it does not hold is for
// the specialist to read.
func preferences(understand.Reading) []Preference { return nil }

// reason says whether a reading is a reason against a lead.
func reason(understand.Reading) bool { return false }
