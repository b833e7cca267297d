package live

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseTakesEveryFormOfAddress(t *testing.T) {
	t.Parallel()
	type want struct {
		Addrs                        []string
		User, Password, Master       string
		SentinelUser, SentinelSecret string
		DB                           int
		TLS, Cluster                 bool
	}
	for name, row := range map[string]struct {
		text string
		want want
	}{
		"one_server":         {"redis://redis.example:6390", want{Addrs: []string{"redis.example:6390"}}},
		"port_is_usual":      {"redis://redis.example", want{Addrs: []string{"redis.example:6379"}}},
		"ipv6":               {"redis://[::1]:6390", want{Addrs: []string{"[::1]:6390"}}},
		"ipv6_without_port":  {"redis://[::1]", want{Addrs: []string{"[::1]:6379"}}},
		"database":           {"redis://redis.example/3", want{Addrs: []string{"redis.example:6379"}, DB: 3}},
		"slash_and_nothing":  {"redis://redis.example/", want{Addrs: []string{"redis.example:6379"}}},
		"password_only":      {"redis://:open%2Csesame@redis.example", want{Addrs: []string{"redis.example:6379"}, Password: "open,sesame"}},
		"at_in_password":     {"redis://u:a@b@redis.example", want{Addrs: []string{"redis.example:6379"}, User: "u", Password: "a@b"}},
		"tls":                {"rediss://u:p@redis.example", want{Addrs: []string{"redis.example:6379"}, User: "u", Password: "p", TLS: true}},
		"cluster":            {"redis://a:1,b:2,c", want{Addrs: []string{"a:1", "b:2", "c:6379"}}},
		"cluster_whole_urls": {"rediss://u:p@a:1, rediss://u:p@b:2/", want{Addrs: []string{"a:1", "b:2"}, User: "u", Password: "p", TLS: true}},
		"cluster_one_name":   {"redis://a?cluster=true", want{Addrs: []string{"a:6379"}, Cluster: true}},
		"sentinel": {"redis://:p@a:26379,b:26379/2?master_name=mine&sentinel_username=u&sentinel_password=s", want{
			Addrs: []string{"a:26379", "b:26379"}, Password: "p", Master: "mine", DB: 2, SentinelUser: "u", SentinelSecret: "s",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options, err := parse(row.text)
			if err != nil {
				t.Fatalf("parse: %v", err)
			}
			got := want{
				Addrs: options.Addrs, User: options.Username, Password: options.Password, Master: options.MasterName,
				SentinelUser: options.SentinelUsername, SentinelSecret: options.SentinelPassword,
				DB: options.DB, TLS: options.TLSConfig != nil, Cluster: options.IsClusterMode,
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("options (-want +got):\n%s", diff)
			}
			if options.MaxRetries != -1 || options.DialTimeout != patience || options.ReadTimeout != patience || !options.ContextTimeoutEnabled {
				t.Error("calls are not bounded")
			}
		})
	}
}

func TestConnectNamesEveryFaultAndNoSecret(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		text string
		want []string
	}{
		"empty":            {"", []string{"does not begin with redis://"}},
		"another_scheme":   {"http://u:sesame@h", []string{"does not begin with redis://"}},
		"no_server":        {"redis://", []string{"server 1: it is empty"}},
		"comma_too_many":   {"redis://a,", []string{"server 2: it is empty"}},
		"port_no_number":   {"redis://a:sesame", []string{"server 1: its port is not a number"}},
		"port_too_high":    {"redis://a:65536", []string{"server 1: its port is not a number"}},
		"port_without":     {"redis://:6379", []string{"server 1: it has a port and no host"}},
		"bare_ipv6":        {"redis://fe80::1", []string{"server 1: it is not host:port"}},
		"bad_escape":       {"redis://u:%zzsesame@a", []string{"holds a % that is not followed"}},
		"database_no_name": {"redis://a/sesame", []string{"the database after the / is not a number"}},
		"unknown_option":   {"redis://a?mastername=sesame", []string{`"mastername" is not known`}},
		"cluster_database": {"redis://a,b/1", []string{"a cluster has database 0 only"}},
		"both_kinds":       {"redis://a?cluster=1&master_name=sesame", []string{"a cluster has no master_name="}},
		"several_at_once":  {"redis://u:%zzsesame@a:x/y?z=1", []string{"holds a %", "server 1", "the database", `"z"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := Connect(row.text)
			if err == nil || client != nil {
				t.Fatal("the address was taken")
			}
			for _, want := range row.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error %q does not say %q", err, want)
				}
			}
			if got := strings.Count(err.Error(), "\n") + 1; got != len(row.want) {
				t.Errorf("%d faults are named, want %d: %v", got, len(row.want), err)
			}
			if strings.Contains(err.Error(), "sesame") {
				t.Error("the error repeats a part of the address")
			}
		})
	}
}
