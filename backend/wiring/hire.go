package wiring

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/origin"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/slots"
	"sightline/backend/vlm"
	"sightline/backend/vlm/openai"
	"sightline/backend/vlm/pool"
	"sightline/backend/windows"
)

// Asker asks a backend about a source. Pictures of a source that is to stay on this network are refused to a backend outside of it, and to
// whoever would stand in for it.
func (s *Servers) Asker(b settings.Backend, common settings.Settings, source string) (vlm.Asker, error) {
	private := s.Private(common, source)
	if private && s.Leaves(b) {
		return nil, &fault.Error{
			Code: "backend.private", Message: fmt.Sprintf("Pictures of this source stay on this network, and %s is outside of it.", cmp.Or(b.Name, b.URL)),
			Hint: "Choose another backend, or allow it in settings, under Privacy.", Blame: fault.Question,
		}
	}
	standIn, err := s.fallback(b, common, private)
	if err != nil {
		return nil, err
	}
	if len(b.Replicas) == 0 && b.InFlight == 0 && b.PerMinute == 0 && standIn.Asker == nil {
		client, err := s.client(b, b.URL, b.Times.Or(common.Times), s.key)
		if err != nil {
			return nil, err
		}
		return s.measured(client), nil
	}
	return s.pool(b, b.Times.Or(common.Times), standIn)
}

// Private says whether a source is to stay on this network: a recording stays where what it shows has to, and one that does not say what that is
// stays as well, wherever anything has to.
func (s *Servers) Private(common settings.Settings, source string) bool {
	if len(common.Private) == 0 {
		return false
	}
	uris, known := s.origins.of(source)
	return !known || slices.ContainsFunc(uris, func(uri string) bool {
		return slices.ContainsFunc(common.Private, func(private string) bool { return capture.MayBeSame(private, uri) })
	})
}

// Leaves says whether pictures sent to a backend leave this network: as the person said, else by its addresses.
func (s *Servers) Leaves(b settings.Backend) bool {
	if b.Leaves != "" {
		return b.Leaves == "yes"
	}
	return slices.ContainsFunc(b.URLs(), func(url string) bool {
		_, _, public, err := s.Base(url)
		return err != nil || public
	})
}

// pool asks a backend that has several servers, limits, or somebody to stand in for it.
func (s *Servers) pool(b settings.Backend, t settings.TimeLimits, standIn pool.Fallback) (vlm.Asker, error) {
	c := pool.Config{Name: b.Name, Fallback: standIn, Limits: pool.Limits{FirstToken: seconds(t.FirstToken)}}
	for _, url := range b.URLs() {
		client, err := s.client(b, url, t, s.key)
		if err != nil {
			return nil, err
		}
		room := slots.New(slots.Config{
			Dir: filepath.Join(windows.Dir(), "slots"), Key: origin.Of(client.Base()), InFlight: b.InFlight, PerMinute: b.PerMinute,
		})
		c.Replicas = append(c.Replicas, pool.Replica{Name: client.Base().Host, Asker: s.measured(client), Room: room})
	}
	return pool.New(c), nil
}

// fallback is who stands in for a backend; nobody, where none is named, it is gone, or pictures may not go there.
func (s *Servers) fallback(b settings.Backend, common settings.Settings, private bool) (pool.Fallback, error) {
	if b.Fallback == settings.Builtin {
		return pool.Fallback{Name: settings.BuiltinName, Asker: s.Builtin()}, nil
	}
	i := slices.IndexFunc(common.Backends, func(o settings.Backend) bool { return o.ID == b.Fallback && o.ID != b.ID })
	if b.Fallback == "" || i < 0 || private && s.Leaves(common.Backends[i]) {
		return pool.Fallback{}, nil
	}
	other := common.Backends[i]
	other.Fallback = ""
	strangers := &Servers{keys: s.keys, gpus: s.gpus, scale: s.scale, sight: s.sight} // the key that was given for this run is not for that one
	asker, err := strangers.Asker(other, common, "")
	return pool.Fallback{Name: other.Name, Asker: withModel{asker, other.Model}}, err
}

// withModel asks for a model of its own, whatever the question names.
type withModel struct {
	vlm.Asker
	model string
}

// Ask implements vlm.Asker.
func (a withModel) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	q.Model = a.model
	return a.Asker.Ask(ctx, q, on)
}

// Close closes the asker, where that can be closed.
func (a withModel) Close() {
	if c, ok := a.Asker.(interface{ Close() }); ok {
		c.Close()
	}
}

func (s *Servers) client(b settings.Backend, url string, t settings.TimeLimits, key string) (*openai.Client, error) {
	_, owner, _, err := s.Base(url)
	if err != nil {
		return nil, err
	}
	return openai.New(openai.Config{
		Base: url, Name: b.Name, Limits: limits(t), CAFile: b.CAFile,
		Key: func(ctx context.Context) (string, error) {
			if key != "" {
				return key, nil
			}
			saved, err := s.keys.Get(ctx, owner)
			return saved.Reveal(), err
		},
	})
}

func limits(t settings.TimeLimits) openai.Limits {
	return openai.Limits{
		Connect: seconds(t.Connect), FirstToken: seconds(t.FirstToken), BetweenTokens: seconds(t.BetweenTokens), Total: seconds(t.Total),
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
