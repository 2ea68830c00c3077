// Command tfjs2onnx writes a TensorFlow.js graph model as ONNX, as far as the named outputs reach.
//
//	tfjs2onnx MODEL.json OUT.onnx OUTPUT...
//
// It is made for NanoDet: it knows the operations of that network, in the way they are used there, and stops at any other. The same model
// always gives the same bytes.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tfjs2onnx:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 3 {
		return errors.New("usage: tfjs2onnx MODEL.json OUT.onnx OUTPUT")
	}
	m, err := readModel(args[0])
	if err != nil {
		return fmt.Errorf("read %s: %w", args[0], err)
	}
	g, err := convert(m, args[2:])
	if err != nil {
		return fmt.Errorf("convert %s: %w", args[0], err)
	}
	return os.WriteFile(args[1], g.encode(), 0o644)
}
