package screen

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// display is where an X server listens, as DISPLAY names it: HOST:NUMBER.SCREEN.
type display struct {
	host   string // empty: this machine
	socket string // a path that was given instead
	number int
	screen int
}

func parseDisplay(name string) (display, error) {
	at := strings.LastIndexByte(name, ':')
	if at < 0 {
		return display{}, fmt.Errorf("DISPLAY %q has no number", name)
	}
	number, screen, _ := strings.Cut(name[at+1:], ".")
	d := display{host: name[:at]}
	var err error
	if d.number, err = strconv.Atoi(number); err != nil || d.number < 0 || d.number > 59535 {
		return display{}, fmt.Errorf("DISPLAY %q has no number", name)
	}
	if screen != "" {
		if d.screen, err = strconv.Atoi(screen); err != nil || d.screen < 0 {
			return display{}, fmt.Errorf("DISPLAY %q has no such screen", name)
		}
	}
	switch {
	case strings.HasPrefix(d.host, "/"):
		d.host, d.socket = "", name[:at]
	case d.host == "unix":
		d.host = ""
	}
	return d, nil
}

// dial connects, by the first way there is.
func (d display) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var to net.Dialer
	switch {
	case d.socket != "":
		return to.DialContext(ctx, "unix", d.socket)
	case d.host != "":
		return to.DialContext(ctx, "tcp", net.JoinHostPort(strings.Trim(d.host, "[]"), strconv.Itoa(6000+d.number)))
	}
	path := "/tmp/.X11-unix/X" + strconv.Itoa(d.number)
	conn, err := to.DialContext(ctx, "unix", path)
	if err != nil && ctx.Err() == nil {
		return to.DialContext(ctx, "unix", "@"+path) // where the folder is another one, as in a container
	}
	return conn, err
}

// key is what a server asks of those who come.
type key struct {
	name string
	data []byte
}

const cookie = "MIT-MAGIC-COOKIE-1"

// key finds the key for this display in the person's file of them; none where there is no file, or none in it: many servers let their own
// person in without.
func (d display) key(getenv func(string) string) key {
	path := getenv("XAUTHORITY")
	if path == "" {
		path = filepath.Join(getenv("HOME"), ".Xauthority")
	}
	data, err := os.ReadFile(path)
	if err != nil || len(data) > 1<<20 {
		return key{}
	}
	host, _ := os.Hostname() // without one, only keys for any host fit
	for r := (&reader{b: data}); len(r.b) > 0 && !r.short; {
		family := binary.BigEndian.Uint16(r.bytes(2))
		address, number, name, secret := r.counted(), r.counted(), r.counted(), r.counted()
		if !r.short && string(name) == cookie && d.fits(family, string(address), string(number), host) {
			return key{cookie, secret}
		}
	}
	return key{}
}

// counted is a text behind its length, as that file has them.
func (r *reader) counted() []byte { return r.bytes(int(binary.BigEndian.Uint16(r.bytes(2)))) }

// The families of addresses in that file that matter here.
const (
	familyInternet  = 0
	familyInternet6 = 6
	familyLocal     = 256
	familyWild      = 65535
)

// fits says that a key is for this display.
func (d display) fits(family uint16, address, number, host string) bool {
	if number != "" && number != strconv.Itoa(d.number) {
		return false
	}
	switch family {
	case familyWild:
		return true
	case familyLocal:
		return address == host && (d.host == "" || d.host == "localhost") || d.host != "" && address == d.host
	case familyInternet, familyInternet6:
		return d.host != "" && net.IP(address).Equal(net.ParseIP(d.host))
	}
	return false
}
