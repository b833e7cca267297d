package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
)

// ticks is the unit of CPU time in /proc: 100 a second on every Linux that Go
// runs on (USER_HZ, proc(5)).
const ticks = 100

// cpu is the CPU time used so far, in seconds, by process. What cannot be
// measured (a database on another machine) is left out of the map.
func (s *service) cpu(ctx context.Context) map[string]float64 {
	out := map[string]float64{}
	if t, ok := processCPU(s.cmd.Process.Pid); ok {
		out["service"] = t
	}
	var own syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &own) == nil {
		out["load_and_carrier"] = seconds(own.Utime) + seconds(own.Stime)
	}
	if s.redisURL != "" {
		if t, ok := redisCPU(ctx, s.redisURL); ok {
			out["redis"] = t
		}
	}
	if strings.HasPrefix(s.databaseURL, "postgres") {
		if t, ok := postgresCPU(ctx, s.databaseURL); ok {
			out["postgresql"] = t
		}
	}
	return out
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }

// stat reads the fields of /proc/<pid>/stat behind the name, which may hold spaces.
func stat(pid int) []string {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	return strings.Fields(rest)
}

// processCPU sums user and system time, of the process and of its children
// that have ended.
func processCPU(pid int) (float64, bool) {
	f := stat(pid)
	if len(f) < 15 {
		return 0, false
	}
	var sum float64
	for _, field := range f[11:15] {
		n, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return 0, false
		}
		sum += n
	}
	return sum / ticks, true
}

func redisCPU(ctx context.Context, address string) (float64, bool) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return 0, false
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	info, err := client.Info(ctx, "cpu").Result()
	if err != nil {
		return 0, false
	}
	var sum float64
	for _, line := range strings.Split(info, "\n") {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_sys" || name == "used_cpu_user" {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return 0, false
			}
			sum += n
		}
	}
	return sum, true
}

// postgresCPU sums the server and all its processes, when it is on this machine.
func postgresCPU(ctx context.Context, address string) (float64, bool) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return 0, false
	}
	defer func() { _ = conn.Close(ctx) }()
	var backend int
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return 0, false
	}
	f := stat(backend)
	if len(f) < 2 {
		return 0, false
	}
	postmaster, err := strconv.Atoi(f[1])
	if err != nil {
		return 0, false
	}
	sum, ok := processCPU(postmaster)
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, false
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if f := stat(pid); len(f) > 1 && f[1] == strconv.Itoa(postmaster) {
			if t, running := processCPU(pid); running {
				sum += t
			}
		}
	}
	return sum, ok
}

// rss is the peak resident memory of the service, in MB of a million bytes.
func (s *service) rss() float64 {
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			var kb float64
			if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%f kB", &kb); err == nil {
				return round(kb*1024/1e6, 1)
			}
		}
	}
	return 0
}

// row sums up.
func (l *load) row(c Config, took time.Duration, before, after map[string]float64, rss float64) Row {
	kind := "sqlite"
	if strings.HasPrefix(c.DatabaseURL, "postgres") {
		kind = "postgresql"
	}
	if c.RedisURL != "" {
		kind += "+redis"
	}
	slices.Sort(l.times)
	answered := int64(len(l.times))
	r := Row{
		Database: kind, Concurrency: c.Concurrency, Clients: c.Clients, Seconds: round(took.Seconds(), 2),
		Texts: l.acknowledged.Load(), TextsPerS: round(float64(answered)/took.Seconds(), 1),
		P50: percentile(l.times, 50), P99: percentile(l.times, 99),
		Lost: l.acknowledged.Load() - answered, Doubled: l.doubled.Load(), Refused: l.refused.Load(),
		CPU: map[string]float64{}, RSSMB: rss,
	}
	for name, now := range after {
		if answered > 0 {
			per := (now - before[name]) * 1000 / float64(answered)
			r.CPU[name] = round(per, 3)
			r.CPUPer1000 += per
		}
	}
	r.CPUPer1000 = round(r.CPUPer1000, 3)
	return r
}

// percentile of sorted times, in milliseconds, by nearest rank.
func percentile(sorted []time.Duration, p int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := int(math.Ceil(float64(p)/100*float64(len(sorted)))) - 1
	return round(float64(sorted[max(i, 0)])/float64(time.Millisecond), 2)
}

func round(x float64, digits int) float64 {
	f := math.Pow(10, float64(digits))
	return math.Round(x*f) / f
}
