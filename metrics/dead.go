package metrics

// DeadUnits counts the units of a layer whose ReLU is zero for every image: no
// gradient passes them, so no training wakes them.
type DeadUnits struct {
	Layer string `json:"layer"`
	Dead  int    `json:"dead"`
	Units int    `json:"units"`
}
