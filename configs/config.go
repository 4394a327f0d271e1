// Package configs holds the one typed [Config] of a training run, the shipped
// configuration files, and the strict reader that turns such a file into a
// checked Config or into one error that names every problem and its line.
//
// Every key is one line: a field of Config whose tags say all there is to know
// about it. The YAML package decodes into these fields. What it would let pass (a
// key without a value, yes for true, 010 for eight) is checked beforehand.
package configs

// Config is everything that decides the result of a training run. Two runs of
// the same Config on the same data give the same numbers.
//
// A configuration is one UTF-8 YAML document of at most 256 KiB: a mapping of the
// keys below, each named by its yaml tag. Types are strict: 64.5 is not a whole
// number, "64" in quotes is not a number, yes is not true. A key is an error if it
// is unknown, given twice, without a value, out of range, without effect, or in
// contradiction with another; all errors are reported together. An alias (*name)
// stands for the value of its anchor (&name). The tags of a key say:
//
//	default  its value where it is left out and the kind of model has no other
//	range    the bounds of a number, or of each in a list
//	length   the bounds of the number of values in a list
//	oneof    the words that a text may be
//	form     what a text is: the name of a folder, a path, a class or an address
//	when     the keys and values without which it has no effect; model.kind alone:
//	         the kind of model decides (see [Kind])
//	changes  what depends on it beside the figures (see [Changes])
//	doc      what it means, as docs/configs.md has it
//
// A key that has no effect is refused, unless its value is the default or it only
// says where a dataset is; [Config.YAML] leaves it out.
type Config struct {
	Name string `yaml:"name" form:"name" changes:"name" doc:"names the run folder; default: the file's name"`
	Seed uint64 `yaml:"seed" default:"1" range:"from 0 to 18446744073709551615" changes:"seed" doc:"every random choice derives from it"`

	Model struct {
		Kind       string  `yaml:"kind" changes:"work"` // the default is the first kind there is
		Hidden     []int   `yaml:"hidden" default:"[128]" range:"from 1 to 65536" length:"from 0 to 32" when:"model.kind" changes:"work" doc:"autoencoders: the encoder's widths, mirrored in the decoder; mlp: its hidden layers, [] for softmax regression"`
		Latent     int     `yaml:"latent" default:"32" range:"from 1 to 65536" when:"model.kind" changes:"work" doc:"autoencoders: the width of the code"` // a hundredth of the 3,072 inputs
		Activation string  `yaml:"activation" default:"relu" oneof:"relu leaky_relu elu gelu sigmoid tanh" when:"model.kind" changes:"work" doc:"after each hidden layer, as torch defines it"`
		Dropout    float64 `yaml:"dropout" default:"0" range:"of at least 0 and below 1" when:"model.kind" changes:"work above 0" doc:"share of hidden values dropped in training, after each hidden activation"`
		BatchNorm  bool    `yaml:"batch_norm" default:"false" when:"model.kind" changes:"work" doc:"normalize by the batch before each hidden activation, as torch.nn.BatchNorm1d"`
		Init       string  `yaml:"init" default:"torch" oneof:"torch he glorot orthogonal pca" doc:"see below"`
	} `yaml:"model"`

	Data struct {
		Source        string     `yaml:"source" default:"cifar10" oneof:"cifar10 cifar100 mnist fashion_mnist folder sample" changes:"source" doc:"a folder is one of pictures"`
		Size          int        `yaml:"size" default:"0" range:"from 0 to 512" when:"data.source=folder" changes:"dataset" doc:"folder: pixels a side that pictures are scaled to; 0 = 32"`
		Test          float64    `yaml:"test" default:"0.2" range:"above 0 and below 1" when:"data.source=folder" changes:"dataset" doc:"folder: share of each class set aside for the test where there is no folder \"test\""`
		IfMissing     string     `yaml:"if_missing" default:"sample" oneof:"fail sample" when:"data.source=cifar10" changes:"place" doc:"when CIFAR-10 is neither in dir nor to be fetched"` // a first try needs no data
		Dir           string     `yaml:"dir" default:"data" form:"path" changes:"place" doc:"the folder of the dataset's files; ~ is the home folder"`
		URL           string     `yaml:"url" default:"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz" form:"address" when:"data.source=cifar10|cifar100" changes:"place"`
		Download      bool       `yaml:"download" default:"true" when:"data.source=cifar10|cifar100" changes:"place" doc:"whether it may be fetched at all; CIFAR-10 and CIFAR-100 are"`
		Classes       []string   `yaml:"classes" default:"[]" form:"class" changes:"work" doc:"names or numbers, as in [frog, horse]; none = all. Of two, the first is -1, the second +1"`
		Validation    float64    `yaml:"validation" default:"0.3" range:"above 0 and below 1" changes:"work" doc:"share of the training images"` // 3,000 of a class pair's 10,000: accuracy to within 1 %
		Split         string     `yaml:"split" default:"random" oneof:"random sequential" doc:"which images validate: random ones by seed, or the last ones"`
		Shuffle       bool       `yaml:"shuffle" default:"true" doc:"a new order every epoch; false keeps the dataset's"`
		Flip          bool       `yaml:"flip" default:"false" changes:"work" doc:"mirror training images at random"`
		Shift         int        `yaml:"shift" default:"0" range:"from 0 to 31" changes:"work above 0" doc:"move them by up to so many pixels each way at random"`
		Noise         float64    `yaml:"noise" default:"0" range:"of at least 0" when:"model.kind" changes:"work above 0" doc:"autoencoders: deviation of Gaussian noise added to the input, not to the target, in training"`
		Limit         int        `yaml:"limit" default:"0" range:"from 0 to 1000000000" changes:"work" doc:"train on so many of the training images only, a like share of each class; 0 = all"`
		Normalize     *Normalize `yaml:"normalize"`
		Center        bool       `yaml:"center" default:"false" changes:"work" doc:"subtract the training set's mean image; pictures and errors have it back"`
		BatchSize     int        `yaml:"batch_size" default:"64" range:"from 1 to 60000" changes:"work" doc:"images in a training step"`            // many steps an epoch, and work for the processor
		EvalBatchSize int        `yaml:"eval_batch_size" default:"128" range:"from 1 to 60000" changes:"evaluation" doc:"images evaluated at once"` // no gradients to keep, so twice as many fit
	} `yaml:"data"`

	Loss struct {
		Kind       string  `yaml:"kind" changes:"work" doc:"default: the first that suits the model"`
		C          float64 `yaml:"c" default:"1" range:"above 0" when:"model.kind" doc:"hinge: C * mean(max(0, 1 - y*score)); squared_hinge squares each term"`                                                            // the plain mean
		Multiclass string  `yaml:"multiclass" default:"weston_watkins" oneof:"weston_watkins one_vs_rest" when:"model.kind data.classes" changes:"work" doc:"how the hinges tell three classes and more apart, see below"` // CS231n's
	} `yaml:"loss"`

	Optimizer struct {
		Kind         string    `yaml:"kind" default:"sgd" oneof:"sgd adam adamw" changes:"work" doc:"each exactly torch.optim's update"`
		LearningRate float64   `yaml:"learning_rate" default:"0.1" range:"above 0"` // the usual first guess for sgd
		Momentum     float64   `yaml:"momentum" default:"0" range:"of at least 0 and below 1" when:"optimizer.kind=sgd" changes:"work above 0" doc:"sgd"`
		Nesterov     bool      `yaml:"nesterov" default:"false" when:"optimizer.kind=sgd" doc:"sgd; needs a momentum above 0"`
		WeightDecay  float64   `yaml:"weight_decay" default:"0.5" range:"of at least 0" doc:"of every parameter, the bias too"`                                                                              // a linear SVM's margin term
		Betas        []float64 `yaml:"betas" default:"[0.9, 0.999]" range:"of at least 0 and below 1" length:"exactly 2" when:"optimizer.kind=adam|adamw" doc:"adam, adamw: decay of the two running means"` // the paper's and torch's
		Eps          float64   `yaml:"eps" default:"1.0e-8" range:"above 0" when:"optimizer.kind=adam|adamw" doc:"adam, adamw: added to the denominator"`                                                    // the paper's and torch's
		Schedule     string    `yaml:"schedule" default:"constant" oneof:"constant cosine step" doc:"of the learning rate over the epochs; cosine: to zero"`
		StepEpochs   int       `yaml:"step_epochs" default:"30" range:"from 1 to 1000000" when:"optimizer.schedule=step" doc:"step: epochs between drops (torch's StepLR step_size)"`
		Gamma        float64   `yaml:"gamma" default:"0.1" range:"above 0 and at most 1" when:"optimizer.schedule=step" doc:"step: factor of a drop"` // torch's StepLR's
		WarmupSteps  int       `yaml:"warmup_steps" default:"0" range:"from 0 to 1000000000" doc:"steps over which the rate grows to the scheduled one: step s uses s/warmup_steps of it"`
		ClipNorm     float64   `yaml:"clip_norm" default:"0" range:"of at least 0" changes:"work above 0" doc:"largest Euclidean norm of all gradients together, as clip_grad_norm_; 0 = any"`
	} `yaml:"optimizer"`

	Train struct {
		Epochs        int     `yaml:"epochs" default:"50" range:"from 1 to 1000000" changes:"length"` // enough for every shipped model to level off
		EarlyStopping int     `yaml:"early_stopping" default:"0" range:"from 0 to 1000000" changes:"length" doc:"stop after this many epochs without a better validation loss; 0 = never"`
		AverageDecay  float64 `yaml:"average_decay" default:"0" range:"of at least 0 and below 1" changes:"work above 0" doc:"evaluate and save a moving average of the weights, as 0.999, see below; 0 = none"`
	} `yaml:"train"`

	Plots struct {
		Reconstructions int `yaml:"reconstructions" default:"3" range:"from 0 to 64" when:"model.kind" changes:"pictures" doc:"autoencoders: how many validation images to show restored"` // fits the width of a page
	} `yaml:"plots"`

	Sweep *Sweep `yaml:"sweep"` // lists of values to try for some keys; nil for a single run

	Origin Origin `yaml:"-"` // where the keys were given, for messages; comparing configurations ignores it
}

// Normalize is torchvision's Normalize, (x - mean) / std with a value for each
// channel of the images: red, green and blue.
type Normalize struct {
	Mean []float64 `yaml:"mean" range:"from -1000 to 1000" length:"from 1 to 16" changes:"work above 0" doc:"or mean: [r, g, b] and std: [r, g, b], as torchvision's Normalize"`
	Std  []float64 `yaml:"std" range:"from 0.000001 to 1000" length:"from 1 to 16" changes:"work above 0"` // its reciprocal stays an ordinary float32
}

// Sweep is the section `sweep`. Besides its own keys below it holds dotted keys
// of the configuration, each with a list of values that replace the key's value,
// as in loss.c: [1, 10], or with a [Range] that they are drawn from. In a setting
// where a swept key has no effect it is left out. Settings that turn out equal are
// tried once.
type Sweep struct {
	Keys []SweptKey `yaml:"-"` // in the file's order
	// grid tries every combination, at most 1,000. random draws as many as the
	// budget says, by the seed. halving starts with every combination, or with
	// as many as the budget says, and repeatedly goes on with the best of them
	// only (successive halving, Jamieson and Talwalkar 2016). one_at_a_time
	// tries the first value of every key together, then each other value with
	// the first values of the other keys: what does each change contribute?
	Method string `yaml:"method" default:"grid" oneof:"grid random halving one_at_a_time"`
	Budget int    `yaml:"budget" default:"0" range:"from 0 to 1000" when:"sweep.method=random|halving" doc:"how many combinations to draw; halving: 0 = all"`
	// Those that go on are trained for factor times as many epochs, and so on up
	// to train.epochs. Learning-rate schedules follow train.epochs from the start.
	Epochs int `yaml:"epochs" default:"0" range:"from 0 to 1000000" when:"sweep.method=halving" doc:"epochs before the first choice; 0 = a tenth of train.epochs"` // after fewer, an SVM's accuracy still says too little
	Factor int `yaml:"factor" default:"3" range:"from 2 to 100" when:"sweep.method=halving" doc:"after each choice, one in this many settings goes on"`

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
