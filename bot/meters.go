package main

import (
	"context"
	"time"

	"alongside/bot/outbox"
	"alongside/conversations"
	"alongside/store"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// meters are the metrics of the program. Their labels come from closed lists:
// no id, no number, no word of a person's ever becomes one.
type meters struct {
	texts     *prometheus.CounterVec
	turns     *prometheus.HistogramVec
	webhooks  *prometheus.CounterVec
	attempts  *prometheus.HistogramVec
	sent      *prometheus.HistogramVec
	dropped   *prometheus.CounterVec
	held      *prometheus.CounterVec
	waited    *prometheus.HistogramVec
	alone     *prometheus.CounterVec
	queueAge  prometheus.Gauge
	queueSize prometheus.Gauge
	pages     *prometheus.CounterVec
}

// latency buckets reach from a turn in memory to the longest send, in seconds.
var latency = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

func newMeters(r *prometheus.Registry) *meters {
	m := &meters{
		texts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alongside_texts_in_total", Help: "Texts taken in, by channel and by what was understood.",
		}, []string{"channel", "intent"}),
		turns: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alongside_turn_seconds", Help: "How long a turn took, by event and by how it ended.", Buckets: latency,
		}, []string{"event", "end"}),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alongside_webhooks_total", Help: "Calls of providers, by webhook and by what became of them.",
		}, []string{"webhook", "outcome"}),
		attempts: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alongside_send_seconds", Help: "How long an attempt to send took, by channel and outcome.", Buckets: latency,
		}, []string{"channel", "outcome"}),
		sent: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alongside_commit_to_accepted_seconds", Help: "From commit to the carrier's acceptance, by channel.", Buckets: latency,
		}, []string{"channel"}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alongside_dropped_total", Help: "Messages not sent after all, by channel and reason.",
		}, []string{"channel", "reason"}),
		held: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alongside_held_total", Help: "Times a provider said that we send too much, by channel.",
		}, []string{"channel"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alongside_limit_wait_seconds", Help: "How long messages waited for the carrier's limits, by channel and by what kept them last (rate, chat, paused).", Buckets: latency,
		}, []string{"channel", "limit"}),
		alone: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alongside_limit_alone_total", Help: "Times this process decided about the carrier's limits without Redis, by channel.",
		}, []string{"channel"}),
		queueAge: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "alongside_queue_age_seconds", Help: "How long the oldest message that is due has waited.",
		}),
		queueSize: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "alongside_queue_messages", Help: "Messages that are due and not sent yet.",
		}),
	}
	m.pages = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "alongside_pages_total", Help: "Attempts to tell the team of danger, by way and by what became of them.",
	}, []string{"via", "delivery"})
	r.MustRegister(m.pages, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.texts, m.turns, m.webhooks, m.attempts, m.sent, m.dropped, m.held, m.waited, m.alone, m.queueAge, m.queueSize)
	return m
}

// Turn implements turn.Watch.
func (m *meters) Turn(kind conversations.EventKind, end string, took time.Duration) {
	m.turns.WithLabelValues(string(kind), end).Observe(took.Seconds())
}

// Text implements turn.Watch.
func (m *meters) Text(channel conversations.Channel, intent string) {
	m.texts.WithLabelValues(string(channel), intent).Inc()
}

// page counts an attempt to tell somebody of the team.
func (m *meters) page(via, delivery string) { m.pages.WithLabelValues(via, delivery).Inc() }

func (m *meters) webhook(name, outcome string) { m.webhooks.WithLabelValues(name, outcome).Inc() }

func (m *meters) outbox() outbox.Metrics {
	names := map[outbox.Outcome]string{
		outbox.Unknown: "unknown", outbox.Sent: "sent", outbox.Retry: "retry", outbox.Refused: "refused",
	}
	return outbox.Metrics{
		Attempted: func(c conversations.Channel, o outbox.Outcome, took time.Duration) {
			m.attempts.WithLabelValues(string(c), names[o]).Observe(took.Seconds())
		},
		Sent: func(c conversations.Channel, after time.Duration) {
			m.sent.WithLabelValues(string(c)).Observe(after.Seconds())
		},
		Dropped: func(c conversations.Channel, reason string) { m.dropped.WithLabelValues(string(c), reason).Inc() },
		Waited: func(c conversations.Channel, limit string, wait time.Duration) {
			m.waited.WithLabelValues(string(c), limit).Observe(wait.Seconds())
		},
		Alone: func(c conversations.Channel) { m.alone.WithLabelValues(string(c)).Inc() },
		Held:  func(c conversations.Channel, _ time.Duration) { m.held.WithLabelValues(string(c)).Inc() },
	}
}

// queueEvery is how often the queue is looked at.
const queueEvery = 10 * time.Second

// watchQueue looks at the queue now and then until the function that it
// returns is called.
func (m *meters) watchQueue(s *store.Store, now func() time.Time) func(context.Context) error {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if age, count, err := s.OldestQueued(ctx, now()); err == nil {
				m.queueAge.Set(age.Seconds())
				m.queueSize.Set(float64(count))
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(queueEvery):
			}
		}
	}()
	return func(context.Context) error {
		stop()
		<-done
		return nil
	}
}
