package sight

// The smallest part of a picture that is asked about, as a share of its sides, and what rounding may add to the far edges.
const (
	leastPart = 0.02
	overhang  = 1e-6
)

// Within says whether the region lies within the picture and is large enough to be asked about. What is no number lies nowhere.
func (r Region) Within() bool {
	return r.X >= 0 && r.Y >= 0 && r.W >= leastPart && r.H >= leastPart && r.X+r.W <= 1+overhang && r.Y+r.H <= 1+overhang
}
