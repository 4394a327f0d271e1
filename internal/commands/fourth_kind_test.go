package commands

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	G "gorgonia.org/gorgonia"

	"cifartrain/configs"
	"cifartrain/graphs"
	"cifartrain/internal/exports"
	"cifartrain/internal/runfolder"
	"cifartrain/internal/runs"
	"cifartrain/metrics"
)

// leastSquaresSVM is a kind of model that the program does not have, the one that
// docs/a-new-model.md shows. This value and the config below are all that it takes.
var leastSquaresSVM = graphs.Kind{
	Name:   "least_squares_svm",
	Task:   metrics.Classify,
	Losses: []string{"squared_error"},
	Check: func(spec graphs.Spec) []graphs.Problem {
		if spec.Classes == 0 || spec.Classes == 2 { // 0 while they are not known
			return nil
		}
		return []graphs.Problem{{Key: "data.classes", Reason: "name two classes"}}
	},
	New: func(spec graphs.Spec) *graphs.Architecture {
		return &graphs.Architecture{
			Parameters:  graphs.LinearParameters("fc", spec.Inputs, 1),
			LossName:    "squared error",
			PixelWeight: "fc.weight",
			Formula: func(x *G.Node, p G.Nodes, _ graphs.Hidden) (score, code *G.Node) {
				w := G.Must(G.Transpose(p[0]))                                                // (inputs, 1)
				return G.Must(G.BroadcastAdd(G.Must(G.Mul(x, w)), p[1], nil, []byte{0})), nil // (B, 1)
			},
			Loss: func(score, labels *G.Node) *G.Node {
				one, two := G.NewConstant(float32(1)), G.NewConstant(float32(2))
				y := G.Must(G.Sub(G.Must(G.Mul(labels, two)), one))                      // (B), -1 or +1
				difference := G.Must(G.Sub(G.Must(G.Reshape(score, labels.Shape())), y)) // (B)
				return G.Must(G.Mean(G.Must(G.Square(difference))))
			},
		}
	},
}

const leastSquaresConfig = `name: least_squares
model: {kind: least_squares_svm}
data: {classes: [frog, horse], center: true}
optimizer: {learning_rate: 0.001, weight_decay: 0.01}
train: {epochs: 20}
`

// TestFourthKind trains, evaluates, draws, reports, exports, uses and resumes a
// model of a kind that nothing else knows of.
func TestFourthKind(t *testing.T) {
	ctx, p := context.Background(), onSample(t)
	session := &p.session
	kinds := graphs.Kinds
	t.Cleanup(func() { graphs.Kinds = kinds })
	graphs.Kinds = append(graphs.Kinds, leastSquaresSVM)
	file := filepath.Join(t.TempDir(), "least_squares.yaml")
	if err := os.WriteFile(file, []byte(leastSquaresConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	load := func(epochs string) configs.Config {
		return must(runs.Load(file, []string{"data.source=sample", "train.epochs=" + epochs}))
	}
	if err := session.Train(ctx, load("1")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(session.Runs, "least_squares", "latest")
	folder := must(runfolder.Open(path))
	summary := must(folder.Summary())
	if summary.Task != metrics.Classify || summary.Loss != "squared error" || summary.Parameters != 3073 || len(summary.Confusion.Counts) != 2 {
		t.Errorf("the summary is of a %s with the loss %q, %d parameters and %d classes", summary.Task, summary.Loss, summary.Parameters, len(summary.Confusion.Counts))
	}
	if loss := summary.Final.TrainLoss; !(loss < 1) || !(*summary.Final.TestAccuracy > 0.6) { // 1 is the loss of the score 0
		t.Errorf("it learnt nothing: training loss %g, test accuracy %g", loss, *summary.Final.TestAccuracy)
	}
	for _, name := range []string{"loss.png", "accuracy.png", "confusion.png", "weights.png", "graph.dot", "report.html"} {
		if content, err := os.ReadFile(folder.File(name)); err != nil || len(content) == 0 {
			t.Errorf("%s is missing or empty: %v", name, err)
		}
	}

	var out bytes.Buffer
	p.stdout.Writer = &out
	if err := p.evaluate(ctx, []string{path}); err != nil {
		t.Fatal(err)
	}
	if want := "accuracy: "; !strings.Contains(out.String(), want) {
		t.Errorf("the evaluation does not say %q:\n%s", want, out.String())
	}

	model := must(exportedModel(must(p.openExported(ctx, path))))
	if got := model.Outputs()[0]; got.Name != "scores" || !slices.Equal(got.Shape, []int{1}) {
		t.Errorf("ONNX gives %q of the shape (N, %v), want scores (N, 1)", got.Name, got.Shape)
	}
	if _, err := exports.ONNX(model); err != nil {
		t.Error(err)
	}

	if err := session.Resume(ctx, path, "", []string{"train.epochs=2"}); err != nil {
		t.Fatal(err)
	}
	resumed := must(runfolder.ReadWeights(folder.File(runfolder.LastWeightsFile), summary.Parameters))
	session.Runs = t.TempDir()
	if err := session.Train(ctx, load("2")); err != nil {
		t.Fatal(err)
	}
	folder = must(runfolder.Open(filepath.Join(session.Runs, "least_squares", "latest")))
	whole := must(runfolder.ReadWeights(folder.File(runfolder.LastWeightsFile), summary.Parameters))
	if diff := cmp.Diff(whole.Tensors["fc.weight"].Float32s(), resumed.Tensors["fc.weight"].Float32s()); diff != "" {
		t.Errorf("a resumed run ends elsewhere than one in a piece:\n%s", diff)
	}
}
