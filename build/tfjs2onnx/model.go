package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// model is a TensorFlow.js graph: its operations by name, and the values of those that are constants.
type model struct {
	nodes     map[string]node
	constants map[string]tensor
}

// node is one operation. An input is the name of another, with ":1" behind it for the second of its outputs.
type node struct {
	Name  string               `json:"name"`
	Op    string               `json:"op"`
	Input []string             `json:"input"`
	Attr  map[string]attribute `json:"attr"`
}

// attribute is a setting of an operation, in the one of these fields that fits its kind. Texts are in base64, as JSON has bytes.
type attribute struct {
	Text  []byte  `json:"s"`
	True  bool    `json:"b"`
	Float float32 `json:"f"`
	List  struct {
		Ints []string `json:"i"`
	} `json:"list"`
	Shape struct {
		Dim []struct {
			Size string `json:"size"`
		} `json:"dim"`
	} `json:"shape"`
}

// tensor is a constant: of whole numbers or of others, the last dimension closest together.
type tensor struct {
	shape  []int64
	ints   []int64
	floats []float32
}

func (t tensor) whole() bool { return t.ints != nil }

// weights is a line of the manifest: what lies in the file of weights, one behind the other.
type weights struct {
	Name         string  `json:"name"`
	Shape        []int64 `json:"shape"`
	Kind         string  `json:"dtype"`
	Quantization struct {
		Kind string `json:"dtype"`
	} `json:"quantization"`
}

type file struct {
	Topology struct {
		Nodes []node `json:"node"`
	} `json:"modelTopology"`
	Manifest []struct {
		Paths   []string  `json:"paths"`
		Weights []weights `json:"weights"`
	} `json:"weightsManifest"`
}

// readModel reads a model's JSON, and the weights that lie beside it.
func readModel(path string) (model, error) {
	var f file
	text, err := os.ReadFile(path)
	if err != nil {
		return model{}, err
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return model{}, err
	}
	m := model{nodes: map[string]node{}, constants: map[string]tensor{}}
	for _, n := range f.Topology.Nodes {
		m.nodes[n.Name] = n
	}
	for _, group := range f.Manifest {
		raw, err := readAll(filepath.Dir(path), group.Paths)
		if err != nil {
			return model{}, err
		}
		if err := m.take(group.Weights, raw); err != nil {
			return model{}, err
		}
	}
	return m, nil
}

// readAll is the files of weights as one: a weight may begin in one and end in the next.
func readAll(folder string, names []string) ([]byte, error) {
	var all []byte
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join(folder, filepath.Base(name)))
		if err != nil {
			return nil, err
		}
		all = append(all, raw...)
	}
	return all, nil
}

// take cuts the weights out of raw, which has to hold them and nothing else.
func (m model) take(all []weights, raw []byte) error {
	for _, w := range all {
		t, rest, err := w.read(raw)
		if err != nil {
			return fmt.Errorf("weights of %s: %w", w.Name, err)
		}
		m.constants[w.Name], raw = t, rest
	}
	if len(raw) > 0 {
		return fmt.Errorf("%d bytes of weights too many", len(raw))
	}
	return nil
}

func (w weights) read(raw []byte) (tensor, []byte, error) {
	t, count := tensor{shape: w.Shape}, size(w.Shape)
	width := int64(4)
	if w.Quantization.Kind == "float16" {
		width = 2
	}
	if count < 0 || count > int64(len(raw))/width {
		return t, nil, errors.New("the file of weights is too short")
	}
	cells, rest := raw[:count*width], raw[count*width:]
	switch w.Kind + "/" + w.Quantization.Kind {
	case "int32/":
		t.ints = cut(cells, 4, func(b []byte) int64 { return int64(int32(binary.LittleEndian.Uint32(b))) }) // it is signed there
	case "float32/":
		t.floats = cut(cells, 4, func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) })
	case "float32/float16":
		t.floats = cut(cells, 2, func(b []byte) float32 { return half(binary.LittleEndian.Uint16(b)) })
	default:
		return t, nil, fmt.Errorf("numbers kept as %q %q are not known here", w.Kind, w.Quantization.Kind)
	}
	return t, rest, nil
}

func cut[T any](raw []byte, width int, number func([]byte) T) []T {
	all := make([]T, 0, len(raw)/width)
	for cell := range slices.Chunk(raw, width) {
		all = append(all, number(cell))
	}
	return all
}

// half is a number of IEEE 754's binary16: one bit of sign, five of exponent, ten of fraction.
func half(bits uint16) float32 {
	sign, exponent, fraction := uint32(bits>>15)<<31, uint32(bits>>10&31), uint32(bits&1023)
	switch exponent {
	case 0: // smaller than the smallest that has a leading one
		return math.Float32frombits(sign | math.Float32bits(float32(fraction)/(1<<24)))
	case 31: // infinite, or not a number
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}

// size is how many numbers a tensor of that shape has; negative where that is no shape of one.
func size(shape []int64) int64 {
	const most = 1 << 31
	count := int64(1)
	for _, length := range shape {
		if length < 0 || length > most || count > most {
			return -1
		}
		count *= length
	}
	return count
}

// source is the name of the operation behind an input, and which of its outputs that is.
func source(input string) (name string, output int) {
	name, number, found := strings.Cut(input, ":")
	if !found {
		return name, 0
	}
	output, err := strconv.Atoi(number)
	if err != nil {
		return input, 0
	}
	return name, output
}

func (a attribute) ints() ([]int64, error) { return numbers(a.List.Ints) }

func (a attribute) dimensions() ([]int64, error) {
	var texts []string
	for _, d := range a.Shape.Dim {
		texts = append(texts, d.Size)
	}
	return numbers(texts)
}

// numbers reads what JSON carries as texts, since they may have 64 bits.
func numbers(texts []string) ([]int64, error) {
	var all []int64
	for _, text := range texts {
		number, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, err
		}
		all = append(all, number)
	}
	return all, nil
}
