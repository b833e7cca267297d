package understand_test

import (
	"testing"

	"alongside/conversations/understand"
)

// Who a text says that it comes from, for a client called John (in one row
// Mark) whose specialist is Sam, and what else it says.
func TestIntroduced(t *testing.T) {
	t.Parallel()
	const nobody, client, other = understand.WriterUnsaid, understand.WriterClient, understand.WriterElse
	for _, row := range []struct {
		text   string
		writer understand.Writer
		rest   string
	}{
		{"hi dave here", other, ""},
		{"its dave where is he meeting sam", other, "where is he meeting sam"},
		{"dave speaking. what time thurs", other, "what time thurs"},
		{"this is his brother", other, ""},
		{"mum here", other, ""},
		{"his sister, can he move it to 3", other, "can he move it to 3"},
		{"gf of john", other, ""},
		{"john's phone, he's asleep", other, "he's asleep"},
		{"Hi Sam its Kasia, when is it", other, "Hi Sam when is it"},
		{"my name is Grace", other, ""},
		{"Dafydd sy ma", other, ""},
		{"mam sy ma, mae o'n deud iawn", other, "mae o'n deud iawn"},
		{"ei frawd o, be di hyn", other, "be di hyn"},
		{"its john", client, ""},
		{"its jon", client, ""},
		{"Johnny here, can we make it 4", client, "can we make it 4"},
		{"hi sam john here where is it", client, "hi sam where is it"},
		{"its me again john", client, ""},
		{"its me", client, ""},
		{"got my phone back now", client, ""},
		{"fi sy ma eto", client, ""},
		{"john dwi, pryd mae o", client, "pryd mae o"},
		{"no its john", client, ""},
		// Look-alikes.
		{"its fine", nobody, ""},
		{"its monday", nobody, ""},
		{"its raining", nobody, ""},
		{"its freezing here", nobody, ""},
		{"its mental here lol", nobody, ""},
		{"this is great", nobody, ""},
		{"this is too early", nobody, ""},
		{"this is hard", nobody, ""},
		{"its good", nobody, ""},
		{"its dead here", nobody, ""},
		{"its ok here", nobody, ""},
		{"its a no from me", nobody, ""},
		{"its not me", nobody, ""},
		{"its me mums birthday", nobody, ""},
		{"its me or him", nobody, ""},
		{"its the bus", nobody, ""},
		{"its her fault", nobody, ""},
		{"its his turn", nobody, ""},
		{"its my mum, shes ill so i cant come", nobody, ""},
		{"its my dads birthday", nobody, ""},
		{"im knackered", nobody, ""},
		{"im here", nobody, ""},
		{"im outside", nobody, ""},
		{"im with my mum", nobody, ""},
		{"im seeing my brother then", nobody, ""},
		{"im off to my nans", nobody, ""},
		{"im late", nobody, ""},
		{"im in", nobody, ""},
		{"im john's age", nobody, ""},
		{"im back from hols thurs", nobody, ""},
		{"im welsh", nobody, ""},
		{"im easy", nobody, ""},
		{"im game", nobody, ""},
		{"im frank about it", nobody, ""},
		{"sam here?", nobody, ""},
		{"sam is great", nobody, ""},
		{"is dave here?", nobody, ""},
		{"dave here with me today", nobody, ""},
		{"dave is coming with me", nobody, ""},
		{"dave said its off", nobody, ""},
		{"daves picking me up", nobody, ""},
		{"mum here with me so cant talk", nobody, ""},
		{"my mum here all day", nobody, ""},
		{"my mum says i should", nobody, ""},
		{"mum will bring me", nobody, ""},
		{"dad giving me a lift", nobody, ""},
		{"his name is dave", nobody, ""},
		{"whos this dave", nobody, ""},
		{"who is john", nobody, ""},
		{"not john", nobody, ""},
		{"john isnt here", nobody, ""},
		{"no john here", nobody, ""},
		{"no dave here", nobody, ""},
		{"will be there", nobody, ""},
		{"will here be ok", nobody, ""},
		{"may be late", nobody, ""},
		{"hope its ok", nobody, ""},
		{"mark it down", nobody, ""},
		{"grace period over yet?", nobody, ""},
		{"bill came today", nobody, ""},
		{"jack in the job", nobody, ""},
		{"rob a bank lol", nobody, ""},
		{"phone died", nobody, ""},
		{"on my phone", nobody, ""},
		{"his phone number please", nobody, ""},
		{"still here", nobody, ""},
		{"waiting here", nobody, ""},
		{"nobody here", nobody, ""},
		{"snowing here", nobody, ""},
		{"dwi yma", nobody, ""},
		{"ma hi'n bwrw ma", nobody, ""},
		{"mam yn sal", nobody, ""},
		{"mam yma efo fi", nobody, ""},
		{"mae mam yn dod", nobody, ""},
		{"dim fi", nobody, ""},
		{"fi isio newid", nobody, ""},
		{"haf yma", nobody, ""},
		{"mai dyna fo", nobody, ""},
		{"nia yn dod efo fi", nobody, ""},
	} {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			got := loaded(t).Introduced(understand.Query{Text: row.text, Names: []string{"John"}, Team: []string{"Sam"}})
			if got.Writer != row.writer || got.Rest != row.rest {
				t.Errorf("got %q, rest %q; want %q, rest %q", got.Writer, got.Rest, row.writer, row.rest)
			}
		})
	}
}

// A name that is a word besides is the client's where it is the client's own,
// and where nobody knows what the client is called no name is somebody else's.
func TestIntroducedByWhoseName(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text   string
		names  []string
		writer understand.Writer
	}{
		{"its mark", []string{"Mark"}, understand.WriterClient},
		{"will here whats the time of it", []string{"William"}, understand.WriterClient},
		{"its john", []string{"Mark"}, understand.WriterElse},
		{"its dave", nil, understand.WriterUnsaid},
		{"its me", nil, understand.WriterClient},
		{"mum here", nil, understand.WriterElse},
	} {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			if got := loaded(t).Introduced(understand.Query{Text: row.text, Names: row.names}).Writer; got != row.writer {
				t.Errorf("got %q, want %q", got, row.writer)
			}
		})
	}
}
