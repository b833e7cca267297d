package conversations

// Channel is a way to reach a client.
type Channel string

// The channels. The zero value means "whichever the client prefers".
const (
	SMS      Channel = "sms"
	Telegram Channel = "telegram"
)

// Channels lists every channel, for checks that a list elsewhere is complete.
var Channels = []Channel{SMS, Telegram}

// Address is where a message came from or goes to: an E.164 number on SMS, a
// chat id in decimal on Telegram. It is personal data: it is never logged and
// never part of a [State].
type Address struct {
	Channel Channel
	Value   string
}
