//go:build !linux

package stats

import (
	"os"
	"path/filepath"
	"strings"

	gopsutil "github.com/shirou/gopsutil/v4/process"
)

// system is the table of processes as gopsutil has it.
type system struct{ program string } // of this process

func newTable() table {
	program, _ := os.Executable() // empty where it is not known: then the names decide
	return system{program: program}
}

func (t system) list() ([]process, error) {
	all, err := gopsutil.Processes()
	if err != nil {
		return nil, err
	}
	listed := make([]process, 0, len(all))
	for _, p := range all {
		parent, _ := p.Ppid()      // 0 where it is not known
		start, _ := p.CreateTime() // 0 for the system's own, which nobody may look into
		listed = append(listed, process{
			id: id{int(p.Pid), uint64(max(start, 0))}, parent: int(parent), ours: t.sightline(p) && mine(int(p.Pid)),
		})
	}
	return listed, nil
}

// sightline asks for the path only where the name, which is in the list already, leaves a doubt.
func (t system) sightline(p *gopsutil.Process) bool {
	name, err := p.Name()
	if err != nil {
		return false
	}
	if named(strings.TrimSuffix(strings.ToLower(name), ".exe")) {
		return true
	}
	if !strings.EqualFold(name, filepath.Base(t.program)) {
		return false
	}
	program, err := p.Exe()
	return err == nil && strings.EqualFold(program, t.program)
}

func (system) used(p id) (float64, bool) {
	one := gopsutil.Process{Pid: int32(p.pid)}
	start, err := one.CreateTime()
	if err != nil || uint64(max(start, 0)) != p.start {
		return 0, false
	}
	times, err := one.Times()
	if err != nil {
		return 0, false
	}
	return times.User + times.System, true
}

// memory is what is resident: these systems do not tell what would come free.
func (system) memory(p id) uint64 {
	info, err := (&gopsutil.Process{Pid: int32(p.pid)}).MemoryInfo()
	if err != nil {
		return 0
	}
	return info.RSS
}
