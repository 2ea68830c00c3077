package capturetest

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Line is a camera that is written by hand: talk is what it does with each connection, which ends with it. It ends with the test.
func Line(t testing.TB, talk func(c net.Conn)) (host string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				talk(c)
			})
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	return l.Addr().String()
}

// Quiet says nothing for as long as the other side is there.
func Quiet(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// Trickle begins an answer so slowly that it never comes to an end, and never is silent either. status is the line that it begins with.
func Trickle(status string) func(c net.Conn) {
	return func(c net.Conn) {
		for _, letter := range status + "\r\nX: " + strings.Repeat("x", 1000) {
			if _, err := fmt.Fprint(c, string(letter)); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}
