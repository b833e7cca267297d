package web

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// measures are the metrics of the listeners. Their labels come from the routes
// of this program, never from a request.
type measures struct {
	took     *prometheus.HistogramVec
	underWay *prometheus.GaugeVec
	over     prometheus.Counter
}

func newMeasures(r prometheus.Registerer) (*measures, error) {
	m := &measures{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alongside_http_request_duration_seconds",
			Help: "How long requests took, by listener, route and class of status.",
			// A text is answered in a few milliseconds; a provider gives up after 15 s.
			Buckets: []float64{0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15},
		}, []string{"listener", "route", "status"}),
		underWay: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "alongside_http_requests_under_way",
			Help: "How many requests are being answered now.",
		}, []string{"listener"}),
		over: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "alongside_http_webhooks_over_limit_total",
			Help: "Webhooks answered 503 because too many were being handled; the provider tries again.",
		}),
	}
	return m, errors.Join(r.Register(m.took), r.Register(m.underWay), r.Register(m.over))
}

// metrics serves the registry to Prometheus.
func metrics(r *prometheus.Registry) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(r, promhttp.HandlerOpts{
		Registry: r, MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
	}))
	return mux
}

// unmatched is the route of a request that none was made for. It is one label,
// whatever the address was.
const unmatched = "none"

// record writes one request into the metrics and the log.
func (s *Server) record(r *http.Request, m *measures, listener, id string, status int, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = unmatched
	}
	m.took.WithLabelValues(listener, route, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelWarn
	case status < 400 && (listener != "console" || route == "GET /healthz" || route == "GET /readyz"):
		// Thousands of webhooks a second and a probe every few are no news.
		level = slog.LevelDebug
	}
	s.log.LogAttrs(r.Context(), level, "request",
		slog.String("listener", listener), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("request", id))
}
