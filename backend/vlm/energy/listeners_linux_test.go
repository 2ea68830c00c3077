package energy

import (
	"maps"
	"slices"
	"testing"
)

func TestTablesOfSocketsAreRead(t *testing.T) {
	const four = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 13 1 0000000000000000 100 0 0 10 0
   3: 0A01A8C0:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 14 1 0000000000000000 100 0 0 10 0
   4: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 15 1 0000000000000000 100 0 0 10 0
`
	const six = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000  0 21 1 0
   1: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000  0 22 1 0
   2: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000  0 23 1 0
   3: B80D01200000000000000000010000FF:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000  0 24 1 0
`
	sockets := map[string]bool{}
	addListening(sockets, []byte(four), 8080)
	addListening(sockets, []byte(six), 8080)
	want := []string{"socket:[11]", "socket:[12]", "socket:[21]", "socket:[22]", "socket:[23]"}
	if got := slices.Sorted(maps.Keys(sockets)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzAddress(f *testing.F) {
	for _, text := range []string{"0100007F:1F90", "00000000000000000000000001000000:1F90", "", ":", "01:1", "0100007F:123456", "zz"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := parseAddress(text); (err == nil) != at.IsValid() {
			t.Errorf("%q: %v, %v", text, at, err)
		}
	})
}
