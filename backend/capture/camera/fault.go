package camera

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"sightline/backend/fault"
)

// Codes of the faults given here.
const (
	codeNone     = "camera.none"
	codeMissing  = "camera.missing"
	codeGone     = "camera.gone"
	codeBusy     = "camera.busy"
	codeDenied   = "camera.denied"
	codeCrowded  = "camera.crowded"
	codeStalled  = "camera.stalled"
	codeHung     = "camera.hung"
	codeUnusable = "camera.unusable"
	codeFailed   = "camera.failed"
	codeTwins    = "camera.twins"
)

// explain is what a driver's error means for a person. Faults pass through.
func explain(cam attached, err error) error {
	var known *fault.Error
	name := cam.label()
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case ended(err), means(err, syscall.ENODEV), means(err, syscall.ENXIO), means(err, syscall.ENOENT):
		return gone(name, err)
	case means(err, syscall.EBUSY):
		return busy(cam, err)
	case means(err, syscall.EACCES), means(err, syscall.EPERM):
		return denied(cam, err)
	case means(err, syscall.ENOSPC):
		return crowded(name, err)
	}
	return failed(name, err)
}

func ended(err error) bool { return errors.Is(err, io.EOF) }

// means also reads the number from the words, since the driver passes some errors on as text.
func means(err error, number syscall.Errno) bool {
	return errors.Is(err, number) || strings.HasSuffix(err.Error(), ": "+number.Error())
}

func none() error {
	return sourceFault(codeNone, nil, "No camera is attached.", "Plug one in, or look around with sample: instead.")
}

func missing(name string, found []attached) error {
	return sourceFault(codeMissing, nil,
		fmt.Sprintf("No camera is named %s; attached: %s.", name, labels(found)),
		"Choose one of those, or plug the other one in.")
}

// absent is for the very camera that was chosen.
func absent(name string, others []attached) error {
	hint := "Plug it in: Sightline then goes on by itself."
	if len(others) > 0 {
		hint = fmt.Sprintf("Plug it in: Sightline then goes on by itself. Or choose another one: %s.", labels(others))
	}
	return sourceFault(codeGone, nil, fmt.Sprintf("The camera %s is unplugged.", name), hint)
}

// ambiguous is for a camera that is remembered by a serial number which several have.
func ambiguous(name string, found []attached) error {
	return sourceFault(codeTwins, nil,
		fmt.Sprintf("Several cameras have the serial number by which the camera %s was remembered.", name),
		fmt.Sprintf("Choose it once more, Sightline then knows it by its place: %s.", labels(found)))
}

func labels(found []attached) string {
	all := make([]string, len(found))
	for i, cam := range found {
		all[i] = cam.label()
	}
	return strings.Join(all, ", ")
}

func gone(name string, cause error) error {
	return sourceFault(codeGone, cause,
		fmt.Sprintf("The camera %s was unplugged.", name),
		"Plug it in again: Sightline then goes on by itself.")
}

// busy names the programs that hold the camera, where the system tells.
func busy(cam attached, cause error) error {
	holders := holdersOf(cam.paths)
	if len(holders) == 0 {
		return sourceFault(codeBusy, cause,
			fmt.Sprintf("The camera %s is in use by another program or window.", cam.label()),
			"Close that one: Sightline then goes on by itself.")
	}
	return sourceFault(codeBusy, cause,
		fmt.Sprintf("The camera %s is in use by %s.", cam.label(), strings.Join(holders, " and ")),
		"Stop the camera there, or close that program: Sightline then goes on by itself.")
}

func denied(cam attached, cause error) error {
	return sourceFault(codeDenied, cause, fmt.Sprintf("You are not allowed to use the camera %s.", cam.label()), howToBeAllowed(cam.paths))
}

func crowded(name string, cause error) error {
	return sourceFault(codeCrowded, cause,
		fmt.Sprintf("The USB connection has no room left for the camera %s.", name),
		"Plug it in somewhere else, best without a hub, or unplug another camera.")
}

func stalled(name string) error {
	return sourceFault(codeStalled, nil,
		fmt.Sprintf("The camera %s sends no pictures.", name),
		"Check its shutter and cable, or unplug it and plug it in again; Sightline tries again by itself.")
}

// hung is for a driver call that does not come back; count is how many of them there are.
func hung(name string, count int) error {
	return sourceFault(codeHung, fmt.Errorf("cameras with a driver call that has not returned: %d", count),
		fmt.Sprintf("The camera %s does not answer any more.", name),
		"Unplug it and plug it in again; Sightline tries again by itself.")
}

func unlisted() error {
	return sourceFault(codeHung, nil, "The cameras do not answer.", "Unplug them and plug them in again; Sightline tries again by itself.")
}

func unusable(name string) error {
	return sourceFault(codeUnusable, nil,
		fmt.Sprintf("The camera %s offers no kind of picture that Sightline reads.", name),
		"Choose another camera.")
}

func failed(name string, cause error) error {
	return sourceFault(codeFailed, cause,
		fmt.Sprintf("The camera %s failed.", name),
		"Close other programs that may use it, or unplug it and plug it in again; Sightline tries again by itself.")
}

func sourceFault(code string, cause error, message, hint string) error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Source, Cause: cause}
}
