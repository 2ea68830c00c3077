package camera

import (
	"os"
	"os/user"
	"slices"
	"strconv"
	"syscall"
)

// howToBeAllowed says how to get at a camera's node: mostly by a group that may use it.
func howToBeAllowed(paths []string) string {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		owner, ok := info.Sys().(*syscall.Stat_t)
		if !ok || info.Mode().Perm()&0o060 != 0o060 || owner.Gid == 0 {
			break
		}
		return howToJoin(owner.Gid)
	}
	return ask(paths)
}

// howToJoin is a command to paste, unless the person has been let in since.
func howToJoin(gid uint32) string {
	id := strconv.FormatUint(uint64(gid), 10)
	group := id
	if g, err := user.LookupGroupId(id); err == nil {
		group = g.Name
	}
	if me, err := user.Current(); err == nil {
		if groups, err := me.GroupIds(); err == nil && slices.Contains(groups, id) {
			return "You have joined the group " + group + " since you logged in: log out and in again."
		}
	}
	return "Run: sudo usermod -aG " + group + " $USER, then log out and in again."
}

func ask(paths []string) string {
	if len(paths) == 0 {
		return "Ask who looks after this computer to let you use it."
	}
	return "Run: sudo setfacl -m u:$USER:rw " + paths[0] + ", which holds until it is plugged in again."
}
