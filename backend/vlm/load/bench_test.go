package load

import "testing"

// BenchmarkVLLM is a look at a server of two engines, without the network.
func BenchmarkVLLM(b *testing.B) {
	text := []byte(recorded(b, "vllm-v1-two-engines.txt"))
	r := newReading()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, k := r.read(text); k == nil {
			b.Fatal("nothing is told")
		}
	}
}
