package metrics

// DeadUnits counts the units of a layer whose ReLU is zero for every image. No
// gradient passes through them, so training cannot revive them.
type DeadUnits struct {
	Layer string `json:"layer"`
	Dead  int    `json:"dead"`
	Units int    `json:"units"`
}
