package configs

// A Kind is what a configuration has to know of one kind of model: its name,
// the keys it reads and what their values must agree with.
type Kind struct {
	Name     string
	Losses   []string       // what loss.kind may be; the first is the default
	Keys     []string       // dotted keys that act for this kind and not for every kind
	Defaults map[string]any // values by dotted key where they are not the general ones

	// Check returns what is wrong with a configuration of this kind beyond what
	// every key's own rules say, with Key and Message of each problem, and may
	// complete it. It is nil for a kind with nothing more to check.
	Check func(*Config) []Problem
}
