package wiring

import (
	"sightline/backend/doctor"
	"sightline/backend/settings"
	"sightline/backend/vlm/openai"
)

var _ doctor.Server = (*openai.Client)(nil)

// Examined is a backend's servers as the doctor looks at them: one by one, without limits and without anybody to stand in.
func (s *Servers) Examined(b settings.Backend, common settings.Settings) ([]doctor.Server, error) {
	var all []doctor.Server
	for _, url := range b.URLs() {
		client, err := s.client(b, url, b.Times.Or(common.Times), s.key)
		if err != nil {
			return nil, err
		}
		all = append(all, client)
	}
	return all, nil
}
