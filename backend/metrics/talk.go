package metrics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"sightline/backend/local"
)

// What windows say to each other: who connects is told the figures in Prometheus' text format, which ends with a line that no cut text has.
const (
	theEnd       = "# EOF\n"
	talkPatience = time.Second // for one window's figures
	mostText     = 16 << 20    // bytes of them
	mostTalks    = 4           // at once; more wait
	ours         = "sightline_"
)

// tell lets the other windows fetch this one's figures, until ctx ends.
func (h *home) tell(ctx context.Context, gather func() ([]*dto.MetricFamily, error)) error {
	listener, leave, err := h.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	var all sync.WaitGroup
	defer all.Wait()
	places := make(chan struct{}, mostTalks)
	err = local.Serve(ctx, listener, func(conn net.Conn) {
		places <- struct{}{} // who is told has a deadline
		all.Go(func() { defer func() { <-places }(); say(ctx, conn, gather) })
	})
	if errors.Is(err, net.ErrClosed) {
		return noHome(h.dir, err)
	}
	return err
}

// say tells one who has connected.
func say(ctx context.Context, conn net.Conn, gather func() ([]*dto.MetricFamily, error)) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	families, err := gather()
	if err != nil {
		slog.Warn("metrics: figures were left out", "cause", err)
	}
	var text bytes.Buffer
	to := expfmt.NewEncoder(&text, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if err := to.Encode(f); err != nil {
			slog.Warn("metrics: a figure was left out", "cause", err)
		}
	}
	text.WriteString(theEnd)
	_ = conn.SetDeadline(time.Now().Add(talkPatience)) // a connection without deadlines ends with the other side
	_, _ = conn.Write(text.Bytes())                    // who does not wait for it is not told
}

// fetch gets the figures of all other windows at once. One that is gone, hangs or talks nonsense is left out.
func (h *home) fetch(ctx context.Context) [][]*dto.MetricFamily {
	ctx, cancel := context.WithTimeout(ctx, talkPatience)
	defer cancel()
	sockets := h.others()
	told := make([][]*dto.MetricFamily, len(sockets))
	var all sync.WaitGroup
	for i, socket := range sockets {
		all.Go(func() {
			families, err := hear(ctx, socket)
			if err != nil {
				slog.Debug("metrics: a window is left out", "cause", err)
			}
			told[i] = families
		})
	}
	all.Wait()
	return told
}

// hear fetches the figures of one window.
func hear(ctx context.Context, socket string) ([]*dto.MetricFamily, error) {
	conn, err := local.Dial(ctx, socket)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	text, err := io.ReadAll(io.LimitReader(conn, mostText+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("fetch a window's figures: %w", err)
	case len(text) > mostText:
		return nil, errors.New("a window tells too much")
	case !bytes.HasSuffix(text, []byte(theEnd)):
		return nil, errors.New("a window's figures were cut short")
	}
	return read(text)
}

// read is what a window said, without what is none of a window's own: those of the machine are told once, by the one who serves.
func read(text []byte) ([]*dto.MetricFamily, error) {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	parsed, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("read a window's figures: %w", err)
	}
	var families []*dto.MetricFamily
	for name, f := range parsed {
		if !strings.HasPrefix(name, ours) {
			continue
		}
		metrics := f.Metric[:0]
		for _, m := range f.Metric {
			if ofWindow(m) {
				metrics = append(metrics, m)
			}
		}
		if f.Metric = metrics; len(metrics) > 0 {
			families = append(families, f)
		}
	}
	return families, nil
}

func ofWindow(m *dto.Metric) bool {
	for _, l := range m.GetLabel() {
		if l.GetName() == "window" {
			return l.GetValue() != ""
		}
	}
	return false
}
