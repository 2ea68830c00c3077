package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// net is a tiny model that a test writes by hand.
type net struct {
	model model
	rng   *rand.Rand
}

func newNet(shape ...int64) *net {
	b := &net{model{map[string]node{}, map[string]tensor{}}, rand.New(rand.NewPCG(1, 2))}
	n := node{Name: "in", Op: "Placeholder"}
	var a attribute
	for _, length := range shape {
		a.Shape.Dim = append(a.Shape.Dim, struct {
			Size string `json:"size"`
		}{fmt.Sprint(length)})
	}
	n.Attr = map[string]attribute{"shape": a}
	b.model.nodes["in"] = n
	return b
}

// node adds an operation; settings are names, each with its value behind it.
func (b *net) node(name, op string, inputs []string, settings ...any) *net {
	n := node{Name: name, Op: op, Input: inputs, Attr: map[string]attribute{}}
	for pair := range slices.Chunk(settings, 2) {
		setting, _ := pair[0].(string)
		n.Attr[setting] = attributeOf(pair[1])
	}
	b.model.nodes[name] = n
	return b
}

func attributeOf(value any) attribute {
	var a attribute
	switch v := value.(type) {
	case string:
		a.Text = []byte(v)
	case bool:
		a.True = v
	case float32:
		a.Float = v
	case []int64:
		for _, n := range v {
			a.List.Ints = append(a.List.Ints, fmt.Sprint(n))
		}
	}
	return a
}

func (b *net) ints(name string, shape []int64, values ...int64) *net {
	b.model.constants[name] = tensor{shape: shape, ints: append([]int64{}, values...)}
	return b.node(name, "Const", nil)
}

// list is a constant of whole numbers along one axis.
func (b *net) list(name string, values ...int64) *net {
	return b.ints(name, []int64{int64(len(values))}, values...)
}

func (b *net) one(name string, value int64) *net { return b.ints(name, nil, value) }

func (b *net) floats(name string, shape ...int64) *net {
	b.model.constants[name] = b.noise(shape)
	return b.node(name, "Const", nil)
}

// noise is numbers around zero.
func (b *net) noise(shape []int64) tensor {
	return filled(shape, func([]int64) float32 { return b.rng.Float32()*4 - 2 })
}

func conv(b *net, name, input, filter string, step, spread int64) *net {
	return b.node(name, "Conv2D", []string{input, filter}, "padding", "VALID", "data_format", "NHWC",
		"strides", []int64{1, step, step, 1}, "dilations", []int64{1, spread, spread, 1})
}

// tiny is a model for each operation, and some for what is done with several.
func tiny() map[string]*net {
	return map[string]*net{
		"adding number by number": newNet(1, 2, 3, 4).floats("c", 1, 2, 3, 4).node("out", "Add", []string{"in", "c"}),
		"adding to each channel":  newNet(1, 2, 3, 4).floats("c", 4).node("out", "AddV2", []string{"in", "c"}),
		"a leaky slope":           newNet(2, 5).node("out", "LeakyRelu", []string{"in"}, "alpha", float32(0.1)),
		"a sigmoid":               newNet(2, 5).node("out", "Sigmoid", []string{"in"}),
		"turned axes":             newNet(2, 3, 4, 5).list("axes", 3, 1, 0, 2).node("out", "Transpose", []string{"in", "axes"}),
		"turned twice": newNet(2, 3, 4, 5).list("a", 3, 1, 0, 2).list("b", 1, 3, 2, 0).
			node("t", "Transpose", []string{"in", "a"}).node("out", "Transpose", []string{"t", "b"}),
		"turned, and back": newNet(2, 3, 4, 5).list("a", 0, 3, 1, 2).list("b", 0, 2, 3, 1).
			node("t", "Transpose", []string{"in", "a"}).node("out", "Transpose", []string{"t", "b"}),
		"another shape": newNet(2, 3, 4).list("shape", 4, -1).node("out", "Reshape", []string{"in", "shape"}),
		"a shape that is worked out": newNet(1, 4, 2, 3).list("parts", 1, 4, -1).ints("none", []int64{0, 1}).list("length", 3).list("nothing").one("zero", 0).
			node("rest", "SparseToDense", []string{"none", "length", "nothing", "zero"}).
			node("shape", "AddV2", []string{"parts", "rest"}).node("out", "Reshape", []string{"in", "shape"}),
		"one behind the other": newNet(1, 2, 3, 2).floats("c", 1, 2, 3, 5).one("axis", 3).node("out", "ConcatV2", []string{"in", "c", "axis"}),
		"the second part": newNet(1, 7, 2, 3).list("sizes", 4, 3).one("axis", 1).node("parts", "SplitV", []string{"in", "sizes", "axis"}).
			node("out", "Sigmoid", []string{"parts:1"}),
		"a rim of nothing": newNet(1, 2, 3, 2).ints("rim", []int64{4, 2}, 0, 0, 1, 2, 3, 0, 0, 1).node("out", "Pad", []string{"in", "rim"}),
		"a rim of something": newNet(1, 2, 3, 2).ints("rim", []int64{4, 2}, 0, 0, 1, 2, 3, 0, 0, 1).floats("with").
			node("out", "PadV2", []string{"in", "rim", "with"}),
		"a larger picture": newNet(1, 3, 4, 2).list("sides", 6, 9).
			node("out", "ResizeBilinear", []string{"in", "sides"}, "half_pixel_centers", true), //nolint:misspell // TensorFlow spells it so
		"a smaller picture": newNet(1, 8, 6, 2).list("sides", 4, 3).
			node("out", "ResizeBilinear", []string{"in", "sides"}, "half_pixel_centers", true), //nolint:misspell // TensorFlow spells it so
		"the most around": newNet(1, 7, 9, 2).node("out", "MaxPool", []string{"in"}, "padding", "VALID", "data_format", "NHWC",
			"ksize", []int64{1, 3, 3, 1}, "strides", []int64{1, 2, 2, 1}),
		"a convolution":         conv(newNet(1, 6, 5, 3).floats("w", 3, 3, 3, 4), "out", "in", "w", 1, 1),
		"a convolution in step": conv(newNet(1, 9, 7, 3).floats("w", 3, 3, 3, 4), "out", "in", "w", 2, 1),
		"a convolution, spread": conv(newNet(1, 9, 7, 3).floats("w", 3, 2, 3, 4), "out", "in", "w", 1, 2),
		"a convolution with bias": conv(newNet(1, 6, 5, 3).floats("w", 3, 3, 3, 4).floats("b", 4), "c", "in", "w", 1, 1).
			node("out", "Add", []string{"c", "b"}),
		"a convolution that is wanted with bias and without": conv(newNet(1, 6, 5, 3).floats("w", 3, 3, 3, 4).floats("b", 4), "c", "in", "w", 1, 1).
			node("biased", "Add", []string{"c", "b"}).node("out", "Add", []string{"biased", "c"}),
		"what NanoDet is made of": nanoLike(),
	}
}

// nanoLike has the way of NanoDet: planes outside, a rim, a turn, a convolution, a bias, a turn back, a slope.
func nanoLike() *net {
	b := newNet(1, 3, 10, 8).ints("rim", []int64{4, 2}, 0, 0, 0, 0, 1, 1, 1, 1).list("last", 0, 2, 3, 1).list("first", 0, 3, 1, 2).
		floats("w", 3, 3, 3, 6).floats("b", 6).floats("w2", 1, 1, 6, 6).floats("b2", 6)
	b.node("rimmed", "Pad", []string{"in", "rim"}).node("t1", "Transpose", []string{"rimmed", "last"})
	conv(b, "c1", "t1", "w", 2, 1).node("a1", "Add", []string{"c1", "b"}).node("t2", "Transpose", []string{"a1", "first"}).
		node("l1", "LeakyRelu", []string{"t2"}, "alpha", float32(0.1)).node("t3", "Transpose", []string{"l1", "last"})
	return conv(b, "c2", "t3", "w2", 1, 1).node("a2", "Add", []string{"c2", "b2"}).node("out", "Transpose", []string{"a2", "first"})
}

func TestRuntimeMakesOfItWhatTensorFlowWould(t *testing.T) {
	needRuntime(t)
	for name, b := range tiny() {
		t.Run(name, func(t *testing.T) {
			shape, err := b.model.nodes["in"].Attr["shape"].dimensions()
			if err != nil {
				t.Fatal(err)
			}
			input := b.noise(shape)
			want := interpret(t, b.model, input, "out")[0]
			g, err := convert(b.model, []string{"out"})
			if err != nil {
				t.Fatal(err)
			}
			same(t, infer(t, g, input)[0], want, 1e-5)
		})
	}
}

func same(t *testing.T, got, want tensor, within float64) {
	t.Helper()
	if !slices.Equal(got.shape, want.shape) {
		t.Fatalf("its shape is %v instead of %v", got.shape, want.shape)
	}
	for i, w := range want.floats {
		if d := math.Abs(float64(got.floats[i] - w)); !(d <= within) {
			t.Fatalf("number %d of %d is %v instead of %v", i, len(want.floats), got.floats[i], w)
		}
	}
}

func TestNetworkIsAsItWasBeforeTensorFlow(t *testing.T) {
	g, err := convert(nanoLike().model, []string{"out"})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, op := range g.live() {
		kinds = append(kinds, op.kind)
	}
	if got, want := strings.Join(kinds, " "), "Pad Conv LeakyRelu Conv Identity"; got != want {
		t.Errorf("it is %s instead of %s", got, want)
	}
}

func TestSameModelGivesTheSameBytes(t *testing.T) {
	var files []string
	for range 5 {
		g, err := convert(nanoLike().model, []string{"out"})
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, string(g.encode()))
	}
	if len(slices.Compact(files)) != 1 {
		t.Error("five conversions differ")
	}
}

func TestWhatIsNotKnownIsRefusedByName(t *testing.T) {
	square := newNet(1, 6, 6, 2).floats("w", 3, 3, 2, 2)
	for name, c := range map[string]struct {
		net  *net
		says string
	}{
		"another operation": {newNet(2).node("out", "Softmax", []string{"in"}), "out is a Softmax, which is not known here"},
		"no such output":    {newNet(2), `there is no "out" in it`},
		"padding": {square.node("out", "Conv2D", []string{"in", "w"}, "padding", "SAME", "data_format", "NHWC",
			"strides", []int64{1, 1, 1, 1}, "dilations", []int64{1, 1, 1, 1}), `padding "SAME"`},
		"another layout": {newNet(1, 6, 6, 2).node("out", "MaxPool", []string{"in"}, "padding", "VALID", "data_format", "NCHW",
			"ksize", []int64{1, 1, 2, 2}, "strides", []int64{1, 1, 2, 2}), `pictures as "NCHW"`},
		"corners": {newNet(1, 4, 4, 1).list("sides", 2, 2).node("out", "ResizeBilinear", []string{"in", "sides"}, "align_corners", true), "in their middle"},
		"a shape that is only known later": {
			newNet(2, 3).node("later", "Sigmoid", []string{"in"}).node("out", "Reshape", []string{"in", "later"}),
			"no constant of whole numbers",
		},
		"an order that is none": {newNet(2, 3).list("axes", 1, 1).node("out", "Transpose", []string{"in", "axes"}), "no order of axes"},
		"a lack of inputs":      {newNet(2, 3).node("out", "ConcatV2", nil), "lacks an input"},
		"an input from nowhere": {newNet(4).list("sizes", 2, 2).one("axis", 0).node("s", "SplitV", []string{"in", "sizes", "axis"}).
			node("out", "Sigmoid", []string{"s:2"}), `"s:2" comes from nowhere`},
		"a filter of whole numbers": {conv(newNet(1, 6, 6, 1).ints("w", []int64{1, 1, 1, 1}, 1), "out", "in", "w", 1, 1), "no constant filter"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := convert(c.net.model, []string{"out"})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %v instead of %q", err, c.says)
			}
		})
	}
}

// A circle would never end.
func TestCircleIsRefused(t *testing.T) {
	b := newNet(2).node("a", "Sigmoid", []string{"b"}).node("b", "Sigmoid", []string{"a"})
	if _, err := convert(b.model, []string{"a"}); err == nil {
		t.Error("it goes round and round")
	}
}
