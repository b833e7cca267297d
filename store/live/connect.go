package live

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// patience is how long a connection may take to be made, and an answer to
// come, where the caller sets no deadline of its own. The calls of [States]
// have their [Budget]; this bounds everything else.
const patience = time.Second

// Connect makes a client from the text of REDIS_URL. It makes no connection
// yet: a Redis that is down is degraded, not a reason not to start.
//
//	redis://[user:password@]host[:6379][/database]      one server
//	rediss://…                                          the same over TLS
//	redis://host:6379,host:6379,host:6379               a cluster
//	redis://host:6379?cluster=true                      a cluster behind one name
//	redis://host:26379,host:26379?master_name=mymaster  Sentinel, with
//	    sentinel_username= and sentinel_password= where it has its own
//
// The error names every fault and repeats neither password nor address.
func Connect(text string) (redis.UniversalClient, error) {
	options, err := parse(text)
	if err != nil {
		return nil, err
	}
	return open(options), nil
}

// open makes a client. The library writes its own unstructured lines to
// standard error, past the injected logger, about what each call returns as an
// error anyway; they are switched off.
func open(options *redis.UniversalOptions) redis.UniversalClient {
	logging.Disable()
	return redis.NewUniversalClient(options)
}

func parse(text string) (*redis.UniversalOptions, error) {
	options := &redis.UniversalOptions{
		// A try that failed is not worth the time of a second one: the snapshot
		// answers. The library reads -1 as none, and 0 as three.
		MaxRetries:            -1,
		DialerRetries:         1,
		DialTimeout:           patience,
		ReadTimeout:           patience,
		WriteTimeout:          patience,
		PoolTimeout:           patience,
		ContextTimeoutEnabled: true,
		// Two commands fewer on every new connection; neither is of use here.
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	scheme, rest, ok := strings.Cut(strings.TrimSpace(text), "://")
	if !ok || scheme != "redis" && scheme != "rediss" {
		return nil, errors.New("the Redis address does not begin with redis:// or rediss://")
	}
	if scheme == "rediss" {
		options.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("the Redis address: "+format, args...))
	}

	// A list of addresses is no URL, so it is taken apart here. Every address of
	// the list may be written out with its scheme and user.
	rest, query, _ := strings.Cut(rest, "?")
	hosts, database, _ := strings.Cut(strings.ReplaceAll(rest, scheme+"://", ""), "/")
	for i, host := range strings.Split(hosts, ",") {
		host = strings.TrimSpace(host)
		if at := strings.LastIndexByte(host, '@'); at >= 0 {
			user, password, _ := strings.Cut(host[:at], ":")
			host = host[at+1:]
			var badUser, badPassword error
			options.Username, badUser = url.PathUnescape(user)
			options.Password, badPassword = url.PathUnescape(password)
			if badUser != nil || badPassword != nil {
				fault("user or password holds a %% that is not followed by two hexadecimal digits")
			}
		}
		address, err := address(host)
		if err != nil {
			fault("server %d: %w", i+1, err)
			continue
		}
		options.Addrs = append(options.Addrs, address)
	}
	if database != "" {
		number, err := strconv.Atoi(database)
		if err != nil || number < 0 {
			fault("the database after the / is not a number")
		}
		options.DB = number
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		fault("what follows the ? cannot be read")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values.Get(name)
		switch name {
		case "master_name":
			options.MasterName = value
		case "sentinel_username":
			options.SentinelUsername = value
		case "sentinel_password":
			options.SentinelPassword = value
		case "cluster":
			if options.IsClusterMode, err = strconv.ParseBool(value); err != nil {
				fault("cluster= is neither true nor false")
			}
		default:
			fault("%q is not known; known are master_name, sentinel_username, sentinel_password and cluster", name)
		}
	}
	if options.MasterName != "" && options.IsClusterMode {
		fault("a cluster has no master_name=: it is Sentinel or a cluster")
	}
	if options.DB != 0 && options.MasterName == "" && (options.IsClusterMode || len(options.Addrs) > 1) {
		fault("a cluster has database 0 only")
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return options, nil
}

// address completes one host with the port of Redis.
func address(host string) (string, error) {
	if host == "" {
		return "", errors.New("it is empty (a comma too many?)")
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), "6379"
		if strings.Contains(name, ":") && !strings.HasPrefix(host, "[") {
			return "", errors.New("it is not host:port; an IPv6 address stands in [ ]")
		}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return "", errors.New("its port is not a number from 1 to 65535")
	}
	if name == "" {
		return "", errors.New("it has a port and no host")
	}
	return net.JoinHostPort(name, port), nil
}
