package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"image"
	_ "image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// renew has the interpreter work NanoDet out anew, without the runtime and without the converter: go test -run Known -renew
var renew = flag.Bool("renew", false, "work the known values out anew")

const knownFile = "testdata/nanodet.json"

// known is some values of an output, by their index: the largest, the smallest and some that were picked blindly.
type known struct {
	Output string          `json:"output"`
	Size   int             `json:"size"`
	Values map[int]float32 `json:"values"`
}

func nanodetOutputs() []string {
	return []string{"Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4", "Identity_5"}
}

// coffee is a photograph as NanoDet takes it, by the nearest pixels: planes of blue, green and red, around zero.
func coffee(t testing.TB) tensor {
	t.Helper()
	file, err := os.Open("../../backend/capture/sample/photos/coffee.jpg")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	photo, _, err := image.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	const side = 416
	size := photo.Bounds().Size()
	mean, spread := [3]float32{103.53, 116.28, 123.675}, [3]float32{57.375, 57.12, 58.395}
	return filled([]int64{1, 3, side, side}, func(p []int64) float32 {
		red, green, blue, _ := photo.At(int(p[3])*size.X/side, int(p[2])*size.Y/side).RGBA()
		return (float32([3]uint32{blue, green, red}[p[1]]>>8) - mean[p[1]]) / spread[p[1]]
	})
}

// TestNanodetMakesOfPhotographWhatIsKnown: what is known was worked out by the interpreter from the model as it was published.
func TestNanodetMakesOfPhotographWhatIsKnown(t *testing.T) {
	m := nanodet(t)
	if *renew {
		keepKnown(t, interpret(t, m, coffee(t), nanodetOutputs()...))
		return
	}
	needRuntime(t)
	g, err := convert(m, nanodetOutputs())
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for i, out := range infer(t, g, coffee(t)) {
		k := readKnown(t)[i]
		if k.Output != g.outputs[i] || k.Size != len(out.floats) {
			t.Fatalf("%s has %d values; known are %d of %s", g.outputs[i], len(out.floats), k.Size, k.Output)
		}
		for index, want := range k.Values {
			compared++
			if got := out.floats[index]; !(math.Abs(float64(got-want)) <= 1e-3) {
				t.Errorf("%s: number %d is %v instead of %v", k.Output, index, got, want)
			}
		}
	}
	if compared < 60 {
		t.Errorf("only %d values are known", compared)
	}
}

func readKnown(t *testing.T) []known {
	t.Helper()
	var all []known
	text, err := os.ReadFile(knownFile)
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func keepKnown(t *testing.T, outputs []tensor) {
	t.Helper()
	rng := rand.New(rand.NewPCG(8, 8))
	var all []known
	for i, out := range outputs {
		k := known{nanodetOutputs()[i], len(out.floats), map[int]float32{}}
		order := make([]int, len(out.floats))
		for j := range order {
			order[j] = j
		}
		slices.SortStableFunc(order, func(a, b int) int {
			if out.floats[a] > out.floats[b] {
				return -1
			}
			return 1
		})
		picked := slices.Concat(order[:5], order[len(order)-2:])
		for range 8 {
			picked = append(picked, rng.IntN(len(order)))
		}
		for _, index := range picked {
			k.Values[index] = out.floats[index]
		}
		all = append(all, k)
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err == nil {
		err = os.WriteFile(knownFile, append(text, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestNanodetIsWithoutTensorFlowsTurns(t *testing.T) {
	g, err := convert(nanodet(t), nanodetOutputs())
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, op := range g.live() {
		count[op.kind]++
	}
	// The six are at the outputs, and NanoDet's own: they give cells first, then classes.
	if want := 6; count["Transpose"] != want || count["Conv"] != 34 {
		t.Errorf("of %s there are not %d turns and 34 convolutions", fmt.Sprint(count), want)
	}
}

func BenchmarkConversion(b *testing.B) {
	m := nanodet(b)
	for b.Loop() {
		g, err := convert(m, nanodetOutputs())
		if err != nil {
			b.Fatal(err)
		}
		g.encode()
	}
}
