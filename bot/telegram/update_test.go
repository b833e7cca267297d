package telegram

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations"
)

// mapper is a channel that maps updates and does nothing else.
func mapper() *Channel {
	return &Channel{botID: "42", cfg: Config{Now: func() time.Time { return noon }}}
}

func TestEvent(t *testing.T) {
	t.Parallel()
	const sent = 1762776000 // noon, a year before
	at := time.Unix(sent, 0).UTC()
	message := func(rest string) string {
		return `{"update_id":7,"message":{"message_id":1,"from":{"id":5000000001,"is_bot":false,"first_name":"John"},"chat":{"id":5000000001,"type":"private"},"date":1762776000,` + rest + `}}`
	}
	text := func(s string) *conversations.Event {
		return &conversations.Event{Kind: conversations.EventText, At: at, Text: s}
	}
	media := func(s string, m ...conversations.Media) *conversations.Event {
		return &conversations.Event{Kind: conversations.EventText, At: at, Text: s, Media: m}
	}
	rows := map[string]struct {
		update string
		want   *conversations.Event // nil: ignored; From and ProviderID are added
	}{
		"text":            {message(`"text":"yh thats fine"`), text("yh thats fine")},
		"welsh":           {message(`"text":"Iawn, ŵyt"`), text("Iawn, ŵyt")},
		"invalid_utf8":    {message("\"text\":\"caf\xe9\""), text("caf\uFFFD")},
		"lone_surrogate":  {message(`"text":"a\ud83d b"`), text("a\uFFFD b")},
		"nul":             {message(`"text":"a\u0000b"`), text("a\uFFFDb")},
		"cut":             {message(`"text":"` + strings.Repeat("é", conversations.MaxText+1) + `"`), text(strings.Repeat("é", conversations.MaxText-1) + "…")},
		"wrong_entities":  {message(`"text":"/start x","entities":[{"type":"bot_command","offset":-5,"length":900}]`), &conversations.Event{Kind: conversations.EventText, At: at, Text: "/start x", LinkCode: "x"}},
		"unknown_origin":  {message(`"text":"hi","forward_origin":{"type":"from_the_future","date":1}`), text("hi")},
		"unknown_content": {message(`"hologram":{"x":1}`), nil},
		"pinned":          {message(`"pinned_message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"old"}`), nil},
		"photo": {
			message(`"caption":"my cv","photo":[{"file_id":"small","width":1,"height":1},{"file_id":"large","width":9,"height":9}]`),
			media("my cv", conversations.Media{Kind: conversations.Picture, Ref: "large"}),
		},
		"voice":              {message(`"voice":{"file_id":"v","mime_type":"audio/ogg"}`), media("", conversations.Media{Kind: conversations.VoiceNote, Type: "audio/ogg", Ref: "v"})},
		"audio":              {message(`"audio":{"file_id":"a","mime_type":"AUDIO/MPEG"}`), media("", conversations.Media{Kind: conversations.VoiceNote, Type: "audio/mpeg", Ref: "a"})},
		"video_note":         {message(`"video_note":{"file_id":"n"}`), media("", conversations.Media{Kind: conversations.VoiceNote, Ref: "n"})},
		"video":              {message(`"video":{"file_id":"d","mime_type":"video/mp4"},"caption":"x"`), media("x", conversations.Media{Kind: conversations.OtherFile, Type: "video/mp4", Ref: "d"})},
		"animation":          {message(`"animation":{"file_id":"g"},"document":{"file_id":"g"}`), media("", conversations.Media{Kind: conversations.OtherFile, Ref: "g"})},
		"document":           {message(`"document":{"file_id":"d","mime_type":"application/pdf"}`), media("", conversations.Media{Kind: conversations.OtherFile, Type: "application/pdf", Ref: "d"})},
		"picture_as_file":    {message(`"document":{"file_id":"d","mime_type":"image/png"}`), media("", conversations.Media{Kind: conversations.Picture, Type: "image/png", Ref: "d"})},
		"sound_as_file":      {message(`"document":{"file_id":"d","mime_type":"audio/wav"}`), media("", conversations.Media{Kind: conversations.VoiceNote, Type: "audio/wav", Ref: "d"})},
		"sticker":            {message(`"sticker":{"file_id":"s","emoji":"👍"}`), text("👍")},
		"plain_sticker":      {message(`"sticker":{"file_id":"s"}`), media("", conversations.Media{Kind: conversations.Picture, Ref: "s"})},
		"die":                {message(`"dice":{"emoji":"🎲","value":3}`), text("🎲")},
		"venue":              {message(`"venue":{"title":"x","location":{"latitude":1,"longitude":2}},"location":{"latitude":1,"longitude":2}`), media("", conversations.Media{Kind: conversations.Place, Latitude: 1, Longitude: 2})},
		"nowhere":            {message(`"location":{"latitude":91,"longitude":2}`), media("", conversations.Media{Kind: conversations.Place})},
		"contact":            {message(`"contact":{"phone_number":"+447700900009","first_name":"X"}`), media("", conversations.Media{Kind: conversations.OtherFile})},
		"poll":               {message(`"poll":{"id":"1","question":"?"}`), media("", conversations.Media{Kind: conversations.OtherFile})},
		"group":              {`{"update_id":7,"message":{"chat":{"id":-5,"type":"group"},"date":1,"text":"x"}}`, nil},
		"supergroup":         {`{"update_id":7,"message":{"chat":{"id":-1005,"type":"supergroup"},"date":1,"text":"x"}}`, nil},
		"no_chat":            {`{"update_id":7,"message":{"date":1,"text":"x"}}`, nil},
		"another_bot":        {`{"update_id":7,"message":{"chat":{"id":5,"type":"private"},"from":{"id":5,"is_bot":true},"date":1,"text":"x"}}`, nil},
		"channel_post":       {`{"update_id":7,"channel_post":{"chat":{"id":-5,"type":"channel"},"date":1,"text":"x"}}`, nil},
		"another_kind":       {`{"update_id":7,"poll_answer":{"poll_id":"1"}}`, nil},
		"no_date":            {`{"update_id":7,"message":{"chat":{"id":5000000001,"type":"private"},"text":"x"}}`, &conversations.Event{Kind: conversations.EventText, At: noon, Text: "x"}},
		"tomorrow":           {`{"update_id":7,"message":{"chat":{"id":5000000001,"type":"private"},"date":9999999999,"text":"x"}}`, &conversations.Event{Kind: conversations.EventText, At: noon, Text: "x"}},
		"edited":             {`{"update_id":7,"edited_message":{"chat":{"id":5000000001,"type":"private"},"date":1,"edit_date":1762776000,"text":"/stop"}}`, &conversations.Event{Kind: conversations.EventEdited, At: at, Text: "/stop"}},
		"edited_caption":     {`{"update_id":7,"edited_message":{"chat":{"id":5000000001,"type":"private"},"date":1762776000,"caption":"x","photo":[{"file_id":"p"}]}}`, &conversations.Event{Kind: conversations.EventEdited, At: at, Text: "x"}},
		"moving_place":       {`{"update_id":7,"edited_message":{"chat":{"id":5000000001,"type":"private"},"date":1,"location":{"latitude":1,"longitude":2}}}`, nil},
		"edited_in_group":    {`{"update_id":7,"edited_message":{"chat":{"id":-5,"type":"group"},"date":1,"text":"x"}}`, nil},
		"press":              {callback("private", "7", "q1:yes"), &conversations.Event{Kind: conversations.EventButton, At: noon, Button: "q1:yes"}},
		"press_in_group":     {callback("group", "7", "q1:yes"), nil},
		"press_of_nothing":   {`{"update_id":7,"callback_query":{"id":"9","from":{"id":5000000001},"data":"q1:yes"}}`, &conversations.Event{Kind: conversations.EventButton, At: noon, Button: "q1:yes"}},
		"press_without_data": {callback("private", "7", ""), nil},
		"blocked":            {`{"update_id":7,"my_chat_member":{"chat":{"id":5000000001,"type":"private"},"date":1762776000,"new_chat_member":{"status":"kicked"}}}`, &conversations.Event{Kind: conversations.EventBlocked, At: at}},
		"unblocked":          {`{"update_id":7,"my_chat_member":{"chat":{"id":5000000001,"type":"private"},"date":1762776000,"new_chat_member":{"status":"member"}}}`, &conversations.Event{Kind: conversations.EventUnblocked, At: at}},
		"new_status":         {`{"update_id":7,"my_chat_member":{"chat":{"id":5000000001,"type":"private"},"date":1,"new_chat_member":{"status":"hovering"}}}`, nil},
		"added_to_group":     {`{"update_id":7,"my_chat_member":{"chat":{"id":-5,"type":"group"},"date":1,"new_chat_member":{"status":"member"}}}`, nil},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := decode([]byte(row.update))
			if err != nil {
				t.Fatal(err)
			}
			got, ok := mapper().event(u)
			if !ok {
				if row.want != nil {
					t.Fatal("it was ignored")
				}
				return
			}
			if row.want == nil {
				t.Fatalf("event %+v", got)
			}
			row.want.From, row.want.ProviderID = address(), "42/7"
			if diff := cmp.Diff(*row.want, got); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadCommand(t *testing.T) {
	t.Parallel()
	rows := map[string]struct{ text, plain, code string }{
		"plain":                {"hello", "hello", ""},
		"start":                {"/start", "start", ""},
		"start_with_a_code":    {"/start aB3_-9", "/start aB3_-9", "aB3_-9"},
		"start_of_our_bot":     {"/start@alongside_demo_bot aB3", "/start@alongside_demo_bot aB3", "aB3"},
		"capitals":             {"/START aB3", "/START aB3", "aB3"},
		"a_code_too_long":      {"/start " + strings.Repeat("a", 65), "start " + strings.Repeat("a", 65), ""},
		"the_longest_code":     {"/start " + strings.Repeat("a", 64), "/start " + strings.Repeat("a", 64), strings.Repeat("a", 64)},
		"not_a_code":           {"/start me up", "start me up", ""},
		"not_a_code_either":    {"/start é", "start é", ""},
		"two_lines":            {"/start\naB3", "/start\naB3", "aB3"},
		"stop":                 {"/stop", "stop", ""},
		"stop_of_our_bot":      {"/stop@alongside_demo_bot", "stop", ""},
		"help_with_words":      {"/help me please", "help me please", ""},
		"capitals_are_kept":    {"/Stop", "Stop", ""},
		"a_slash":              {"/", "/", ""},
		"a_fraction":           {"1/2", "1/2", ""},
		"a_path":               {"/var/log", "/var/log", ""},
		"slash_in_the_middle":  {"yes/no", "yes/no", ""},
		"a_date":               {"/12/2026", "/12/2026", ""},
		"command_and_a_dot":    {"/stop.", "/stop.", ""},
		"empty":                {"", "", ""},
		"a_space_first":        {" /start x", " /start x", ""},
		"code_with_spaces_off": {"/start   x  ", "/start   x  ", "x"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, code := readCommand(row.text)
			if plain != row.plain || code != row.code {
				t.Errorf("%q and %q, want %q and %q", plain, code, row.plain, row.code)
			}
		})
	}
}

func FuzzEvent(f *testing.F) {
	f.Add([]byte(callback("private", "7", "q1:yes")))
	f.Add([]byte(`{"update_id":1,"message":{"message_id":1,"chat":{"id":5,"type":"private"},"date":1,"text":"/start x","entities":[{"type":"bot_command","offset":-1,"length":99}]}}`))
	f.Add([]byte(`{"update_id":1,"message":{"chat":{"id":5,"type":"private"},"sticker":{"emoji":"👍"},"photo":[{}],"location":{"latitude":1e308,"longitude":-0}}}`))
	f.Add([]byte(`{"update_id":1,"my_chat_member":{"chat":{"id":5,"type":"private"},"new_chat_member":{"status":"kicked"}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := decode(body)
		if err != nil {
			return
		}
		ev, ok := mapper().event(u)
		if !ok {
			return
		}
		if !utf8.ValidString(ev.Text+ev.Button) || utf8.RuneCountInString(ev.Text) > conversations.MaxText || strings.ContainsRune(ev.Text+ev.Button, 0) {
			t.Errorf("text of %d bytes", len(ev.Text))
		}
		if ev.Kind == "" || ev.From.Channel != conversations.Telegram || strings.HasPrefix(ev.From.Value, "-") || ev.At.IsZero() || ev.At.After(noon) {
			t.Errorf("event %+v", ev)
		}
		if ev.LinkCode != "" && !linkCode.MatchString(ev.LinkCode) {
			t.Errorf("link code %q", ev.LinkCode)
		}
	})
}
