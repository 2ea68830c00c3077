package gpu

// driver speaks to one vendor's driver. Its calls may hang; they are made by one goroutine at a time.
type driver interface {
	look(details bool) []GPU // never nil; GPUs that are lost are left out
	meters() []Meter         // never nil
	close()
}
