package main

import (
	"errors"
	"fmt"
	"slices"
)

// converter turns operations one after the other, each behind those it builds on.
//
// TensorFlow lays pictures out as height, width, channels, ONNX as channels, height, width: around every operation on pictures there is a transposition.
// They are made so that two which undo each other are none, and a convolution takes the bias that TensorFlow adds behind it: what is left is the network
// as it was before it was TensorFlow's.
type converter struct {
	model model
	graph graph
	named map[string]string   // what an output of the model is called in the graph
	moved map[string]turned   // what a transposition was made of
	begun map[string]bool     // an operation that is being converted, or has been
	turns map[string]function // by what TensorFlow calls them
}

type function func(c *converter, n node) error

// turned is a transposition of from.
type turned struct {
	from string
	axes []int64
}

// convert is the part of the model that leads to the outputs.
func convert(m model, outputs []string) (graph, error) {
	c := &converter{
		model: m, graph: graph{constants: map[string]tensor{}, outputs: outputs},
		named: map[string]string{}, moved: map[string]turned{}, begun: map[string]bool{}, turns: operations(),
	}
	for _, name := range outputs {
		if err := c.reach(name); err != nil {
			return graph{}, err
		}
		value, err := c.value(name)
		if err != nil {
			return graph{}, err
		}
		c.graph.operations = append(c.graph.operations, operation{kind: "Identity", inputs: []string{value}, outputs: []string{name}})
	}
	return c.graph, nil
}

// operations is what is known of TensorFlow's.
func operations() map[string]function {
	return map[string]function{
		"Placeholder":    (*converter).placeholder,
		"Const":          (*converter).constant,
		"Identity":       (*converter).identity,
		"Add":            (*converter).add,
		"AddV2":          (*converter).add,
		"SparseToDense":  (*converter).dense,
		"LeakyRelu":      (*converter).leaky,
		"Sigmoid":        (*converter).sigmoid,
		"Transpose":      (*converter).transpose,
		"Reshape":        (*converter).reshape,
		"ConcatV2":       (*converter).concat,
		"SplitV":         (*converter).split,
		"Pad":            (*converter).pad,
		"PadV2":          (*converter).pad,
		"ResizeBilinear": (*converter).resize,
		"MaxPool":        (*converter).pool,
		"Conv2D":         (*converter).convolve,
	}
}

// reach converts the operation behind an input, and what that needs.
func (c *converter) reach(input string) error {
	name, _ := source(input)
	if c.begun[name] {
		return nil
	}
	c.begun[name] = true
	n, known := c.model.nodes[name]
	if !known {
		return fmt.Errorf("there is no %q in it", name)
	}
	turn, known := c.turns[n.Op]
	if !known {
		return fmt.Errorf("%s is a %s, which is not known here", n.Name, n.Op)
	}
	for _, input := range n.Input {
		if err := c.reach(input); err != nil {
			return err
		}
	}
	if err := turn(c, n); err != nil {
		return fmt.Errorf("%s (%s): %w", n.Name, n.Op, err)
	}
	return nil
}

// value is what an input is called in the graph; constants come into it as they are used.
func (c *converter) value(input string) (string, error) {
	name, output := source(input)
	if t, constant := c.model.constants[name]; constant && output == 0 {
		return c.keep(name, t), nil
	}
	value, known := c.named[portName(name, output)]
	if !known {
		return "", fmt.Errorf("its input %q comes from nowhere", input)
	}
	return value, nil
}

func (c *converter) values(inputs []string) ([]string, error) {
	var all []string
	for _, input := range inputs {
		value, err := c.value(input)
		if err != nil {
			return nil, err
		}
		all = append(all, value)
	}
	return all, nil
}

func portName(name string, output int) string { return fmt.Sprintf("%s:%d", name, output) }

func (c *converter) keep(name string, t tensor) string {
	c.graph.constants[name] = t
	return name
}

func (c *converter) keepInts(name string, ints ...int64) string {
	return c.keep(name, tensor{shape: []int64{int64(len(ints))}, ints: ints})
}

// emit adds an operation that makes the first output of n, or the next in a chain towards it; it returns what that is called.
func (c *converter) emit(n node, kind string, inputs []string, settings map[string]any) string {
	output := fmt.Sprintf("%s/%s", n.Name, kind)
	c.graph.operations = append(c.graph.operations, operation{kind: kind, inputs: inputs, outputs: []string{output}, settings: settings})
	return output
}

func (c *converter) name(n node, value string) { c.named[portName(n.Name, 0)] = value }

// simple converts what is the same in ONNX, but for its name.
func (c *converter) simple(n node, kind string, inputs []string, settings map[string]any) error {
	values, err := c.values(inputs)
	if err != nil {
		return err
	}
	c.name(n, c.emit(n, kind, values, settings))
	return nil
}

// moveAxes is value with its axes in another order: the value it was made of where that undoes an earlier transposition.
func (c *converter) moveAxes(value string, axes ...int64) string {
	if before, known := c.moved[value]; known && len(before.axes) == len(axes) {
		composed := make([]int64, len(axes))
		for i, axis := range axes {
			composed[i] = before.axes[axis]
		}
		value, axes = before.from, composed
	}
	if slices.IsSorted(axes) {
		return value
	}
	output := fmt.Sprintf("%s/%v", value, axes)
	if _, made := c.moved[output]; !made {
		c.moved[output] = turned{value, axes}
		c.graph.operations = append(c.graph.operations,
			operation{kind: "Transpose", inputs: []string{value}, outputs: []string{output}, settings: map[string]any{"perm": axes}})
	}
	return output
}

func (c *converter) channelsFirst(value string) string { return c.moveAxes(value, 0, 3, 1, 2) }
func (c *converter) channelsLast(value string) string  { return c.moveAxes(value, 0, 2, 3, 1) }

// wholes is the constant whole numbers behind input i of n.
func (c *converter) wholes(n node, i int) ([]int64, error) {
	if i >= len(n.Input) {
		return nil, errors.New("it lacks an input")
	}
	t, constant := c.model.constants[n.Input[i]]
	if !constant || !t.whole() {
		return nil, fmt.Errorf("%q is no constant of whole numbers", n.Input[i])
	}
	return t.ints, nil
}

// axis is the one axis behind input i of n, counted from the front.
func (c *converter) axis(n node, i int) (int64, error) {
	axes, err := c.wholes(n, i)
	if err != nil {
		return 0, err
	}
	if len(axes) != 1 {
		return 0, fmt.Errorf("%d axes instead of one", len(axes))
	}
	return axes[0], nil
}

// inputs: what every operation may count on.
func inputs(n node, count int) error {
	if len(n.Input) != count {
		return fmt.Errorf("%d inputs instead of %d", len(n.Input), count)
	}
	return nil
}
