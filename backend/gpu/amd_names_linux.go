package gpu

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxList is how much of a list of names is read; the longest has a million and a half.
const maxList = 8 << 20

// nameLists are files on this machine that know what GPUs are called by their numbers; they come with the graphics libraries.
type nameLists struct {
	amdgpu []string // libdrm's amdgpu.ids: exact names of AMD's own
	pci    []string // pci.ids: all devices, and one name for several models
}

func systemLists() nameLists {
	return nameLists{
		amdgpu: []string{"/usr/share/libdrm/amdgpu.ids"},
		pci:    []string{"/usr/share/hwdata/pci.ids", "/usr/share/misc/pci.ids"},
	}
}

// name is looked up once for each GPU. One that is a part of the processor says so.
func (a *amd) name(c *card) string {
	if name, ok := a.names[c.address]; ok {
		return name
	}
	name := a.lookUpName(c)
	if c.integrated() {
		name += " (integrated)"
	}
	if !c.fell {
		a.names[c.address] = name
	}
	return name
}

func (a *amd) lookUpName(c *card) string {
	device, revision := strings.TrimPrefix(c.text("device"), "0x"), strings.TrimPrefix(c.text("revision"), "0x")
	name := c.text("product_name") // from the card's own memory; mostly those for data centres have it
	if name == "" {
		name = first(a.lists.amdgpu, func(lines *bufio.Scanner) string { return nameInAMDGPU(lines, device, revision) })
	}
	if name == "" {
		name = first(a.lists.pci, func(lines *bufio.Scanner) string { return nameInPCI(lines, device) })
	}
	switch {
	case name == "":
		return fmt.Sprintf("AMD GPU (1002:%s)", device)
	case strings.Contains(name, "AMD"):
		return name
	default:
		return "AMD " + name
	}
}

// first is what find finds in the first of the files that has it.
func first(paths []string, find func(lines *bufio.Scanner) string) string {
	for _, path := range paths {
		f, err := os.Open(filepath.Clean(path))
		if err != nil {
			continue
		}
		name := find(bufio.NewScanner(io.LimitReader(f, maxList)))
		_ = f.Close() // it was only read
		if name != "" {
			return name
		}
	}
	return ""
}

// nameInAMDGPU finds lines such as "744C,	C8,	AMD Radeon RX 7900 XTX".
func nameInAMDGPU(lines *bufio.Scanner, device, revision string) string {
	for lines.Scan() {
		fields := strings.SplitN(lines.Text(), ",", 3)
		if len(fields) == 3 && strings.EqualFold(strings.TrimSpace(fields[0]), device) && strings.EqualFold(strings.TrimSpace(fields[1]), revision) {
			return strings.TrimSpace(fields[2])
		}
	}
	return ""
}

// nameInPCI finds "	744c  Navi 31 [Radeon RX 7900 XT/7900 XTX]" below "1002  Advanced Micro Devices, Inc. [AMD/ATI]", and gives the name it
// is sold under, where there is one in brackets.
func nameInPCI(lines *bufio.Scanner, device string) string {
	ours := false
	for lines.Scan() {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] != '\t' {
			if ours {
				return "" // the next vendor
			}
			ours = strings.HasPrefix(line, "1002 ")
			continue
		}
		name, ok := strings.CutPrefix(line, "\t"+device+"  ")
		if ours && ok {
			return soldAs(strings.TrimSpace(name))
		}
	}
	return ""
}

func soldAs(name string) string {
	if _, inside, ok := strings.Cut(strings.TrimSuffix(name, "]"), "["); ok {
		return inside
	}
	return name
}
