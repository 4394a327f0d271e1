package sample

// A picture says how the sample draws one of CIFAR-10's classes: a figure in
// front of a scene, usually one in which it is at home. In some images it is
// somewhere else, where the scene tells nothing about the class or even
// suggests another.
type picture struct {
	home, elsewhere []scene
	body            [2]color // the body's color is between these two
	figure          []part
}

// strangers is the share of the images that show a figure away from home.
const strangers = 0.28

// A scene is the background of a figure: a color above the horizon and one
// below. The horizon, as a share of the height, lies between two bounds.
type scene struct {
	above, below color
	horizon      [2]float32
}

// A part of a figure is an ellipse or a box about (x, y). width and height are
// half of its extent, and its color is the body's times shade.
type part struct {
	x, y, width, height, shade float32
	shape                      shape
}

// A shape is the form of a figure's part.
type shape bool

const (
	oval shape = false
	box  shape = true
)

var (
	hair  = [2]color{{0.16, 0.10, 0.07}, {0.80, 0.66, 0.50}}
	hide  = [2]color{{0.42, 0.28, 0.16}, {0.72, 0.52, 0.34}}
	skin  = [2]color{{0.26, 0.42, 0.16}, {0.45, 0.40, 0.25}}
	metal = [2]color{{0.70, 0.15, 0.15}, {0.20, 0.45, 0.75}}
	paint = [2]color{{0.45, 0.45, 0.46}, {0.92, 0.92, 0.90}}

	sky      = scene{color{0.65, 0.78, 0.93}, color{0.65, 0.78, 0.93}, [2]float32{1, 1}}
	haze     = scene{color{0.75, 0.77, 0.79}, color{0.75, 0.77, 0.79}, [2]float32{1, 1}}
	airfield = scene{color{0.75, 0.77, 0.79}, color{0.40, 0.40, 0.42}, [2]float32{0.6, 0.9}}
	street   = scene{color{0.54, 0.53, 0.54}, color{0.40, 0.40, 0.42}, [2]float32{0.4, 0.7}}
	sea      = scene{color{0.65, 0.78, 0.93}, color{0.20, 0.36, 0.50}, [2]float32{0.35, 0.7}}
	meadow   = scene{color{0.65, 0.78, 0.93}, color{0.47, 0.60, 0.30}, [2]float32{0.2, 0.6}}
	forest   = scene{color{0.20, 0.26, 0.13}, color{0.45, 0.58, 0.28}, [2]float32{0.5, 0.9}}
	sand     = scene{color{0.75, 0.77, 0.79}, color{0.64, 0.56, 0.43}, [2]float32{0.0, 0.5}}
	room     = scene{color{0.66, 0.58, 0.52}, color{0.45, 0.36, 0.29}, [2]float32{0.4, 0.8}}

	// The frog's scenes are dark above and light below, the horse's are light
	// above and dark below, and none is very bright. Because they differ in
	// layout and not in brightness, the two classes suit a linear classifier
	// even at a high learning rate, at which its threshold moves with every
	// image's brightness. When not at home, both appear in the same place,
	// where only the animal tells them apart.
	pond     = scene{color{0.11, 0.13, 0.08}, color{0.33, 0.45, 0.38}, [2]float32{0.3, 0.6}}
	soil     = scene{color{0.11, 0.13, 0.08}, color{0.49, 0.41, 0.28}, [2]float32{0.3, 0.6}}
	pasture  = scene{color{0.49, 0.57, 0.66}, color{0.17, 0.20, 0.09}, [2]float32{0.4, 0.65}}
	paddock  = scene{color{0.49, 0.57, 0.66}, color{0.21, 0.15, 0.10}, [2]float32{0.4, 0.65}}
	clearing = scene{color{0.32, 0.34, 0.33}, color{0.30, 0.31, 0.21}, [2]float32{0.4, 0.65}}
)

// pictures are the pictures of the classes, in the order of their labels. A
// scene that is listed twice is twice as likely.
var pictures = [...]picture{
	{[]scene{sky, sky, haze}, []scene{airfield, sea}, paint, []part{ // airplane
		{-0.2, -0.35, 0.16, 0.38, 0.65, oval}, {-0.85, -0.28, 0.14, 0.28, 1, oval},
		{0, 0, 1.05, 0.17, 1, oval}, {-0.25, 0.38, 0.18, 0.36, 0.65, oval}, {0.82, -0.04, 0.1, 0.06, 0.4, oval},
	}},
	{[]scene{street, street, airfield}, []scene{meadow, sand}, metal, []part{ // automobile
		{0, 0.45, 1.05, 0.15, 0.1, oval}, {0, -0.22, 0.52, 0.25, 0.85, box}, {0, -0.2, 0.4, 0.16, 0.4, box},
		{0, 0.15, 1, 0.2, 1, box}, {-0.6, 0.4, 0.22, 0.22, 0.1, oval}, {0.6, 0.4, 0.22, 0.22, 0.1, oval}, {0.95, 0.12, 0.07, 0.07, 1.6, oval},
	}},
	{[]scene{sky, haze, forest}, []scene{meadow, sand}, hair, []part{ // bird
		{-0.7, 0.12, 0.4, 0.12, 0.7, oval}, {0.05, 0.55, 0.06, 0.28, 0.1, box}, {0, 0.05, 0.55, 0.36, 1, oval},
		{-0.15, 0, 0.4, 0.2, 0.6, oval}, {0.75, -0.3, 0.2, 0.09, 1.5, oval}, {0.45, -0.32, 0.25, 0.24, 1.1, oval}, {0.53, -0.37, 0.06, 0.06, 0.1, oval},
	}},
	{[]scene{room, room, sand}, []scene{meadow, street}, hair, []part{ // cat
		{-0.7, 0.3, 0.13, 0.45, 0.8, oval}, {-0.05, 0.45, 0.5, 0.6, 1, oval},
		{-0.3, -0.65, 0.14, 0.32, 0.8, oval}, {0.3, -0.65, 0.14, 0.32, 0.8, oval}, {0, -0.32, 0.48, 0.4, 1.1, oval},
		{-0.2, -0.38, 0.11, 0.1, 1.5, oval}, {0.2, -0.38, 0.11, 0.1, 1.5, oval}, {0, -0.14, 0.16, 0.12, 1.6, oval},
	}},
	{[]scene{forest, forest, meadow}, []scene{sand, pond}, hide, []part{ // deer
		{0.35, 0.6, 0.08, 0.4, 0.85, box}, {-0.45, 0.6, 0.08, 0.4, 0.85, box}, {-0.65, 0, 0.12, 0.15, 1.6, oval},
		{-0.1, 0.05, 0.58, 0.26, 1, oval}, {0.52, -0.28, 0.15, 0.4, 1, oval}, {0.75, -0.6, 0.24, 0.13, 1.1, oval},
		{0.6, -0.92, 0.05, 0.26, 0.5, box}, {0.6, -0.98, 0.25, 0.05, 0.5, box},
	}},
	{[]scene{room, meadow, sand}, []scene{street, forest}, hair, []part{ // dog
		{-0.8, -0.25, 0.1, 0.32, 0.8, oval}, {0.35, 0.55, 0.12, 0.32, 0.85, box}, {-0.45, 0.55, 0.12, 0.32, 0.85, box},
		{-0.1, 0.15, 0.62, 0.33, 1, oval}, {0.75, -0.25, 0.28, 0.16, 0.9, oval}, {0.5, -0.32, 0.34, 0.32, 1.1, oval},
		{0.3, -0.25, 0.13, 0.3, 0.5, oval}, {0.98, -0.3, 0.08, 0.07, 0.1, oval},
	}},
	{[]scene{pond, soil}, []scene{clearing}, skin, []part{ // frog
		{0, 0.55, 1.05, 0.15, 0.1, oval}, {0.55, 0.45, 0.12, 0.25, 0.8, box}, {0, 0.1, 0.95, 0.45, 1, oval},
		{0.4, 0.32, 0.45, 0.2, 1.25, oval}, {-0.55, 0.25, 0.42, 0.35, 0.85, oval}, {0.3, -0.3, 0.2, 0.2, 1.15, oval},
		{0.75, -0.3, 0.2, 0.2, 1.15, oval}, {0.3, -0.33, 0.1, 0.12, 0.1, oval}, {0.75, -0.33, 0.1, 0.12, 0.1, oval},
	}},
	{[]scene{pasture, paddock}, []scene{clearing}, hair, []part{ // horse
		{-0.75, 0.25, 0.11, 0.4, 0.5, oval}, {0.4, 0.58, 0.1, 0.43, 0.85, box}, {-0.45, 0.58, 0.1, 0.43, 0.85, box},
		{-0.05, 0, 0.65, 0.33, 1, oval}, {0.42, -0.45, 0.2, 0.48, 0.5, oval}, {0.56, -0.4, 0.2, 0.5, 1, oval},
		{0.86, -0.6, 0.32, 0.17, 1.1, oval}, {0.78, -0.65, 0.05, 0.05, 0.1, oval},
	}},
	{[]scene{sea, sea, haze}, []scene{pond, sand}, metal, []part{ // ship
		{0.1, -0.5, 0.04, 0.45, 0.1, box}, {-0.1, -0.1, 0.5, 0.25, 1.6, box}, {-0.35, -0.55, 0.12, 0.3, 0.9, box},
		{0, 0.3, 1, 0.22, 1, box}, {1, 0.2, 0.2, 0.14, 1, oval},
	}},
	{[]scene{street, street, airfield}, []scene{sand, meadow}, metal, []part{ // truck
		{0, 0.7, 1.1, 0.15, 0.1, oval}, {-0.3, -0.1, 0.7, 0.6, 1, box}, {0.7, 0.12, 0.3, 0.46, 0.7, box}, {0.72, -0.08, 0.18, 0.15, 0.4, box},
		{-0.7, 0.6, 0.2, 0.2, 0.1, oval}, {-0.3, 0.6, 0.2, 0.2, 0.1, oval}, {0.7, 0.6, 0.2, 0.2, 0.1, oval},
	}},
}
