package gpu

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	searchAfter    = 5 * time.Second // who uses a GPU is looked for this seldom: a search goes through every process' open files
	maxDescriptors = 4096            // of a process; a program that draws opens its GPU early
)

// addProcesses fills in who uses the GPUs: who computes by ROCm as the kernel tells everybody, and else whom this person may look at.
func (a *amd) addProcesses(gpus []GPU, addresses []string) {
	computing, drawing := a.computing(), a.users.find(a.proc, a.read)
	for i, address := range addresses {
		gpus[i].Processes = a.named(merge(computing[address], drawing[address]))
	}
}

// merge gives each process once. Memory that was got by ROCm shows in both lists.
func merge(computing, drawing []Process) []Process {
	all := map[int]Process{}
	for _, p := range drawing {
		all[p.PID] = p
	}
	for _, p := range computing {
		if other, ok := all[p.PID]; ok && *other.Memory > *p.Memory {
			p.Memory = other.Memory
		}
		all[p.PID] = p
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Process) int {
		return cmp.Or(cmp.Compare(*b.Memory, *a.Memory), cmp.Compare(a.PID, b.PID))
	})
}

// named is never nil.
func (a *amd) named(list []Process) []Process {
	for i := range list {
		list[i].Name = a.program(list[i].PID)
	}
	return append([]Process{}, list...)
}

// program is a process' program: the name of its file where that may be seen, else the one anybody may, of 15 letters.
func (a *amd) program(pid int) string {
	dir := filepath.Join(a.proc, strconv.Itoa(pid))
	if path, err := os.Readlink(filepath.Join(dir, "exe")); err == nil {
		return filepath.Base(strings.TrimSuffix(path, " (deleted)"))
	}
	name, _ := a.read(filepath.Join(dir, "comm")) // it has ended
	return name
}

// computing are the processes that compute by ROCm, by the GPU's PCI address; empty where the kernel does not tell. They are not in fdinfo,
// since their work reaches the GPU without the kernel.
func (a *amd) computing() map[string][]Process {
	root := filepath.Join(a.sysfs, "class", "kfd", "kfd")
	addresses := a.kfdAddresses(filepath.Join(root, "topology", "nodes"))
	users := map[string][]Process{}
	for _, pid := range numbered(filepath.Join(root, "proc")) {
		dir := filepath.Join(root, "proc", strconv.Itoa(pid))
		queues := a.kfdQueues(dir)
		for id, address := range addresses {
			bytes := a.count(filepath.Join(dir, "vram_"+id))
			if bytes > 0 || queues[id] { // the kernel lists every process at every GPU
				users[address] = append(users[address], Process{PID: pid, Kind: "compute", Memory: &bytes})
			}
		}
	}
	return users
}

// kfdAddresses gives the PCI address for each number that the kernel's compute driver has for a GPU.
func (a *amd) kfdAddresses(nodes string) map[string]string {
	addresses := map[string]string{}
	for _, n := range numbered(nodes) {
		dir := filepath.Join(nodes, strconv.Itoa(n))
		id, err := a.read(filepath.Join(dir, "gpu_id"))
		if err != nil || id == "0" || id == "" { // a processor
			continue
		}
		text, err := a.read(filepath.Join(dir, "properties"))
		if err != nil {
			continue
		}
		addresses[id] = kfdAddress(text)
	}
	return addresses
}

// kfdAddress puts together what the properties have apart: the domain, and bus, device and function in one number.
func kfdAddress(properties string) string {
	var domain, location uint64
	for line := range strings.Lines(properties) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "domain":
			domain, _ = strconv.ParseUint(value, 10, 32) // 0, as on almost every machine
		case "location_id":
			location, _ = strconv.ParseUint(value, 10, 32)
		}
	}
	return fmt.Sprintf("%04x:%02x:%02x.%d", domain, location>>8&0xff, location>>3&0x1f, location&7)
}

// kfdQueues are the numbers of the GPUs to which the process hands work.
func (a *amd) kfdQueues(process string) map[string]bool {
	gpus := map[string]bool{}
	for _, q := range numbered(filepath.Join(process, "queues")) {
		if id, err := a.read(filepath.Join(process, "queues", strconv.Itoa(q), "gpuid")); err == nil {
			gpus[id] = true
		}
	}
	return gpus
}

func (a *amd) count(path string) uint64 {
	text, _ := a.read(path) // it has ended
	n, _ := strconv.ParseUint(text, 10, 64)
	return n
}

// numbered are the entries of a folder whose names are numbers.
func numbered(dir string) []int {
	var list []int
	entries, _ := os.ReadDir(dir) // none: there is no such thing here
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// graphicsUsers are the processes that have a GPU open, found now and then.
type graphicsUsers struct {
	searched time.Time
	found    map[string][]Process // by the GPU's PCI address
}

func (u *graphicsUsers) find(proc string, read func(string) (string, error)) map[string][]Process {
	if u.found != nil && time.Since(u.searched) < searchAfter {
		return u.found
	}
	u.searched, u.found = time.Now(), map[string][]Process{}
	for _, pid := range numbered(proc) {
		for address, use := range usesOf(filepath.Join(proc, strconv.Itoa(pid)), read) {
			if use.idle() {
				continue // it only has the GPU open, as a session's manager has
			}
			u.found[address] = append(u.found[address], Process{PID: pid, Kind: use.kind(), Memory: &use.memory})
		}
	}
	return u.found
}

// use is what one process takes of one GPU.
type use struct {
	memory            uint64 // bytes
	graphics, compute uint64 // ns of the GPU's time
	other             uint64 // ns of copying and of video
}

func (u use) idle() bool { return u == use{} }

func (u use) kind() string {
	if u.compute > u.graphics {
		return "compute"
	}
	return "graphics"
}

// usesOf adds up what a process takes by all it has open, by the GPU's PCI address. What is open twice counts once. Of another person's
// process nothing can be seen.
func usesOf(process string, read func(string) (string, error)) map[string]use {
	uses := map[string]use{}
	seen := map[string]bool{}
	for _, fd := range descriptors(filepath.Join(process, "fd")) {
		target, err := os.Readlink(filepath.Join(process, "fd", fd))
		if err != nil || !strings.HasPrefix(target, "/dev/dri/") {
			continue
		}
		text, err := read(filepath.Join(process, "fdinfo", fd))
		if err != nil {
			continue
		}
		info := parseFDInfo(text)
		client := info["drm-pdev"] + " " + info["drm-client-id"]
		if info["drm-driver"] != "amdgpu" || seen[client] {
			continue
		}
		seen[client] = true
		uses[info["drm-pdev"]] = uses[info["drm-pdev"]].plus(info)
	}
	return uses
}

func descriptors(dir string) []string {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = d.Close() }()           // it was only read
	names, _ := d.Readdirnames(maxDescriptors) // the process has ended
	return names
}

func parseFDInfo(text string) map[string]string {
	info := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok {
			info[key] = strings.TrimSpace(value)
		}
	}
	return info
}

func (u use) plus(info map[string]string) use {
	vram, ok := info["drm-memory-vram"]
	if !ok {
		vram = info["drm-resident-vram"] // its later name
	}
	u.memory += quantity(vram)
	u.graphics += quantity(info["drm-engine-gfx"])
	u.compute += quantity(info["drm-engine-compute"])
	for _, engine := range []string{"dma", "enc", "enc_1", "dec", "jpeg"} {
		u.other += quantity(info["drm-engine-"+engine])
	}
	return u
}

// quantity is a number with its unit, if any: "1024 KiB", "5120 ns".
func quantity(text string) uint64 {
	digits, unit, _ := strings.Cut(text, " ")
	n, _ := strconv.ParseUint(digits, 10, 64)
	switch unit {
	case "KiB":
		return n << 10
	case "MiB":
		return n << 20
	}
	return n
}
