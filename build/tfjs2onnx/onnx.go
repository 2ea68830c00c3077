package main

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// What ONNX's protocol buffers (onnx.proto3, IR version 7) call by number.
const (
	irVersion = 7
	opset     = 13

	kindFloat = 1 // TensorProto.DataType
	kindInt64 = 7

	attributeFloat = 1 // AttributeProto.AttributeType
	attributeInt   = 2
	attributeText  = 3
	attributeInts  = 7
)

// message is a protocol-buffer message that is being written, field by field.
type message []byte

func (m *message) key(field, wire uint64) { *m = binary.AppendUvarint(*m, field<<3|wire) }

func (m *message) number(field uint64, n int64) {
	m.key(field, 0)
	*m = binary.AppendUvarint(*m, uint64(n)) // negative numbers go as the ten bytes of their two's complement
}

func (m *message) float(field uint64, f float32) {
	m.key(field, 5)
	*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(f))
}

func (m *message) bytes(field uint64, b []byte) {
	m.key(field, 2)
	*m = append(binary.AppendUvarint(*m, uint64(len(b))), b...)
}

func (m *message) text(field uint64, s string) { m.bytes(field, []byte(s)) }

// graph is an ONNX graph: operations in an order in which each comes behind those it builds on.
type graph struct {
	operations []operation
	constants  map[string]tensor
	inputs     []port
	outputs    []string
}

// port is a tensor of floats that is given to the graph.
type port struct {
	name  string
	shape []int64
}

// operation is one step. A setting is an int64, a float32, a string or several int64s.
type operation struct {
	kind     string
	inputs   []string // an empty one is an input left out
	outputs  []string
	settings map[string]any
}

// live is the operations that the outputs need, in the order they had; what was prepared and then not used is left out.
func (g graph) live() []operation {
	wanted := map[string]bool{}
	for _, name := range g.outputs {
		wanted[name] = true
	}
	var all []operation
	for _, op := range slices.Backward(g.operations) {
		if !slices.ContainsFunc(op.outputs, func(name string) bool { return wanted[name] }) {
			continue
		}
		for _, name := range op.inputs {
			wanted[name] = true
		}
		all = append(all, op)
	}
	slices.Reverse(all)
	return all
}

// encode is the graph as a file.
func (g graph) encode() []byte {
	var body, version, m message
	operations := g.live()
	for _, op := range operations {
		body.bytes(1, op.encode())
	}
	body.text(2, "graph")
	for _, name := range g.used(operations) {
		body.bytes(5, g.constants[name].encode(name))
	}
	for _, p := range g.inputs {
		body.bytes(11, p.encode())
	}
	for _, name := range g.outputs {
		body.bytes(12, port{name: name}.encode())
	}
	version.text(1, "")
	version.number(2, opset)
	m.number(1, irVersion)
	m.text(2, "tfjs2onnx")
	m.bytes(7, body)
	m.bytes(8, version)
	return m
}

// used is the names of the constants those operations take, in the order they take them.
func (g graph) used(operations []operation) []string {
	var names []string
	seen := map[string]bool{}
	for _, op := range operations {
		for _, name := range op.inputs {
			if _, known := g.constants[name]; known && !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

func (op operation) encode() []byte {
	var m message
	for _, name := range op.inputs {
		m.text(1, name)
	}
	for _, name := range op.outputs {
		m.text(2, name)
	}
	m.text(3, op.outputs[0])
	m.text(4, op.kind)
	for _, name := range slices.Sorted(maps.Keys(op.settings)) {
		m.bytes(5, setting(name, op.settings[name]))
	}
	return m
}

func setting(name string, value any) []byte {
	var m message
	m.text(1, name)
	switch v := value.(type) {
	case float32:
		m.float(2, v)
		m.number(20, attributeFloat)
	case int64:
		m.number(3, v)
		m.number(20, attributeInt)
	case string:
		m.text(4, v)
		m.number(20, attributeText)
	case []int64:
		for _, n := range v {
			m.number(8, n)
		}
		m.number(20, attributeInts)
	}
	return m
}

func (t tensor) encode(name string) []byte {
	var m message
	var raw []byte
	for _, length := range t.shape {
		m.number(1, length)
	}
	if t.whole() {
		m.number(2, kindInt64)
		for _, n := range t.ints {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(n)) // its two's complement
		}
	} else {
		m.number(2, kindFloat)
		for _, f := range t.floats {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(f))
		}
	}
	m.text(8, name)
	m.bytes(9, raw)
	return m
}

// encode is a port as ONNX describes a value; without a shape it is left to the runtime.
func (p port) encode() []byte {
	var shape, kind, value, m message
	for _, length := range p.shape {
		var d message
		d.number(1, length)
		shape.bytes(1, d)
	}
	kind.number(1, kindFloat)
	if p.shape != nil {
		kind.bytes(2, shape)
	}
	value.bytes(1, kind)
	m.text(1, p.name)
	m.bytes(2, value)
	return m
}
