package configs

// A Kind is what a configuration needs to know about one kind of model: its
// name, the keys it reads and which values they may have.
type Kind struct {
	Name     string
	Losses   []string       // what loss.kind may be; the first is the default
	Keys     []string       // dotted keys that this kind reads and not every kind does
	Defaults map[string]any // by dotted key, where they differ from the general ones

	// Check returns what is wrong with a configuration of this kind beyond the
	// rules of each single key, as problems with Key and Message set. It may
	// complete the configuration. It is nil for a kind with nothing more to
	// check.
	Check func(*Config) []Problem
}
