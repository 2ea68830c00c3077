package detector

import "slices"

// kind is what people call a kind of thing.
type kind struct {
	label string // COCO's name
	one   string // with its article
	many  string
	big   bool // as large as a person or larger: where it is small in the picture it is far away
}

// kinds are COCO's eighty, in its order: people first, then traffic, animals, and the things of a house.
func kinds() []kind {
	return slices.Concat(outside(), animals(), carried(), eaten(), indoors())
}

// outside are people and what they meet in a street.
func outside() []kind {
	return []kind{
		{"person", "a person", "people", true},
		{"bicycle", "a bicycle", "bicycles", true},
		{"car", "a car", "cars", true},
		{"motorcycle", "a motorcycle", "motorcycles", true},
		{"airplane", "an aeroplane", "aeroplanes", true}, //nolint:misspell // COCO's own spelling
		{"bus", "a bus", "buses", true},
		{"train", "a train", "trains", true},
		{"truck", "a truck", "trucks", true},
		{"boat", "a boat", "boats", true},
		{"traffic light", "a traffic light", "traffic lights", false},
		{"fire hydrant", "a fire hydrant", "fire hydrants", false},
		{"stop sign", "a stop sign", "stop signs", false},
		{"parking meter", "a parking meter", "parking meters", false},
		{"bench", "a bench", "benches", true},
	}
}

// animals are those that are known.
func animals() []kind {
	return []kind{
		{"bird", "a bird", "birds", false},
		{"cat", "a cat", "cats", false},
		{"dog", "a dog", "dogs", false},
		{"horse", "a horse", "horses", true},
		{"sheep", "a sheep", "sheep", true},
		{"cow", "a cow", "cows", true},
		{"elephant", "an elephant", "elephants", true},
		{"bear", "a bear", "bears", true},
		{"zebra", "a zebra", "zebras", true},
		{"giraffe", "a giraffe", "giraffes", true},
	}
}

// carried is what people have with them, and play with.
func carried() []kind {
	return []kind{
		{"backpack", "a rucksack", "rucksacks", false},
		{"umbrella", "an umbrella", "umbrellas", false},
		{"handbag", "a handbag", "handbags", false},
		{"tie", "a tie", "ties", false},
		{"suitcase", "a suitcase", "suitcases", false},
		{"frisbee", "a frisbee", "frisbees", false},
		{"skis", "a pair of skis", "pairs of skis", false},
		{"snowboard", "a snowboard", "snowboards", false},
		{"sports ball", "a ball", "balls", false},
		{"kite", "a kite", "kites", false},
		{"baseball bat", "a baseball bat", "baseball bats", false},
		{"baseball glove", "a baseball glove", "baseball gloves", false},
		{"skateboard", "a skateboard", "skateboards", false},
		{"surfboard", "a surfboard", "surfboards", false},
		{"tennis racket", "a tennis racket", "tennis rackets", false},
	}
}

// eaten is food, and what it is eaten from.
func eaten() []kind {
	return []kind{
		{"bottle", "a bottle", "bottles", false},
		{"wine glass", "a wine glass", "wine glasses", false},
		{"cup", "a cup", "cups", false},
		{"fork", "a fork", "forks", false},
		{"knife", "a knife", "knives", false},
		{"spoon", "a spoon", "spoons", false},
		{"bowl", "a bowl", "bowls", false},
		{"banana", "a banana", "bananas", false},
		{"apple", "an apple", "apples", false},
		{"sandwich", "a sandwich", "sandwiches", false},
		{"orange", "an orange", "oranges", false},
		{"broccoli", "a head of broccoli", "heads of broccoli", false},
		{"carrot", "a carrot", "carrots", false},
		{"hot dog", "a hot dog", "hot dogs", false},
		{"pizza", "a pizza", "pizzas", false},
		{"donut", "a doughnut", "doughnuts", false},
		{"cake", "a cake", "cakes", false},
	}
}

// indoors is what stands and lies about in a house.
func indoors() []kind {
	return []kind{
		{"chair", "a chair", "chairs", false},
		{"couch", "a sofa", "sofas", true},
		{"potted plant", "a potted plant", "potted plants", false},
		{"bed", "a bed", "beds", true},
		{"dining table", "a table", "tables", true},
		{"toilet", "a toilet", "toilets", false},
		{"tv", "a screen", "screens", false},
		{"laptop", "a laptop", "laptops", false},
		{"mouse", "a computer mouse", "computer mice", false},
		{"remote", "a remote control", "remote controls", false},
		{"keyboard", "a keyboard", "keyboards", false},
		{"cell phone", "a mobile phone", "mobile phones", false},
		{"microwave", "a microwave oven", "microwave ovens", false},
		{"oven", "an oven", "ovens", false},
		{"toaster", "a toaster", "toasters", false},
		{"sink", "a sink", "sinks", false},
		{"refrigerator", "a fridge", "fridges", true},
		{"book", "a book", "books", false},
		{"clock", "a clock", "clocks", false},
		{"vase", "a vase", "vases", false},
		{"scissors", "a pair of scissors", "pairs of scissors", false},
		{"teddy bear", "a teddy bear", "teddy bears", false},
		{"hair drier", "a hairdryer", "hairdryers", false},
		{"toothbrush", "a toothbrush", "toothbrushes", false},
	}
}
