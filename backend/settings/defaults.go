package settings

// Builtin is the backend that needs no server.
const Builtin = "builtin:"

// DefaultSettings is what a first start has in common between windows: nothing chosen, nobody asked.
func DefaultSettings() Settings {
	return Settings{Version: 1, Theme: "auto", Again: "new", Backends: []Backend{}, Prompts: []Prompt{}, Private: []string{}}
}

// DefaultWindow is a window that was never changed: the camera where there is one, answered by the built-in detector every 2 s.
func DefaultWindow(id string) Window {
	return Window{
		Version:      1,
		ID:           id,
		CameraOn:     true,
		Backend:      Builtin,
		Prompt:       Presets()[0].Text,
		Pace:         "2s",
		Asking:       true,
		MaxTokens:    200,
		ImageEdge:    640,
		ImageQuality: 80,
		Overlay:      "bottom",
		Geometry:     Geometry{Width: 1360, Height: 860},
	}
}

// Presets are the questions that come with the program, in the order they are offered. IDs never change.
func Presets() []Prompt {
	return []Prompt{
		{ID: "scene", Name: "Describe the scene", Text: "Describe what you see in one sentence."},
		{ID: "objects", Name: "Objects", Text: "List the things you can see, most prominent first, with how many there are of each. One short line each."},
		{ID: "activity", Name: "Activity", Text: "What is happening right now? Say in one sentence who or what is acting, and what they are doing."},
		{ID: "safety", Name: "Safety", Text: "Look for dangers: fire, smoke, spills, blocked ways, falls, missing protective gear. Name each one and where it is. If there is none, answer: No danger seen."},
		{ID: "emotion", Name: "Emotion", Text: "What mood do the people here seem to be in? Say what in their faces or posture shows it. If there are no people, say so."},
		{ID: "accessibility", Name: "Accessibility", Text: "Describe this view for someone who cannot see it: where it is, who and what is there, what is near and in the way, and any text. At most three sentences."},
		{ID: "text", Name: "Read text", Text: "Write out all the text you can read, line by line, exactly as it is written. If there is none, answer: No text."},
		{ID: "yesno", Name: "Yes / no", Text: "Is there a person in the picture? Answer with only yes or no."},
		{
			ID: "robot", Name: "Robot navigation",
			Text: "You steer a small robot that sees this picture ahead of it. Is the way ahead free? " +
				"Answer with one word: forward, left, right or stop.",
		},
		{
			ID: "ros", Name: "Robot (ROS)",
			Text: "You steer a small ROS robot that sees this picture ahead of it. Choose its next move and answer with JSON alone, " +
				`like {"linear_x": 0.2, "angular_z": 0.0, "obstacle": "none"}. ` +
				"linear_x is -0.2 to 0.5 metres a second, forward positive; angular_z is -1.0 to 1.0 radians a second, left positive; " +
				"obstacle is the nearest thing in the way. When unsure, stop: both are 0.",
		},
	}
}
