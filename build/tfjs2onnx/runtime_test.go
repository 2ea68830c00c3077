package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	ort "github.com/yalue/onnxruntime_go" //nolint:depguard // what is converted here is held against what runs it
)

// The runtime is one for the process, and stays until its end.
func TestMain(m *testing.M) { os.Exit(withRuntime(m)) }

func withRuntime(m *testing.M) int {
	if _, err := os.Stat(runtimePath()); err != nil {
		return m.Run()
	}
	ort.SetSharedLibraryPath(runtimePath())
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		fmt.Fprintln(os.Stderr, "the runtime does not start:", err)
		return 1
	}
	defer ort.DestroyEnvironment()
	return m.Run()
}

// runtimePath is where "make build" puts the runtime.
func runtimePath() string {
	name := "libonnxruntime.so"
	if runtime.GOOS == "windows" {
		name = "onnxruntime.dll"
	}
	return filepath.Join(cmp.Or(os.Getenv("SIGHTLINE_MODELS"), "../bin/models"), name)
}

func needRuntime(t testing.TB) {
	t.Helper()
	if !ort.IsInitialized() {
		t.Skip("no ONNX Runtime at " + runtimePath() + ": build/models.sh install build/bin/models brings it")
	}
}

// nanodet is the model as the cache has it, before it is converted.
func nanodet(t testing.TB) model {
	t.Helper()
	m, err := readModel(filepath.Join(cachePath(t), "models", "human-models-3.0.4", "nanodet.json"))
	if os.IsNotExist(err) {
		t.Skip("no NanoDet in the cache: build/models.sh fetch brings it")
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// cachePath is the folder that build/cache.sh names.
func cachePath(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("SIGHTLINE_CACHE"); path != "" {
		return path
	}
	path, err := os.UserCacheDir()
	if err != nil {
		t.Skip("no cache: ", err)
	}
	return filepath.Join(path, "sightline-build")
}

// infer is what ONNX Runtime makes of that input.
func infer(t testing.TB, g graph, input tensor) []tensor {
	t.Helper()
	s, err := ort.NewDynamicAdvancedSessionWithONNXData(g.encode(), []string{g.inputs[0].name}, g.outputs, nil)
	if err != nil {
		t.Fatalf("the runtime refuses the network: %v", err)
	}
	defer s.Destroy()
	in, err := ort.NewTensor(ort.NewShape(input.shape...), input.floats)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Destroy()
	made := make([]ort.Value, len(g.outputs))
	if err := s.Run([]ort.Value{in}, made); err != nil {
		t.Fatalf("the runtime stops: %v", err)
	}
	var all []tensor
	for i, v := range made {
		out, ok := v.(*ort.Tensor[float32])
		if !ok {
			t.Fatalf("%s is %T", g.outputs[i], v)
		}
		all = append(all, tensor{shape: out.GetShape(), floats: append([]float32(nil), out.GetData()...)})
		v.Destroy()
	}
	return all
}
