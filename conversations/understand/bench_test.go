package understand_test

import (
	"strings"
	"testing"

	"alongside/conversations/understand"
)

// BenchmarkRead reads the committed replies in turn; one operation is one text.
func BenchmarkRead(b *testing.B) {
	l := loaded(b)
	rows := append(readRows(b, "testdata/own.tsv"), readRows(b, "testdata/second.tsv")...)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		row := rows[i%len(rows)]
		l.Read(understand.Query{Text: row.Text, Lang: row.Lang, Asked: row.Asked, Appointment: labelledAppointment, Now: labelledNow})
	}
}

// BenchmarkReadLong reads a text of ten SMS parts.
func BenchmarkReadLong(b *testing.B) {
	l := loaded(b)
	text := strings.Repeat("i was going to come on thursday but my mum is not well and the bus never turned up so can we do friday at 3 instead ", 13)
	for b.Loop() {
		l.Read(understand.Query{Text: text, Asked: understand.AskedAppointment, Appointment: labelledAppointment, Now: labelledNow})
	}
}
