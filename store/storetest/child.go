package storetest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"sync"
)

// child is a server that ends with this process, also if that is killed: a
// shell waits for the end of its standard input, which this process holds.
type child struct {
	folder string
	hold   io.Closer
	shell  *exec.Cmd
	once   sync.Once
}

// script runs the server ("$@"), and ends it and removes its folder ($0) when
// the standard input ends or the server does.
const script = `
exec 3<&0
"$@" >"$0/log" 2>&1 </dev/null 3<&- & server=$!
trap '' INT TERM HUP
cat <&3 >/dev/null
kill -INT $server 2>/dev/null
wait $server
rm -rf "$0"
`

// start starts a server in its folder. Root starts it as the user given (if
// not empty), who then owns the folder.
func start(folder, as string, command ...string) (*child, error) {
	args := append([]string{"sh", "-c", script, folder}, command...)
	if runs := runAs(as); runs != nil {
		args = append(runs, args...)
	}
	shell := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // It ends with this process, by its standard input.
	hold, err := shell.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := shell.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	return &child{folder: folder, hold: hold, shell: shell}, nil
}

// stop ends the server and waits for it.
func (c *child) stop() {
	c.once.Do(func() {
		_ = c.hold.Close()
		_ = c.shell.Wait()
	})
}

// log is what the server said, for a test that fails.
func (c *child) log() string {
	text, _ := os.ReadFile(c.folder + "/log")
	return strings.TrimSpace(string(text))
}

// runAs is the words before a command that make root run it as another user.
func runAs(name string) []string {
	if name == "" || os.Getuid() != 0 {
		return nil
	}
	return []string{"runuser", "-u", name, "--"}
}

// privateFolder makes a folder for a server; root gives it to the user. Its
// path is short, because a socket's must be.
func privateFolder(as string) (string, error) {
	folder, err := os.MkdirTemp("", "along")
	if err != nil || runAs(as) == nil {
		return folder, err
	}
	who, err := user.Lookup(as)
	if err != nil {
		return "", err
	}
	uid, err := strconv.Atoi(who.Uid)
	if err != nil {
		return "", err
	}
	gid, err := strconv.Atoi(who.Gid)
	if err != nil {
		return "", err
	}
	return folder, os.Chown(folder, uid, gid)
}
