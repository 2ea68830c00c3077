package gpu

// drivers are those that GPUs on Linux may have.
func drivers(c Config) []driver {
	return []driver{newNVML(c.NVML), newAMD(c.Sysfs)}
}
