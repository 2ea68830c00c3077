package wiring

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestMachineStaysAwakeWhileItRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		held, asked := 0, 0
		v := &vigil{hold: func(context.Context, string) (func(), error) {
			time.Sleep(time.Second) // a slow system
			held++
			asked++
			return func() { held-- }, nil
		}}
		v.Keep(true)
		v.Keep(true)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if held != 1 {
			t.Errorf("held %d times while it records", held)
		}
		v.Keep(false)
		v.Keep(true)
		v.Keep(false)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if held != 0 || asked > 2 {
			t.Errorf("held %d times after recording, asked %d times", held, asked)
		}
	})
}

func TestSystemThatCannotBeAskedIsNoMatter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		v := &vigil{hold: func(context.Context, string) (func(), error) { asked++; return nil, errors.New("no logind") }}
		v.Keep(true)
		synctest.Wait()
		v.Keep(false)
		synctest.Wait()
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
	})
}
