package metrics

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"

	"github.com/google/go-cmp/cmp"
)

// TestDocumentationListsWhatIsTold compares names, types and labels, so that the list cannot rot.
func TestDocumentationListsWhatIsTold(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	written := make(map[string]string)
	row := regexp.MustCompile("(?m)^\\| `(sightline_\\w+)` \\| (\\w+) \\| ?([^|]*) \\| ([^|]+) \\|$")
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		var labels []string
		for _, l := range strings.Split(m[3], ",") {
			if l = strings.Trim(l, " `"); l != "" {
				labels = append(labels, l)
			}
		}
		slices.Sort(labels)
		written[m[1]] = fmt.Sprint(m[2], labels)
	}
	told := make(map[string]string)
	for name, f := range parsed(t, full(t)) {
		labels := make(map[string]bool)
		for _, m := range f.GetMetric() {
			for l := range labelsOf(m) {
				labels[l] = true
			}
		}
		told[name] = fmt.Sprint(strings.ToLower(f.GetType().String()), slices.Sorted(maps.Keys(labels)))
	}
	if diff := cmp.Diff(told, written); diff != "" {
		t.Errorf("docs/metrics.md (+) is not what is told (-):\n%s", diff)
	}
}

// dashboard is what is looked at of the Grafana dashboard.
type dashboard struct {
	Title  string
	Panels []struct {
		ID      int
		Type    string
		Title   string
		GridPos struct{ H, W, X, Y int }
		Targets []struct{ Expr string }
	}
	Templating struct {
		List []struct{ Name, Definition string }
	}
}

func TestDashboardShowsWhatIsTold(t *testing.T) {
	families := parsed(t, full(t))
	text, err := os.ReadFile("../../docs/grafana/sightline.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	ids, shown := make(map[int]bool), make(map[string]bool)
	for _, p := range d.Panels {
		if ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %q lies on another one, or outside", p.Title)
		}
		ids[p.ID] = true
		if len(p.Targets) == 0 && p.Type != "row" {
			t.Errorf("panel %q shows nothing", p.Title)
		}
		for _, target := range p.Targets {
			wantTold(t, families, shown, target.Expr)
		}
	}
	for _, v := range d.Templating.List {
		if v.Definition != "" {
			wantTold(t, families, shown, v.Definition)
		}
	}
	for name := range families {
		if !shown[name] && name != "sightline_build_info" && name != "sightline_frames_captured_total" && name != "sightline_gpu_energy_joules_total" {
			t.Errorf("%s is nowhere on the dashboard", name)
		}
	}
}

// wantTold checks the metrics of an expression, and the labels it asks for.
func wantTold(t *testing.T, families map[string]*dto.MetricFamily, shown map[string]bool, expr string) {
	t.Helper()
	names := regexp.MustCompile(`sightline_\w+`).FindAllString(expr, -1)
	if len(names) == 0 {
		t.Errorf("%s asks for nothing of ours", expr)
		return
	}
	has := make(map[string]bool)
	for _, name := range names {
		base, _ := strings.CutSuffix(name, "_bucket")
		f := families[base]
		if f == nil || (base != name) != (f.GetType() == dto.MetricType_HISTOGRAM) {
			t.Errorf("%s: %s is not told", expr, name)
			continue
		}
		shown[base] = true
		for l := range labelsOf(f.GetMetric()[0]) {
			has[l] = true
		}
	}
	for _, m := range regexp.MustCompile(`(\w+)=~?"`).FindAllStringSubmatch(expr, -1) {
		if !has[m[1]] {
			t.Errorf("%s: no label %s", expr, m[1])
		}
	}
}
