package vlmtest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

// Ways that lead nowhere: dialers, for a transport or a resolver, and a server that never speaks.

// NeverConnects dials in vain, until its context ends.
func NeverConnects(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// KnowsNobody dials a name server, for net.Resolver, that answers that there is no such name, whatever the name.
func KnowsNobody(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	go knowNobody(there)
	return here, nil
}

// knowNobody speaks DNS as it is over TCP (RFC 1035, 4.2.2), until the other side hangs up.
func knowNobody(conn net.Conn) {
	defer conn.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		message := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, message); err != nil || len(message) < 12 {
			return
		}
		message[2] |= 0x80              // an answer
		message[3] = 0x80 | 3           // NXDOMAIN
		message[10], message[11] = 0, 0 // no additional records
		if _, err := conn.Write(append(length[:], message...)); err != nil {
			return
		}
	}
}

// Deaf listens at the address it gives, takes connections, and neither reads nor writes. It closes when the test ends.
func Deaf(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
		}
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	return l.Addr().String()
}
