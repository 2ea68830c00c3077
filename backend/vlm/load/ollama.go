package load

import "encoding/json"

// ollama reads what Ollama says at /api/ps (api/types.go, ProcessResponse): the models in memory, with bytes in all and on GPUs. It says
// nothing of its work.
func ollama(body []byte) *Load {
	var said struct {
		Models *[]struct {
			Name string `json:"name"`
			Size int64  `json:"size"`
			VRAM *int64 `json:"size_vram"`
		} `json:"models"`
	}
	if json.Unmarshal(body, &said) != nil || said.Models == nil {
		return nil
	}
	models := []Model{}
	for _, one := range *said.Models {
		if name := fit(one.Name); name != "" && len(models) < mostModels {
			models = append(models, Model{Name: name, Memory: memory(&one.Size), GPUMemory: memory(one.VRAM)})
		}
	}
	return &Load{Server: "Ollama", Models: models}
}

// memory is so many bytes; nil where that cannot be.
func memory(bytes *int64) *uint64 {
	if bytes == nil || *bytes < 0 {
		return nil
	}
	size := uint64(*bytes)
	return &size
}
