package main

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestHalvesAreRead(t *testing.T) {
	for bits, want := range map[uint16]float32{
		0x0000: 0, 0x3c00: 1, 0xc000: -2, 0x3555: 0.333251953125, 0x7bff: 65504, 0x0001: 1.0 / (1 << 24), 0x83ff: -1023.0 / (1 << 24), 0x0400: 1.0 / (1 << 14),
		0x7c00: float32(math.Inf(1)), 0xfc00: float32(math.Inf(-1)),
	} {
		if got := half(bits); got != want {
			t.Errorf("%#04x is %v instead of %v", bits, got, want)
		}
	}
	if got := half(0x7e00); !math.IsNaN(float64(got)) {
		t.Errorf("0x7e00 is the number %v", got)
	}
	if got := half(0x8000); got != 0 || !math.Signbit(float64(got)) {
		t.Errorf("0x8000 is %v", got)
	}
}

const written = `{"modelTopology": {"node": [
	{"name": "in", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": [{"size": "1"}, {"size": "2"}]}}}},
	{"name": "halves", "op": "Const"}, {"name": "wholes", "op": "Const"}, {"name": "plain", "op": "Const"},
	{"name": "out", "op": "LeakyRelu", "input": ["in"], "attr": {"alpha": {"f": 0.25}, "padding": {"s": "VkFMSUQ="}, "steps": {"list": {"i": ["3", "-4"]}}}}
]}, "weightsManifest": [{"paths": ["a.bin", "b.bin"], "weights": [
	{"name": "halves", "shape": [2], "dtype": "float32", "quantization": {"dtype": "float16"}},
	{"name": "wholes", "shape": [], "dtype": "int32"},
	{"name": "plain", "shape": [1, 1], "dtype": "float32"}
]}]}`

// place lays a model into a folder; its weights go over two files, cut within a number.
func place(t *testing.T, text string, bin []byte) string {
	t.Helper()
	dir := t.TempDir()
	cut := min(len(bin), 3)
	for name, content := range map[string][]byte{"m.json": []byte(text), "a.bin": bin[:cut], "b.bin": bin[cut:]} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "m.json")
}

// bin is 1 and -2, -3, and 0.625.
var bin = []byte{0x00, 0x3c, 0x00, 0xc0, 0xfd, 0xff, 0xff, 0xff, 0x00, 0x00, 0x20, 0x3f}

func TestModelIsReadWithItsWeights(t *testing.T) {
	m, err := readModel(place(t, written, bin))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.constants["halves"].floats; !slices.Equal(got, []float32{1, -2}) {
		t.Errorf("halves are %v", got)
	}
	if got := m.constants["wholes"]; !slices.Equal(got.ints, []int64{-3}) || len(got.shape) != 0 {
		t.Errorf("a whole number is %v", got)
	}
	if got := m.constants["plain"].floats; !slices.Equal(got, []float32{0.625}) {
		t.Errorf("a plain number is %v", got)
	}
	n := m.nodes["out"]
	steps, err := n.Attr["steps"].ints()
	if err != nil || !slices.Equal(steps, []int64{3, -4}) || string(n.Attr["padding"].Text) != "VALID" || n.Attr["alpha"].Float != 0.25 {
		t.Errorf("its settings are %v (%v)", n.Attr, err)
	}
}

func TestTornModelIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		bin  []byte
		says string
	}{
		"half of the weights":  {written, bin[:9], "weights of plain: the file of weights is too short"},
		"more than its own":    {written, append(slices.Clone(bin), 0), "1 bytes of weights too many"},
		"half of the model":    {written[:200], bin, "unexpected end"},
		"a shape below zero":   {strings.Replace(written, "[1, 1]", "[-1, 1]", 1), bin, "too short"},
		"a shape beyond count": {strings.Replace(written, "[1, 1]", "[4294967296, 4294967296]", 1), bin, "too short"},
		"eighths":              {strings.Replace(written, "float16", "uint8", 1), bin, `"float32" "uint8" are not known here`},
		"texts":                {strings.Replace(written, "int32", "string", 1), bin, `"string" "" are not known here`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readModel(place(t, c.text, c.bin))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %v instead of %q", err, c.says)
			}
		})
	}
}

func TestFileIsWrittenOrTheFaultIsTold(t *testing.T) {
	from := place(t, written, bin)
	to := filepath.Join(t.TempDir(), "m.onnx")
	if err := run([]string{from, to, "out"}); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(to)
	if err != nil || !strings.Contains(string(file), "LeakyRelu") {
		t.Errorf("the file is %q (%v)", file, err)
	}
	for _, args := range [][]string{{}, {from, to}, {from + ".not", to, "out"}, {from, to, "none"}, {from, filepath.Join(to, "below"), "out"}} {
		if err := run(args); err == nil {
			t.Errorf("%v passes", args)
		}
	}
}
