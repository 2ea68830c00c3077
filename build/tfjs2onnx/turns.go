package main

import (
	"errors"
	"fmt"
	"slices"
)

func (c *converter) placeholder(n node) error {
	shape, err := n.Attr["shape"].dimensions()
	if err != nil {
		return err
	}
	if size(shape) < 1 {
		return fmt.Errorf("an input of the shape %v", shape)
	}
	c.graph.inputs = append(c.graph.inputs, port{n.Name, shape})
	c.name(n, n.Name)
	return nil
}

func (c *converter) constant(n node) error {
	if _, known := c.model.constants[n.Name]; !known {
		return errors.New("it has no weights")
	}
	return nil
}

func (c *converter) identity(n node) error {
	if err := inputs(n, 1); err != nil {
		return err
	}
	value, err := c.value(n.Input[0])
	c.name(n, value)
	return err
}

// add: of a convolution and one number for each channel it is a convolution with a bias; of two constants it is one.
func (c *converter) add(n node) error {
	if err := inputs(n, 2); err != nil {
		return err
	}
	a, b := c.model.constants[n.Input[0]], c.model.constants[n.Input[1]]
	if a.whole() && b.whole() && slices.Equal(a.shape, b.shape) {
		sum := tensor{shape: a.shape, ints: slices.Clone(a.ints)}
		for i := range sum.ints {
			sum.ints[i] += b.ints[i]
		}
		c.model.constants[n.Name] = sum
		return nil
	}
	first := c.model.nodes[n.Input[0]]
	if first.Op == "Conv2D" && len(b.shape) == 1 && b.shape[0] == c.filters(first) {
		return c.convolution(n, first, n.Input[1])
	}
	return c.simple(n, "Add", n.Input, nil)
}

// dense: what the model's earlier conversion left of a shape, a constant that is the same everywhere.
func (c *converter) dense(n node) error {
	if err := inputs(n, 4); err != nil {
		return err
	}
	places, err := c.wholes(n, 0)
	if err != nil {
		return err
	}
	shape, err := c.wholes(n, 1)
	if err != nil {
		return err
	}
	rest, err := c.wholes(n, 3)
	if err != nil {
		return err
	}
	if len(places) != 0 || len(rest) != 1 || size(shape) < 0 {
		return errors.New("only one without any value of its own is known here")
	}
	c.model.constants[n.Name] = tensor{shape: shape, ints: slices.Repeat(rest, int(size(shape)))}
	return nil
}

func (c *converter) leaky(n node) error {
	slope, told := n.Attr["alpha"]
	if !told {
		return errors.New("it has no slope")
	}
	return c.simple(n, "LeakyRelu", n.Input, map[string]any{"alpha": slope.Float})
}

func (c *converter) sigmoid(n node) error { return c.simple(n, "Sigmoid", n.Input, nil) }

func (c *converter) transpose(n node) error {
	if err := inputs(n, 2); err != nil {
		return err
	}
	value, err := c.value(n.Input[0])
	if err != nil {
		return err
	}
	axes, err := c.wholes(n, 1)
	if err != nil {
		return err
	}
	if sorted := slices.Sorted(slices.Values(axes)); len(axes) == 0 || sorted[0] != 0 || sorted[len(axes)-1] != int64(len(axes)-1) ||
		len(slices.Compact(sorted)) != len(axes) {
		return fmt.Errorf("%v is no order of axes", axes)
	}
	c.name(n, c.moveAxes(value, axes...))
	return nil
}

func (c *converter) reshape(n node) error {
	if _, err := c.wholes(n, 1); err != nil {
		return err
	}
	return c.simple(n, "Reshape", n.Input, nil)
}

func (c *converter) concat(n node) error {
	last := len(n.Input) - 1
	axis, err := c.axis(n, max(last, 1))
	if err != nil {
		return err
	}
	return c.simple(n, "Concat", n.Input[:last], map[string]any{"axis": axis})
}

func (c *converter) split(n node) error {
	if err := inputs(n, 3); err != nil {
		return err
	}
	values, err := c.values(n.Input[:2])
	if err != nil {
		return err
	}
	sizes, err := c.wholes(n, 1)
	if err != nil {
		return err
	}
	axis, err := c.axis(n, 2)
	if err != nil {
		return err
	}
	op := operation{kind: "Split", inputs: values, settings: map[string]any{"axis": axis}}
	for i := range sizes {
		output := fmt.Sprintf("%s/Split/%d", n.Name, i)
		op.outputs = append(op.outputs, output)
		c.named[portName(n.Name, i)] = output
	}
	c.graph.operations = append(c.graph.operations, op)
	return nil
}

// pad: TensorFlow has before and after for each axis, ONNX first all before, then all after.
func (c *converter) pad(n node) error {
	amounts, err := c.wholes(n, 1)
	if err != nil {
		return err
	}
	axes := len(amounts) / 2
	swapped := make([]int64, 2*axes)
	for i := range axes {
		swapped[i], swapped[axes+i] = amounts[2*i], amounts[2*i+1]
	}
	values, err := c.values(slices.Concat(n.Input[:1], n.Input[2:]))
	if err != nil {
		return err
	}
	values = slices.Insert(values, 1, c.keepInts(n.Name+"/amounts", swapped...))
	c.name(n, c.emit(n, "Pad", values, nil))
	return nil
}

// resize: batch and channels stay as they are, and ONNX wants to be told of all four.
func (c *converter) resize(n node) error {
	if err := inputs(n, 2); err != nil {
		return err
	}
	if !n.Attr["half_pixel_centers"].True || n.Attr["align_corners"].True { //nolint:misspell // TensorFlow spells it so
		return errors.New("only pixels that are looked at in their middle are known here")
	}
	if sides, err := c.wholes(n, 1); err != nil || len(sides) != 2 {
		return errors.Join(err, errors.New("it is to be told height and width"))
	}
	values, err := c.values(n.Input)
	if err != nil {
		return err
	}
	planes := c.channelsFirst(values[0])
	shape := c.emit(n, "Shape", []string{planes}, nil)
	stay := c.emit(n, "Slice", []string{shape, c.keepInts("from-0", 0), c.keepInts("to-2", 2)}, nil)
	sizes := c.emit(n, "Concat", []string{stay, values[1]}, map[string]any{"axis": int64(0)})
	resized := c.emit(n, "Resize", []string{planes, "", "", sizes},
		map[string]any{"mode": "linear", "coordinate_transformation_mode": "half_pixel"})
	c.name(n, c.channelsLast(resized))
	return nil
}

func (c *converter) pool(n node) error {
	if err := inputs(n, 1); err != nil {
		return err
	}
	steps, err := window(n, "strides")
	if err != nil {
		return err
	}
	sides, err := window(n, "ksize")
	if err != nil {
		return err
	}
	value, err := c.value(n.Input[0])
	if err != nil {
		return err
	}
	pooled := c.emit(n, "MaxPool", []string{c.channelsFirst(value)}, map[string]any{"kernel_shape": sides, "strides": steps})
	c.name(n, c.channelsLast(pooled))
	return nil
}

func (c *converter) convolve(n node) error { return c.convolution(n, n, "") }

// convolution makes the operation named by n of a Conv2D and, unless that is empty, a bias.
func (c *converter) convolution(n, conv node, bias string) error {
	if err := inputs(conv, 2); err != nil {
		return err
	}
	steps, err := window(conv, "strides")
	if err != nil {
		return err
	}
	spread, err := window(conv, "dilations")
	if err != nil {
		return err
	}
	filter, err := c.filter(conv)
	if err != nil {
		return err
	}
	value, err := c.value(conv.Input[0])
	if err != nil {
		return err
	}
	inputs := []string{c.channelsFirst(value), filter}
	if bias != "" {
		inputs = append(inputs, c.keep(bias, c.model.constants[bias]))
	}
	planes := c.emit(n, "Conv", inputs, map[string]any{"strides": steps, "dilations": spread})
	c.name(n, c.channelsLast(planes))
	return nil
}

// window is a setting of what goes over a picture, for height and width. Whatever goes over is to lie within the picture, and to look at each channel.
func window(n node, setting string) ([]int64, error) {
	if padding := string(n.Attr["padding"].Text); padding != "VALID" {
		return nil, fmt.Errorf("padding %q is not known here", padding)
	}
	if layout := string(n.Attr["data_format"].Text); layout != "NHWC" {
		return nil, fmt.Errorf("pictures as %q are not known here", layout)
	}
	all, err := n.Attr[setting].ints()
	if err != nil {
		return nil, err
	}
	if len(all) != 4 || all[0] != 1 || all[3] != 1 || all[1] < 1 || all[2] < 1 {
		return nil, fmt.Errorf("%s of %v are not known here", setting, all)
	}
	return all[1:3], nil
}

// filters is how many channels a Conv2D makes; 0 where that is not known.
func (c *converter) filters(conv node) int64 {
	if len(conv.Input) != 2 {
		return 0
	}
	if shape := c.model.constants[conv.Input[1]].shape; len(shape) == 4 {
		return shape[3]
	}
	return 0
}

// filter brings a Conv2D's weights from TensorFlow's order (height, width, channels in, channels out) into ONNX' (out, in, height, width).
func (c *converter) filter(conv node) (string, error) {
	t, constant := c.model.constants[conv.Input[1]]
	if !constant || t.whole() || len(t.shape) != 4 {
		return "", fmt.Errorf("%q is no constant filter", conv.Input[1])
	}
	height, width, in, out := t.shape[0], t.shape[1], t.shape[2], t.shape[3]
	ordered := make([]float32, 0, len(t.floats))
	for o := range out {
		for i := range in {
			for place := range height * width {
				ordered = append(ordered, t.floats[(place*in+i)*out+o])
			}
		}
	}
	return c.keep(conv.Input[1]+"/planes", tensor{shape: []int64{out, in, height, width}, floats: ordered}), nil
}
