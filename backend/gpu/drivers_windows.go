package gpu

// drivers are those that GPUs on Windows may have.
func drivers(c Config) []driver {
	return []driver{newNVML(c.NVML)}
}
