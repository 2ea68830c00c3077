package doctor

import (
	"context"
	"maps"

	"sightline/backend/settings"
)

// mostProfiles is how many models of one backend are remembered: the ones looked at last.
const mostProfiles = 100

// Save keeps what was found out about a model with the saved backend of that ID. A backend that was deleted in the meantime stays deleted.
func Save(ctx context.Context, store *settings.Store, id, model string, found settings.Profile) error {
	_, err := store.Change(ctx, func(s *settings.Settings) error {
		for i, b := range s.Backends {
			if b.ID == id {
				s.Backends[i].Profiles = with(b.Profiles, model, found)
			}
		}
		return nil
	})
	return err
}

// with is profiles and one more, without the oldest where there are too many.
func with(profiles map[string]settings.Profile, model string, found settings.Profile) map[string]settings.Profile {
	all := maps.Clone(profiles)
	if all == nil {
		all = map[string]settings.Profile{}
	}
	all[model] = found
	for len(all) > mostProfiles {
		delete(all, oldest(all))
	}
	return all
}

func oldest(profiles map[string]settings.Profile) (model string) {
	for m, p := range profiles {
		if model == "" || p.Checked < profiles[model].Checked {
			model = m
		}
	}
	return model
}
