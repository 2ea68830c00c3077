package main

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// interpreter works a model out by itself, one operation after the other as TensorFlow describes them: what the converted one is held against.
// It goes by the plainest reading, and knows nothing of how the model is converted.
type interpreter struct {
	t      *testing.T
	model  model
	values map[string]tensor
}

// interpret is what the outputs are for that input.
func interpret(t *testing.T, m model, input tensor, outputs ...string) []tensor {
	t.Helper()
	in := &interpreter{t: t, model: m, values: map[string]tensor{}}
	for name, n := range m.nodes {
		if n.Op == "Placeholder" {
			in.values[name] = input
		}
	}
	var all []tensor
	for _, name := range outputs {
		all = append(all, in.value(name))
	}
	return all
}

func (in *interpreter) value(name string) tensor {
	if v, known := in.model.constants[name]; known {
		return v
	}
	if v, known := in.values[name]; known {
		return v
	}
	base, output := source(name)
	all := in.work(in.model.nodes[base])
	for i, v := range all {
		in.values[fmt.Sprintf("%s:%d", base, i)] = v
	}
	in.values[base] = all[0]
	return all[output]
}

func (in *interpreter) work(n node) []tensor {
	in.t.Helper()
	var v []tensor
	for _, name := range n.Input {
		v = append(v, in.value(name))
	}
	switch n.Op {
	case "Identity":
		return v
	case "Add", "AddV2":
		return []tensor{sum(v[0], v[1])}
	case "SparseToDense":
		return []tensor{{shape: v[1].ints, ints: slices.Repeat(v[3].ints, int(size(v[1].ints)))}}
	case "LeakyRelu":
		return []tensor{each(v[0], func(x float64) float64 { return math.Max(x, 0) + float64(n.Attr["alpha"].Float)*math.Min(x, 0) })}
	case "Sigmoid":
		return []tensor{each(v[0], func(x float64) float64 { return 1 / (1 + math.Exp(-x)) })}
	case "Transpose":
		return []tensor{transposed(v[0], v[1].ints)}
	case "Reshape":
		return []tensor{reshaped(v[0], v[1].ints)}
	case "ConcatV2":
		return []tensor{joined(v[:len(v)-1], int(v[len(v)-1].ints[0]))}
	case "SplitV":
		return parted(v[0], v[1].ints, int(v[2].ints[0]))
	case "Pad":
		return []tensor{padded(v[0], v[1].ints, 0)}
	case "PadV2":
		return []tensor{padded(v[0], v[1].ints, v[2].floats[0])}
	case "ResizeBilinear":
		return []tensor{resized(v[0], v[1].ints[0], v[1].ints[1])}
	case "MaxPool":
		return []tensor{pooled(v[0], ints(in.t, n, "ksize"), ints(in.t, n, "strides"))}
	case "Conv2D":
		return []tensor{convolved(v[0], v[1], ints(in.t, n, "strides"), ints(in.t, n, "dilations"))}
	}
	in.t.Fatalf("the interpreter has no %s", n.Op)
	return nil
}

func ints(t *testing.T, n node, setting string) []int64 {
	t.Helper()
	all, err := n.Attr[setting].ints()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// filled is a tensor of that shape, each number by its place.
func filled(shape []int64, number func(place []int64) float32) tensor {
	v := tensor{shape: shape, floats: make([]float32, 0, size(shape))}
	place := make([]int64, len(shape))
	for range size(shape) {
		v.floats = append(v.floats, number(place))
		for axis := len(place) - 1; axis >= 0; axis-- {
			if place[axis]++; place[axis] < shape[axis] {
				break
			}
			place[axis] = 0
		}
	}
	return v
}

// at is the number at a place; what has fewer axes, or one of length 1, is the same along it.
func (t tensor) at(place ...int64) float32 {
	index := int64(0)
	for axis, length := range t.shape {
		index *= length
		if length > 1 {
			index += place[len(place)-len(t.shape)+axis]
		}
	}
	return t.floats[index]
}

func each(v tensor, change func(float64) float64) tensor {
	out := tensor{shape: v.shape, floats: make([]float32, len(v.floats))}
	for i, x := range v.floats {
		out.floats[i] = float32(change(float64(x)))
	}
	return out
}

func sum(a, b tensor) tensor {
	if a.whole() {
		out := tensor{shape: a.shape, ints: slices.Clone(a.ints)}
		for i := range out.ints {
			out.ints[i] += b.ints[i]
		}
		return out
	}
	if len(a.shape) < len(b.shape) {
		a, b = b, a
	}
	return filled(a.shape, func(place []int64) float32 { return a.at(place...) + b.at(place...) })
}

func transposed(v tensor, axes []int64) tensor {
	shape := make([]int64, len(axes))
	for i, axis := range axes {
		shape[i] = v.shape[axis]
	}
	from := make([]int64, len(axes))
	return filled(shape, func(place []int64) float32 {
		for i, axis := range axes {
			from[axis] = place[i]
		}
		return v.at(from...)
	})
}

func reshaped(v tensor, shape []int64) tensor {
	shape = slices.Clone(shape)
	rest := int64(len(v.floats))
	for _, length := range shape {
		if length > 0 {
			rest /= length
		}
	}
	if i := slices.Index(shape, -1); i >= 0 {
		shape[i] = rest
	}
	return tensor{shape: shape, floats: v.floats}
}

func joined(all []tensor, axis int) tensor {
	shape := slices.Clone(all[0].shape)
	for _, v := range all[1:] {
		shape[axis] += v.shape[axis]
	}
	return filled(shape, func(place []int64) float32 {
		from := slices.Clone(place)
		for _, v := range all {
			if from[axis] < v.shape[axis] {
				return v.at(from...)
			}
			from[axis] -= v.shape[axis]
		}
		return 0
	})
}

func parted(v tensor, sizes []int64, axis int) []tensor {
	var all []tensor
	start := int64(0)
	for _, length := range sizes {
		shape := slices.Clone(v.shape)
		shape[axis] = length
		all = append(all, filled(shape, func(place []int64) float32 {
			from := slices.Clone(place)
			from[axis] += start
			return v.at(from...)
		}))
		start += length
	}
	return all
}

func padded(v tensor, amounts []int64, with float32) tensor {
	shape := slices.Clone(v.shape)
	for axis := range shape {
		shape[axis] += amounts[2*axis] + amounts[2*axis+1]
	}
	from := make([]int64, len(shape))
	return filled(shape, func(place []int64) float32 {
		for axis := range place {
			from[axis] = place[axis] - amounts[2*axis]
			if from[axis] < 0 || from[axis] >= v.shape[axis] {
				return with
			}
		}
		return v.at(from...)
	})
}

// resized: a pixel's middle is half a pixel from its edge; beyond the outermost middles the picture goes on as it is there.
func resized(v tensor, height, width int64) tensor {
	near := func(place, length, before int64) (low, high int64, part float32) {
		where := (float64(place)+0.5)*float64(before)/float64(length) - 0.5
		where = min(max(where, 0), float64(before-1))
		return int64(where), min(int64(where)+1, before-1), float32(where - math.Floor(where))
	}
	return filled([]int64{v.shape[0], height, width, v.shape[3]}, func(p []int64) float32 {
		top, bottom, down := near(p[1], height, v.shape[1])
		left, right, across := near(p[2], width, v.shape[2])
		upper := v.at(p[0], top, left, p[3])*(1-across) + v.at(p[0], top, right, p[3])*across
		lower := v.at(p[0], bottom, left, p[3])*(1-across) + v.at(p[0], bottom, right, p[3])*across
		return upper*(1-down) + lower*down
	})
}

func pooled(v tensor, sides, steps []int64) tensor {
	shape := []int64{v.shape[0], (v.shape[1]-sides[1])/steps[1] + 1, (v.shape[2]-sides[2])/steps[2] + 1, v.shape[3]}
	return filled(shape, func(p []int64) float32 {
		most := float32(math.Inf(-1))
		for y := range sides[1] {
			for x := range sides[2] {
				most = max(most, v.at(p[0], p[1]*steps[1]+y, p[2]*steps[2]+x, p[3]))
			}
		}
		return most
	})
}

// convolved is written out by indices: it is where all the time goes.
func convolved(v, filter tensor, steps, spread []int64) tensor {
	height, width, in, out := filter.shape[0], filter.shape[1], filter.shape[2], filter.shape[3]
	rows := (v.shape[1]-(height-1)*spread[1]-1)/steps[1] + 1
	columns := (v.shape[2]-(width-1)*spread[2]-1)/steps[2] + 1
	result := tensor{shape: []int64{v.shape[0], rows, columns, out}, floats: make([]float32, v.shape[0]*rows*columns*out)}
	for place := range v.shape[0] * rows * columns {
		batch, row, column := place/(rows*columns), place/columns%rows, place%columns
		into := result.floats[place*out : (place+1)*out]
		for y := range height {
			for x := range width {
				from := ((batch*v.shape[1]+row*steps[1]+y*spread[1])*v.shape[2] + column*steps[2] + x*spread[2]) * in
				accumulate(into, v.floats[from:from+in], filter.floats[(y*width+x)*in*out:])
			}
		}
	}
	return result
}

// accumulate adds to each channel of into what the channels of from make of it.
func accumulate(into, from, filter []float32) {
	for i, x := range from {
		row := filter[i*len(into) : (i+1)*len(into)]
		for o, w := range row {
			into[o] += x * w
		}
	}
}
