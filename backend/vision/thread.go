package vision

import goruntime "runtime"

// thread is one thread of the operating system that does one job after another. All work with the runtime goes through it, since the C library
// keeps for each thread what that has freed: were it any thread of Go's, most of them would soon hold memory that nobody uses.
type thread struct {
	jobs chan func()
	gone chan struct{}
}

func newThread() *thread {
	t := &thread{make(chan func()), make(chan struct{})}
	go t.run()
	return t
}

func (t *thread) run() {
	defer close(t.gone)
	goruntime.LockOSThread() // and never unlocked: the thread ends with its last job
	for job := range t.jobs {
		job()
	}
}

// do waits until the job is done.
func (t *thread) do(job func()) {
	done := make(chan struct{})
	t.jobs <- func() {
		defer close(done)
		job()
	}
	<-done
}

func (t *thread) end() {
	close(t.jobs)
	<-t.gone
}
