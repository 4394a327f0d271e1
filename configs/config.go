// Package configs holds the one typed [Config] of a training run, the shipped
// configuration files, and the strict reader that turns such a file into a
// checked Config or into one error that names every problem and its line.
//
// Every key is declared once, as a field of Config: its tags say which values
// are allowed, and one walk over the fields reads, checks, compares and writes
// all keys. The YAML package parses the text, but its own decoder into structs
// is not used: it ignores a key without a value, reads yes as true and 010 as
// eight, and reports a wrong key without its path and without suggesting the
// right one.
package configs

// Config is everything that decides the result of a training run. Two runs of
// the same Config on the same data give the same numbers.
//
// # File format
//
// A configuration is one UTF-8 YAML document of at most 256 KiB: a mapping of
// the keys below, each named by its yaml tag. A key that is left out gets the
// value of its default tag, or the default of the kind of model where that
// differs. Types are strict: 64.5 is not a whole number, "64" in quotes is not
// a number, yes is not true. Whole numbers are plain decimal digits; other
// numbers may have an exponent (1e-8) but are never infinite or NaN. A key is
// an error if it is unknown, given twice, without a value, out of range,
// without effect, or in contradiction with another; all errors are reported
// together. An alias (*name) stands for the value of its anchor (&name); merge
// keys (<<) count as unknown keys.
//
// # Tags
//
//	default   the value of a key that is left out
//	range     bounds of a number, or of each in a list: [ and ] include the
//	          bound, ( and ) leave it out, and what is not there is not bounded
//	oneof     the words that a text may be
//	length    bounds of the number of values in a list
//	form      what a text is: the name of a folder, a path or a class
//	when      the keys and values without which the key has no effect; model.kind
//	          alone: the kind of model decides (see [Kind])
//	fixed     why the key cannot be swept
//	dataset   "place": the key says where a dataset is, and may be given where it
//	          has no effect
//
// A key that has no effect is refused wherever it is given, unless its value is
// the default; [Config.YAML] leaves it out.
type Config struct {
	// What the run's folder is called. The default is the file's name without
	// its extension.
	Name string `yaml:"name" form:"name" fixed:"it names the sweep's folder"`
	// Every random choice derives from it: see [Config.Random].
	Seed uint64 `yaml:"seed" default:"1" fixed:"-seeds N repeats every setting over N seeds"` // any fixed number will do

	// What is trained.
	Model struct {
		// The default is the first kind there is.
		Kind string `yaml:"kind"`
		// The widths of the encoder's layers between input and latent, mirrored
		// in the decoder.
		Hidden []int `yaml:"hidden" default:"[128]" range:"[1,65536]" length:"[1,32]" when:"model.kind"`
		// The width of the code.
		Latent int `yaml:"latent" default:"32" range:"[1,65536]" when:"model.kind"` // a hundredth of the 3,072 inputs
		// torch draws weights and biases uniformly from ±1/sqrt(fan_in), as
		// torch.nn.Linear does. he, glorot and orthogonal set biases to zero
		// and draw weights as torch.nn.init's kaiming_uniform_, xavier_uniform_
		// and orthogonal_ do. pca starts with a model that reconstructs what as
		// many principal components of the training images as it has latent
		// values would, with every unit taking part; it needs data.center and
		// even hidden widths of at least twice the latent width.
		Init string `yaml:"init" default:"torch" oneof:"torch he glorot orthogonal pca"`
	} `yaml:"model"`

	// Which images, and what happens to them before they reach the model.
	Data struct {
		// folder is a folder of pictures for each class, in dir or in dir/train,
		// dir/test and, where there is one, dir/val. The sample is the set that
		// the program paints itself.
		Source string `yaml:"source" default:"cifar10" oneof:"cifar10 cifar100 mnist fashion_mnist folder sample" fixed:"all runs share one dataset"`
		// Pictures of a folder are cropped to a centered square and scaled to
		// this many pixels a side. 0 means 32, as in CIFAR-10.
		Size int `yaml:"size" default:"0" range:"[0,512]" when:"data.source=folder" fixed:"all runs share one dataset"`
		// The share of each class's pictures that the seed sets aside as test
		// pictures if dir has no folder of them.
		Test float64 `yaml:"test" default:"0.2" range:"(0,1)" when:"data.source=folder" fixed:"all runs share one dataset"`
		// What to do if CIFAR-10 is not in dir and cannot be downloaded.
		IfMissing string `yaml:"if_missing" default:"sample" oneof:"fail sample" when:"data.source=cifar10" fixed:"all runs share one dataset"` // a first try needs no data
		// The folder of the dataset's files. ~ is the home folder.
		Dir string `yaml:"dir" default:"data" form:"path" fixed:"all runs share one dataset"`
		// Where the archive is fetched from, by http or https.
		URL Address `yaml:"url" default:"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz" when:"data.source=cifar10|cifar100" dataset:"place" fixed:"all runs share one dataset"`
		// Whether a missing dataset may be fetched.
		Download bool `yaml:"download" default:"true" when:"data.source=cifar10|cifar100" dataset:"place" fixed:"all runs share one dataset"`
		// The classes to train on, by name or number; empty means all. Of two
		// classes, a model that tells them apart labels the first -1 and the
		// second +1.
		Classes []string `yaml:"classes" default:"[]" form:"class"`
		// The share of the training images that is held out to validate.
		Validation float64 `yaml:"validation" default:"0.3" range:"(0,1)"` // 3,000 of a class pair's 10,000: accuracy to within 1 %
		// Which images validate: random ones, drawn by the seed, or the last
		// ones.
		Split string `yaml:"split" default:"random" oneof:"random sequential"` // free of whatever order the files have
		// true draws a new order every epoch, by seed and epoch; false keeps
		// the dataset's order.
		Shuffle bool `yaml:"shuffle" default:"true"` // stochastic gradient descent assumes it
		// Mirror training images left to right at random.
		Flip bool `yaml:"flip" default:"false"`
		// Move training images at random by up to this many pixels horizontally
		// and vertically; the pixels at the edge are repeated.
		Shift int `yaml:"shift" default:"0" range:"[0,31]"`
		// If this is left out, pixels stay in [0, 1].
		Normalize *Normalize `yaml:"normalize"`
		// Subtract the training set's mean image, which is added back for pictures
		// and reported errors.
		Center bool `yaml:"center" default:"false"`
		// The number of images in a training step.
		BatchSize int `yaml:"batch_size" default:"64" range:"[1,60000]"` // many steps an epoch, and work for the processor
		// The number of images evaluated at once.
		EvalBatchSize int `yaml:"eval_batch_size" default:"128" range:"[1,60000]"` // no gradients to keep, so twice as many fit
	} `yaml:"data"`

	// What training minimizes.
	Loss struct {
		// hinge and squared_hinge tell classes apart, mse compares pictures. The
		// default is the first that suits the kind of model.
		Kind string `yaml:"kind"`
		// hinge: C * mean(max(0, 1 - y*score)); squared_hinge squares each term.
		C float64 `yaml:"c" default:"1" range:"(0,)" when:"model.kind"` // the plain mean
		// How the hinges tell more than two classes apart. weston_watkins sums
		// max(0, 1 + s_j - s_y) over all classes j other than the image's own
		// class y (this is torch.nn.MultiMarginLoss times the number of
		// classes). one_vs_rest trains one two-class machine for each class, as
		// scikit-learn's LinearSVC does.
		Multiclass string `yaml:"multiclass" default:"weston_watkins" oneof:"weston_watkins one_vs_rest" when:"model.kind data.classes"` // CS231n's
	} `yaml:"loss"`

	// How the parameters move.
	Optimizer struct {
		// Each is exactly torch.optim's update.
		Kind         string  `yaml:"kind" default:"sgd" oneof:"sgd adam adamw"`
		LearningRate float64 `yaml:"learning_rate" default:"0.1" range:"(0,)"` // the usual first guess for sgd
		Momentum     float64 `yaml:"momentum" default:"0" range:"[0,1)" when:"optimizer.kind=sgd"`
		// Needs a momentum above 0.
		Nesterov bool `yaml:"nesterov" default:"false" when:"optimizer.kind=sgd"`
		// It applies to every parameter, biases included, as in torch.optim.
		WeightDecay float64 `yaml:"weight_decay" default:"0.5" range:"[0,)"` // a linear SVM's margin term
		// The decay of Adam's two running means.
		Betas []float64 `yaml:"betas" default:"[0.9, 0.999]" range:"[0,1)" length:"[2,2]" when:"optimizer.kind=adam|adamw"` // the paper's and torch's
		// Added to Adam's denominator.
		Eps float64 `yaml:"eps" default:"1.0e-8" range:"(0,)" when:"optimizer.kind=adam|adamw"` // the paper's and torch's
		// How the learning rate changes over the epochs: constant keeps it,
		// cosine lowers it to zero along half a cosine, step lowers it in
		// steps.
		Schedule string `yaml:"schedule" default:"constant" oneof:"constant cosine step"`
		// Epochs between two drops of the learning rate (torch's StepLR step_size).
		StepEpochs int `yaml:"step_epochs" default:"30" range:"[1,1000000]" when:"optimizer.schedule=step"`
		// The factor of each drop.
		Gamma float64 `yaml:"gamma" default:"0.1" range:"(0,1]" when:"optimizer.schedule=step"` // torch's StepLR's
		// The number of training steps at the start of the run over which the
		// learning rate grows: step s uses s/warmup_steps of what the schedule
		// says. metrics.csv shows the rate of each epoch's last step.
		WarmupSteps int `yaml:"warmup_steps" default:"0" range:"[0,1000000000]"`
		// If the Euclidean norm of all gradients of a step is above this, they
		// are scaled down together, as torch.nn.utils.clip_grad_norm_ does; 0
		// means never.
		ClipNorm float64 `yaml:"clip_norm" default:"0" range:"[0,)"`
	} `yaml:"optimizer"`

	// How long to train, and which weights are kept.
	Train struct {
		Epochs int `yaml:"epochs" default:"50" range:"[1,1000000]"` // enough for every shipped model to level off
		// Stop after this many epochs without a better validation loss; 0 means
		// never.
		EarlyStopping int `yaml:"early_stopping" default:"0" range:"[0,1000000]"`
		// Above 0, the weights that are evaluated, drawn and saved are a moving
		// average over about the last 1/(1-average_decay) training steps: after
		// step s the average becomes d*average + (1-d)*weights, where d is the
		// smaller of average_decay and (1+s)/(10+s). train_loss is still
		// measured with the weights in training.
		AverageDecay float64 `yaml:"average_decay" default:"0" range:"[0,1)"`
	} `yaml:"train"`

	// What the pictures show.
	Plots struct {
		// How many random validation images to show beside their reconstructions.
		Reconstructions int `yaml:"reconstructions" default:"3" range:"[0,64]" when:"model.kind"` // fits the width of a page
	} `yaml:"plots"`

	// Lists of values to try for some keys; nil for a single run.
	Sweep *Sweep `yaml:"sweep"`

	// Where the keys were given, for messages. Comparing configurations ignores
	// it.
	Origin Origin `yaml:"-"`
}

// Normalize is torchvision's Normalize, (x - mean) / std with a value for each
// channel of the images: red, green and blue.
type Normalize struct {
	Mean []float64 `yaml:"mean" range:"[-1000,1000]" length:"[1,16]"`
	Std  []float64 `yaml:"std" range:"[0.000001,1000]" length:"[1,16]"` // its reciprocal stays an ordinary float32
}

// Sweep is the section `sweep`. Besides its own keys below it holds dotted keys
// of the configuration, each with a list of values that replace the key's value,
// or with a range that they are drawn from. Every key that can be swept has a dot
// in it, so none is mistaken for one of the section's own.
//
//	sweep:
//	  loss.c: [1, 10]
//	  optimizer.learning_rate: {min: 1.0e-4, max: 1.0, scale: log}
//	  method: random
//	  budget: 20
//
// In a setting where a swept key has no effect it is left out. Settings that
// turn out equal are tried once.
type Sweep struct {
	Keys []SweptKey `yaml:"-"` // in the file's order
	// grid tries every combination, at most 1,000. random draws as many as the
	// budget says, by the seed. halving starts with every combination, or with
	// as many as the budget says, and repeatedly goes on with the best of them
	// only (successive halving, Jamieson and Talwalkar 2016). one_at_a_time
	// tries the first value of every key together, then each other value with
	// the first values of the other keys: what does each change contribute?
	Method string `yaml:"method" default:"grid" oneof:"grid random halving one_at_a_time"`
	// How many combinations random and halving draw; halving takes all if it is
	// 0.
	Budget int `yaml:"budget" default:"0" range:"[0,1000]" when:"sweep.method=random|halving"`
	// How many epochs every setting is trained for before the first choice;
	// 0: a tenth of train.epochs. Those that go on are trained for factor times
	// as many, and so on up to train.epochs. Learning-rate schedules follow
	// train.epochs from the start.
	Epochs int `yaml:"epochs" default:"0" range:"[0,1000000]" when:"sweep.method=halving"` // after fewer, an SVM's accuracy still says too little
	// After each choice, one in this many settings goes on.
	Factor int `yaml:"factor" default:"3" range:"[2,100]" when:"sweep.method=halving"`

	Settings []Setting `yaml:"-"` // the settings to try; the last key's values change fastest
}

// SweptKey is a key with the values that are tried out, or with their range.
type SweptKey struct {
	Key    string // dotted path
	Values []any  // of the key's own type, each different; nil for a range
	Range  *Range // nil for a list
}

// A Setting is one of the configurations that a sweep tries out.
type Setting struct {
	Config Config   // without a sweep
	Values []string // of the swept keys, in their order (see [ValueText]); "" for a key that has no effect here
}
