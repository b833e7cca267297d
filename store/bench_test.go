package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"alongside/conversations"
	"alongside/store"
	"alongside/store/storetest"
)

// The benchmarks are of the store alone, with a real Redis where there is one:
// 64 callers, 2,000 clients. One operation is one text.
const benchClients = 2000

func onEachB(b *testing.B, run func(b *testing.B, f *fixture, from []conversations.Address)) {
	b.Helper()
	for _, db := range storetest.Databases(b) {
		b.Run(db.Name, func(b *testing.B) {
			// Run calls this more than once, each time for a longer run.
			if db = storetest.SQLite(b); strings.HasSuffix(b.Name(), "/postgresql") {
				db.URL, _ = storetest.Postgres(b)
			}
			f := newFixture(b, db, storetest.Redis(b).Client)
			from := make([]conversations.Address, benchClients)
			for i := range from {
				_, from[i] = f.client()
			}
			b.SetParallelism(32) // 64 on two processors
			b.ResetTimer()
			b.ReportAllocs()
			run(b, f, from)
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	onEachB(b, func(b *testing.B, f *fixture, from []conversations.Address) {
		var n atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				f.load(f.text(from[n.Add(1)%benchClients], "yes"))
			}
		})
	})
}

// BenchmarkText is the whole of the store's part in one text: load, commit
// with an answer and an appointment confirmed, and the result of sending.
func BenchmarkText(b *testing.B) {
	onEachB(b, func(b *testing.B, f *fixture, from []conversations.Address) {
		for i, at := range from {
			f.do(f.text(at, "x"), conversations.Book{Appointment: conversations.Appointment{
				ID: conversations.AppointmentID(fmt.Sprint("a", i)), Kind: conversations.Regular, At: f.now, Place: "the library",
			}})
		}
		results := make(chan store.SendResult, 4096)
		written := make(chan error, 1)
		go func() { written <- writeResults(f, results) }()
		b.ResetTimer()
		var n, conflicts atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				i := n.Add(1) % benchClients
				ev := f.text(from[i], "yes that is fine see you then")
				for {
					turn := f.turn(f.load(ev), conversations.SettleFlags{Reason: conversations.FlagNoAnswer},
						conversations.SetAppointment{ID: conversations.AppointmentID(fmt.Sprint("a", i)), Status: conversations.Confirmed})
					turn.Messages = []store.Message{f.say("Thank you, John. See you on Thursday 26 November at 14:00.", conversations.Answer)}
					done, err := f.store.Commit(f.Context(), turn)
					if errors.Is(err, store.ErrConflict) {
						conflicts.Add(1)
						continue
					}
					if err != nil {
						b.Errorf("commit: %v", err)
						return
					}
					for _, s := range done.Claimed {
						results <- store.SendResult{ID: s.ID, Delivery: conversations.Sent, ProviderID: "SM" + string(s.ID)}
					}
					break
				}
			}
		})
		close(results)
		if err := <-written; err != nil {
			b.Error(err)
		}
		b.ReportMetric(float64(conflicts.Load())/float64(b.N), "conflicts/op")
	})
}

// writeResults writes what has gathered, as the outbox does.
func writeResults(f *fixture, results <-chan store.SendResult) error {
	for first := range results {
		batch := []store.SendResult{first}
		for more := true; more && len(batch) < 256; {
			select {
			case r, open := <-results:
				if more = open; open {
					batch = append(batch, r)
				}
			default:
				more = false
			}
		}
		if err := f.store.WriteResults(background, batch, f.now); err != nil {
			return err
		}
	}
	return nil
}
