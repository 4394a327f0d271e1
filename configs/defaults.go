package configs

// Default returns the value every key has when a file leaves it out. Two keys
// are settled only when a file is read: the name, which is the file's own, and
// the loss, which is the one that suits the model. The defaults alone are no
// complete run: a linear SVM has to be told which two classes to tell apart.
func Default() Config {
	return Config{
		Name: "", // the file's base name
		Seed: 1,  // any fixed number will do; a run must be repeatable without asking
		Model: Model{
			Kind:   "linear_svm", // the smallest model there is
			Hidden: []int{128},   // one hidden layer: 3072 -> 128 -> latent
			Latent: 32,           // about a hundredth of the 3072 inputs
			Init:   "torch",      // so that curves compare with PyTorch's
		},
		Data: Data{
			Source:        "cifar10",
			IfMissing:     "sample",                                                  // a first try must run without network or data
			Dir:           "data",                                                    // where torchvision's examples keep it too
			URL:           "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", // the dataset's home
			Download:      true,
			Classes:       nil,      // all ten
			Validation:    0.3,      // 3,000 of a class pair's 10,000 images: accuracy to within 1 %
			Split:         "random", // free of whatever order the files have
			Shuffle:       true,     // stochastic gradient descent assumes it
			Flip:          false,    // changes what an epoch sees, so it is asked for
			Shift:         0,        // the same
			Normalize:     nil,      // pixels in [0, 1], the range the decoders are judged in
			Center:        false,
			BatchSize:     64,  // small enough for many steps an epoch, large enough for the processor
			EvalBatchSize: 128, // no gradients to keep, so twice as many fit
		},
		Loss: Loss{
			Kind: "hinge", // for the linear SVM; the autoencoders' is mse
			C:    1,       // the plain mean of the hinge
		},
		Optimizer: Optimizer{
			Kind:         "sgd", // the plain rule first
			LearningRate: 0.1,   // the usual first guess for SGD
			Momentum:     0,     // torch.optim.SGD's default
			Nesterov:     false,
			WeightDecay:  0.5,                   // the SVM's margin term; autoencoders set their own
			Betas:        []float64{0.9, 0.999}, // torch.optim.Adam's default, from the paper
			Eps:          1e-8,                  // the same
			Schedule:     "constant",
			StepEpochs:   30,  // torch's example for StepLR
			Gamma:        0.1, // torch.optim.lr_scheduler.StepLR's default
			WarmupSteps:  0,   // the full rate from the first step
			ClipNorm:     0,   // gradients as they are
		},
		Train: Train{
			Epochs:        50, // enough for every shipped model to level off
			EarlyStopping: 0,  // never: curves of one length compare
			AverageDecay:  0,  // the weights as trained
		},
		Plots: Plots{
			Reconstructions: 3, // fits the width of a page
		},
	}
}
