//go:build cgo && (linux || windows)

package vision

import (
	"context"
	"errors"

	ort "github.com/yalue/onnxruntime_go"
)

// mostThreads work at one picture: the rest of the machine is for the camera, the window and other programs.
const mostThreads = 2

// library is ONNX Runtime. yalue/onnxruntime_go holds it in variables of its own, so a process has one.
type library struct{}

func opener() func(library string) (runtime, error) { return openRuntime }

func openRuntime(path string) (runtime, error) {
	if ort.IsInitialized() {
		return nil, errors.New("another engine of this process has the runtime open")
	}
	keepMemory()
	ort.SetSharedLibraryPath(path)
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return nil, err
	}
	if err := ort.DisableTelemetry(); err != nil {
		return nil, errors.Join(err, ort.DestroyEnvironment())
	}
	return library{}, nil
}

func (library) close() { _ = ort.DestroyEnvironment() }

func (library) load(path string, m model) (net, error) {
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	defer func() { _ = options.Destroy() }()
	if err := adjust(options, m.steady); err != nil {
		return nil, err
	}
	session, err := ort.NewDynamicAdvancedSession(path, []string{m.input}, m.outputs, options)
	if err != nil {
		return nil, err
	}
	return &network{session, len(m.outputs)}, nil
}

// adjust keeps the networks modest: threads that wait for work sleep instead of spinning, and memory for text, which takes
// another amount each time, goes back at once.
func adjust(o *ort.SessionOptions, steady bool) error {
	return errors.Join(
		o.SetIntraOpNumThreads(mostThreads),
		o.SetInterOpNumThreads(1),
		o.SetCpuMemArena(steady),
		o.SetMemPattern(steady),
		o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
	)
}

// network is a network in the runtime.
type network struct {
	session *ort.DynamicAdvancedSession
	outputs int
}

func (s *network) close() { _ = s.session.Destroy() }

func (s *network) run(ctx context.Context, input tensor) ([]tensor, error) {
	in, err := ort.NewTensor(ort.NewShape(input.shape...), input.values)
	if err != nil {
		return nil, failed(err)
	}
	defer func() { _ = in.Destroy() }()
	out := make([]ort.Value, s.outputs)
	err = s.runUntil(ctx, []ort.Value{in}, out)
	defer destroy(out)
	if err != nil {
		return nil, err
	}
	return tensorsOf(out)
}

// runUntil tells the runtime to stop when ctx ends, which it does after the layer it is at.
func (s *network) runUntil(ctx context.Context, in, out []ort.Value) error {
	options, err := ort.NewRunOptions()
	if err != nil {
		return failed(err)
	}
	defer func() { _ = options.Destroy() }()
	told := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(told)
		_ = options.Terminate()
	})
	err = s.session.RunWithOptions(in, out, options)
	if !stop() {
		<-told // the options must outlive the one who tells them
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

func tensorsOf(values []ort.Value) ([]tensor, error) {
	tensors := make([]tensor, len(values))
	for i, v := range values {
		floats, ok := v.(*ort.Tensor[float32])
		if !ok {
			return nil, failed(errors.New("the network gave something other than numbers"))
		}
		tensors[i] = tensor{floats.GetShape(), floats.GetData()}
	}
	return tensors, nil
}

// destroy lets go of the runtime's side of values; their numbers are Go's and stay.
func destroy(values []ort.Value) {
	for _, v := range values {
		if v != nil {
			_ = v.Destroy()
		}
	}
}
