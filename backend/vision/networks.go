package vision

import (
	"context"
	"os"
	"strings"
)

// runtime opens networks. It is what a library is for, and a test's stand-in.
type runtime interface {
	// load reads a network from a file.
	load(path string, m model) (net, error)
	// close lets go of the library. All its networks are closed before.
	close()
}

// net is a network that is loaded.
type net interface {
	// run gives what comes out, in the order in which the network lists it. When ctx ends, it ends soon, with its error. What it gives is the
	// caller's.
	run(ctx context.Context, input tensor) ([]tensor, error)
	close()
}

// tensor is numbers in a block of several dimensions, the last one running fastest.
type tensor struct {
	shape  []int64
	values []float32
}

// networks are those that are loaded, each when it is first needed: who is asked for things alone has no text to pay for.
type networks struct {
	place  place
	rt     runtime
	loaded map[string]net
	list   []string  // the signs that are read
	room   []float32 // for what goes in, used again each time
}

// model is a file that holds a network, with the names of what goes in and comes out.
type model struct {
	file    string
	input   string
	outputs []string
	steady  bool // the picture that goes in always has the same size: memory for it is kept from one to the next
}

// run puts a block of numbers into a network, which is loaded where it is not.
func (n *networks) run(ctx context.Context, m model, input tensor) ([]tensor, error) {
	if n.loaded[m.file] == nil {
		loaded, err := n.rt.load(n.place.path(m.file), m)
		if err != nil {
			return nil, broken(n.place.path(m.file), err)
		}
		n.loaded[m.file] = loaded
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return n.loaded[m.file].run(ctx, input)
}

// signs are what can be read, one a line.
func (n *networks) signs() ([]string, error) {
	if n.list != nil {
		return n.list, nil
	}
	text, err := os.ReadFile(n.place.path(signsFile))
	if err != nil {
		return nil, broken(n.place.path(signsFile), err)
	}
	n.list = strings.Split(strings.TrimRight(strings.ReplaceAll(string(text), "\r", ""), "\n"), "\n")
	return n.list, nil
}

// input is a block for a picture that goes in: blue, green and red. It holds until the next one.
func (n *networks) input(height, width int) tensor {
	size := channels * height * width
	if len(n.room) < size {
		n.room = make([]float32, size)
	}
	return tensor{[]int64{1, channels, int64(height), int64(width)}, n.room[:size]}
}

func (n *networks) close() {
	for _, one := range n.loaded {
		one.close()
	}
	n.rt.close()
}
