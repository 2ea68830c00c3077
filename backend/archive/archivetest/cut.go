package archivetest

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
)

// paths are all there may be after a power cut, folders before what is in them.
func (d *Disk) paths() []string {
	all := maps.Clone(d.kept)
	maps.Copy(all, d.now)
	delete(all, d.dir)
	return slices.Sorted(maps.Keys(all))
}

// survivor is what has this path after a power cut; nil for nothing.
func (d *Disk) survivor(path string) *node {
	if now, kept := d.now[path], d.kept[path]; now == kept || d.random.IntN(2) == 0 {
		return kept
	}
	return d.now[path]
}

func (d *Disk) restore(n *node, from, to string) error {
	if n.folder {
		return os.Mkdir(to, 0o700)
	}
	written := n.last
	if !n.gone && d.now[from] == n {
		written, _ = os.ReadFile(from) // what cannot be read is lost
	}
	return os.WriteFile(to, d.remains(n.synced, written), 0o600)
}

// remains is what is left of a file: what was synced, and of what was written behind it nothing, all, a part, or a part with zeros for its end.
func (d *Disk) remains(synced, written []byte) []byte {
	if !bytes.HasPrefix(written, synced) {
		return synced
	}
	tail := written[len(synced):]
	if len(tail) == 0 {
		return synced
	}
	part := d.random.IntN(len(tail) + 1)
	switch d.random.IntN(4) {
	case 0:
		return synced
	case 1:
		return written
	case 2:
		return written[:len(synced)+part]
	}
	return slices.Concat(synced, tail[:part], make([]byte, len(tail)-part))
}

// Copy is the disk once more, at a path of its own: all of it is synced, and it has no faults.
func (d *Disk) Copy() *Disk {
	d.t.Helper()
	dir := d.t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(d.dir)); err != nil {
		d.t.Fatal(err)
	}
	return in(d.t, dir, rand.New(rand.NewPCG(1, 1)))
}
