package conversations

// Tell is something that a client's fallback contact may be told. A fallback
// contact is somebody whom the client named for when nothing is heard of them;
// a person of the team gets in touch with them, and the assistant never does.
type Tell string

// What a fallback contact may be told.
const (
	// TellReaching: that we would like to hear from the client.
	TellReaching Tell = "reaching"
	// TellService: who we are.
	TellService Tell = "service"
	// TellAppointments: when and where the client is to meet us.
	TellAppointments Tell = "appointments"
	// TellWork: how it goes with the client's work, or the way to it.
	TellWork Tell = "work"
	// TellWorry: that we are worried about the client.
	TellWorry Tell = "worry"
)

// Tells lists everything that a fallback contact may be told.
var Tells = []Tell{TellReaching, TellService, TellAppointments, TellWork, TellWorry}
