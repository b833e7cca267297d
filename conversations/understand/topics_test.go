package understand_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alongside/conversations/understand"
)

// What a text is about besides its intent, and what it says of when and of
// what texts may come.
func TestTopics(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text   string
		asked  understand.Asked
		intent understand.Intent
		topic  understand.Topic
		limit  understand.Limit
	}{
		{"no more questions", understand.AskedNone, understand.Other, understand.TopicStopKind, understand.Limit{Kind: "checkins"}},
		{"dim mwy o gwestiynau", understand.AskedNone, understand.Other, understand.TopicStopKind, understand.Limit{Kind: "checkins"}},
		{"stop asking me that", understand.AskedNone, understand.Other, understand.TopicStopKind, understand.Limit{Kind: "checkins"}},
		{"stop asking me that", understand.AskedTask, understand.Other, understand.TopicStopKind, understand.Limit{Kind: "tasks"}},
		{"no more check ins", understand.AskedNone, understand.Other, understand.TopicStopKind, understand.Limit{Kind: "checkins"}},
		{"stop sending me reminders", understand.AskedNone, understand.Other, understand.TopicStopKind, understand.Limit{Kind: "reminders"}},
		{"no more job texts", understand.AskedNone, understand.Other, understand.TopicStopKind, understand.Limit{Kind: "leads"}},
		{"you can send me jobs again", understand.AskedNone, understand.Other, understand.TopicStopKind, understand.Limit{Allow: "leads"}},
		{"leave me alone for 2 weeks", understand.AskedNone, understand.Other, understand.TopicPause, understand.Limit{Days: 14}},
		{"i need a break from these texts for a bit", understand.AskedNone, understand.Other, understand.TopicPause, understand.Limit{}},
		{"saib o'r negeseuon", understand.AskedNone, understand.Other, understand.TopicPause, understand.Limit{}},
		{"no texts until monday please", understand.AskedNone, understand.Other, understand.TopicPause, understand.Limit{Days: 1}},
		{"stop messaging me in the mornings", understand.AskedNone, understand.Other, understand.TopicQuiet, understand.Limit{NotBefore: "12:00"}},
		{"peidiwch tecstio fi cyn 11", understand.AskedNone, understand.Other, understand.TopicQuiet, understand.Limit{NotBefore: "11:00"}},
		{"dim negeseuon cyn 11 plis", understand.AskedNone, understand.Other, understand.TopicQuiet, understand.Limit{NotBefore: "11:00"}},
		{"not after 4", understand.AskedNone, understand.Other, understand.TopicQuiet, understand.Limit{NotAfter: "16:00"}},
		{"ddim ar ddydd Llun plis", understand.AskedNone, understand.Other, understand.TopicQuiet, understand.Limit{NotOn: []time.Weekday{time.Monday}}},
		{"text me any time again", understand.AskedNone, understand.Other, understand.TopicQuiet, understand.Limit{AnyTime: true}},
		{"what info do you have on me", understand.AskedNone, understand.Help, understand.TopicKnown, understand.Limit{}},
		{"can we go back to normal texts", understand.AskedNone, understand.Other, understand.TopicChannelSMS, understand.Limit{}},
		{"robot wyt ti", understand.AskedNone, understand.Help, understand.TopicRobot, understand.Limit{}},
		{"is there a real person i can talk to", understand.AskedNone, understand.Help, understand.TopicRobot, understand.Limit{}},
		{"ydy hyn yn gyfrinachol", understand.AskedNone, understand.Help, understand.TopicPrivate, understand.Limit{}},
		{"oes unrhyw swyddi", understand.AskedNone, understand.Other, understand.TopicJobs, understand.Limit{}},
		{"is that job still going", understand.AskedNone, understand.Other, understand.TopicJobs, understand.Limit{}},
		{"already applied for that one", understand.AskedLead, understand.NotInterested, understand.TopicApplied, understand.Limit{}},
		{"dwi wedi gwneud cais yn barod", understand.AskedLead, understand.NotInterested, understand.TopicApplied, understand.Limit{}},
		{"show me", understand.AskedLead, understand.MoreInfo, understand.TopicNone, understand.Limit{}},
		{"dangoswch", understand.AskedLead, understand.MoreInfo, understand.TopicNone, understand.Limit{}},
		{"too far for me that sorry", understand.AskedLead, understand.NotInterested, understand.TopicReason, understand.Limit{Kind: "far"}},
		{"dim digon o oriau", understand.AskedLead, understand.NotInterested, understand.TopicReason, understand.Limit{Kind: "hours"}},
		{"not enough hours", understand.AskedNone, understand.Other, understand.TopicReason, understand.Limit{Kind: "hours"}},
		{"which one?", understand.AskedTask, understand.Help, understand.TopicAgain, understand.Limit{}},
		{"that is very kind of you", understand.AskedTask, understand.Social, understand.TopicNone, understand.Limit{}},
		{"ok thanks sam speak soon", understand.AskedLead, understand.Social, understand.TopicNone, understand.Limit{}},
		{"ive done the cv", understand.AskedNone, understand.Done, understand.TopicNone, understand.Limit{}},
		{"dwi wedi gorffen y cv", understand.AskedNone, understand.Done, understand.TopicNone, understand.Limit{}},
		{"changed my mind id like to go for it", understand.AskedNone, understand.Interested, understand.TopicNone, understand.Limit{}},
		{"not for me after all", understand.AskedNone, understand.NotInterested, understand.TopicNone, understand.Limit{}},
		{"dwi isio mwy o oriau", understand.AskedNone, understand.Other, understand.TopicMoreHours, understand.Limit{}},
		{"want to complain about sam", understand.AskedNone, understand.Other, understand.TopicFeedback, understand.Limit{}},
		{"dwi isio cwyno", understand.AskedNone, understand.Other, understand.TopicFeedback, understand.Limit{}},
		{"tell sam i got the job", understand.AskedNone, understand.Other, understand.TopicGotJob, understand.Limit{}},
		{"dwed wrth Sam fy mod i wedi cael y swydd", understand.AskedNone, understand.Other, understand.TopicMessage, understand.Limit{}},
		{"dont ring, text me", understand.AskedNone, understand.Other, understand.TopicNoCalls, understand.Limit{}},
		{"well gen i neges na galwad", understand.AskedNone, understand.Other, understand.TopicNoCalls, understand.Limit{}},
		{"busy then", understand.AskedNone, understand.Other, understand.TopicCannotTalk, understand.Limit{}},
		{"methu siarad bryd hynny", understand.AskedNone, understand.Other, understand.TopicCannotTalk, understand.Limit{}},
		{"this is a shared phone", understand.AskedNone, understand.Other, understand.TopicPrivacy, understand.Limit{}},
		{"nid rhif John yw hwn", understand.AskedNone, understand.WrongPerson, understand.TopicNone, understand.Limit{}},
		{"got 2 interviews", understand.AskedScale, understand.Other, understand.TopicNone, understand.Limit{}},
		{"need 2 forms signing", understand.AskedScale, understand.Other, understand.TopicNone, understand.Limit{}},
		{"what happens if i dont come", understand.AskedAppointment, understand.Other, understand.TopicNone, understand.Limit{}},
		{"can we do 4", understand.AskedAppointment, understand.Change, understand.TopicNone, understand.Limit{}},
		{"its me again john", understand.AskedNone, understand.Social, understand.TopicNone, understand.Limit{}},
		{"enough of this", understand.AskedNone, understand.Other, understand.TopicLimits, understand.Limit{}},
		{"youre a twat", understand.AskedNone, understand.Other, understand.TopicInsult, understand.Limit{}},
	} {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			got := read(t, row.asked, row.text)
			if got.Intent != row.intent || got.Topic != row.topic {
				t.Errorf("got %s %q (%s), want %s %q", got.Intent, got.Topic, got.Why, row.intent, row.topic)
			}
			if diff := cmp.Diff(row.limit, got.Limit); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Somebody else who holds the phone is seen, so that nothing personal is said.
func TestThirdParty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"johns sister here, he left his phone at mine", "his phones broke im his dad"} {
		if got := read(t, understand.AskedNone, text); !got.ThirdParty {
			t.Errorf("%q: not seen", text)
		}
	}
}
