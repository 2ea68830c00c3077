package energy

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// listeners is who listens on a port, as far as this person may see. gopsutil takes ten times as long: it takes in every open file of every process.
func listeners(ctx context.Context, port int) ([]int, error) {
	sockets := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // as where there is no IPv6
			return nil, err
		}
		addListening(sockets, text, port)
	}
	if len(sockets) == 0 {
		return nil, nil
	}
	return holders(ctx, sockets)
}

// addListening reads a table of sockets, and notes those that listen on a port as the links of open files have them.
func addListening(sockets map[string]bool, table []byte, port int) {
	const listening = "0A"
	for line := range bytes.Lines(table) {
		fields := strings.Fields(string(line)) // number, local address, remote address, state, …, the tenth is the socket's number
		if len(fields) < 10 || fields[3] != listening {
			continue
		}
		if at, err := parseAddress(fields[1]); err == nil && int(at.Port()) == port && local(at.Addr()) {
			sockets["socket:["+fields[9]+"]"] = true
		}
	}
}

var errAddress = errors.New("not an address of the kernel's")

// parseAddress reads "0100007F:1F90": the address in words of four bytes, each as the processor has it, and the port.
func parseAddress(text string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(text, ":")
	address, err := hex.DecodeString(host)
	if err != nil || len(address)%4 != 0 {
		return netip.AddrPort{}, errAddress
	}
	for word := address; len(word) > 0; word = word[4:] {
		binary.NativeEndian.PutUint32(word, binary.BigEndian.Uint32(word))
	}
	ip, ok := netip.AddrFromSlice(address)
	n, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil {
		return netip.AddrPort{}, errAddress
	}
	return netip.AddrPortFrom(ip, uint16(n)), nil
}

// holders is the processes that have one of these files open. Those of other people cannot be looked into, and are left out.
func holders(ctx context.Context, links map[string]bool) ([]int, error) {
	names, err := namesIn("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		pid, err := strconv.Atoi(name)
		if err == nil && holds("/proc/"+name+"/fd", links) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

func holds(folder string, links map[string]bool) bool {
	files, err := namesIn(folder)
	if err != nil {
		return false
	}
	for _, file := range files {
		if link, err := os.Readlink(folder + "/" + file); err == nil && links[link] {
			return true
		}
	}
	return false
}

func namesIn(folder string) ([]string, error) {
	dir, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }()
	return dir.Readdirnames(-1)
}

// nameOf is empty where it cannot be told.
func nameOf(pid int) string {
	name, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	return strings.TrimSpace(string(name))
}
