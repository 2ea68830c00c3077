package metrics

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"sightline/backend/fault"
)

// freeing is how long the system may take to close the port of a process that was killed.
const freeing = time.Second

// place is where figures are served, and to whom.
type place struct {
	address string
	port    string
	own     bool   // only this machine reaches it
	token   string // empty: none is asked for
}

// Check says what is wrong with settings, before they are saved: CodeAddress, CodeToken, or nil.
func Check(s Settings) error {
	_, err := placeOf(s)
	return err
}

func placeOf(s Settings) (place, error) {
	address := cmp.Or(s.Address, DefaultAddress)
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return place{}, noAddress(address, err)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strings.ContainsAny(host, " \t\r\n/@?#") {
		return place{}, noAddress(address, err)
	}
	p := place{address: address, port: port, own: loopback(host), token: s.Token}
	return p, p.guarded()
}

// guarded says what is wrong with the token.
func (p place) guarded() error {
	if strings.ContainsFunc(p.token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return &fault.Error{
			Code: CodeToken, Message: "The token for metrics has a space or a character that no request can carry.",
			Hint: "Use letters and digits.", Blame: fault.Us,
		}
	}
	if p.own || p.token != "" {
		return nil
	}
	return &fault.Error{
		Code: CodeToken, Message: "Others can reach " + p.address + ", so it needs a token.",
		Hint: "Set a token that Prometheus sends along, or use " + DefaultAddress + ", which only this computer reaches.", Blame: fault.Us,
	}
}

// loopback says whether a host is this machine alone, by what it is called. Other names may lead anywhere.
func loopback(host string) bool {
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// listen takes the place. What another program has is CodeTaken, though not before a process that was just killed has had its time to go.
func (p place) listen(ctx context.Context) (net.Listener, error) {
	for limit := time.Now().Add(freeing); ; {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.address)
		switch {
		case err == nil:
			return p.checked(listener)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case !inUse(err):
			return nil, noPlace(p.address, err)
		case time.Now().After(limit):
			return nil, taken(p.address, err)
		}
		pause(ctx, freeing/20)
	}
}

// checked refuses a listener that others reach where nobody asks for a token: localhost is what the system says it is.
func (p place) checked(listener net.Listener) (net.Listener, error) {
	addr, known := listener.Addr().(*net.TCPAddr)
	if !p.own || p.token != "" || known && addr.IP.IsLoopback() {
		return listener, nil
	}
	_ = listener.Close() // nobody was let in
	return nil, noPlace(p.address, errors.New("it leads out of this machine"))
}

func noAddress(address string, cause error) error {
	return &fault.Error{
		Code: CodeAddress, Message: "“" + address + "” is no address for metrics.",
		Hint: "Give a host and a port from 1 to 65535, such as " + DefaultAddress + ".", Blame: fault.Us, Cause: cause,
	}
}

func noPlace(address string, cause error) error {
	return &fault.Error{
		Code: CodeAddress, Message: "Metrics cannot be served at " + address + ".",
		Hint: "Use an address of this computer, and a port from 1024 to 65535, such as " + DefaultAddress + ".", Blame: fault.Us, Cause: cause,
	}
}

func taken(address string, cause error) error {
	return &fault.Error{
		Code: CodeTaken, Message: "Another program uses " + address + ", so metrics are not served there.",
		Hint: "Close that program, or choose another port.", Blame: fault.Us, Cause: cause,
	}
}
