//go:build !linux && !windows

package screen

import (
	"context"
	"image"
)

// nowhere is a system whose screens cannot be looked at here.
type nowhere struct{}

func newDesk() desk { return nowhere{} }

func (nowhere) monitors(context.Context) ([]image.Point, error) { return nil, none(nil) }

func (nowhere) open(context.Context, int) (monitor, error) { return nil, none(nil) }
