package commands

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	G "gorgonia.org/gorgonia"

	"cifartrain/configs"
	"cifartrain/fuse"
	"cifartrain/graphs"
	"cifartrain/internal/exports"
	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// linearSoftmax is a kind of model that the program does not have: a linear
// classifier that makes the mean of -log(softmax(scores)) of the images' own
// classes small. This value and the config below are all that it takes.
var linearSoftmax = graphs.Kind{
	Name:   "linear_softmax",
	Task:   metrics.Classify,
	Losses: []string{"cross_entropy"},
	New: func(spec graphs.Spec) *graphs.Architecture {
		return &graphs.Architecture{
			Parameters:  graphs.LinearParameters("fc", spec.Inputs, spec.Classes),
			LossName:    "cross-entropy",
			PixelWeight: "fc.weight",
			Formula: func(x *G.Node, p G.Nodes, _ graphs.Hidden) (scores, code *G.Node) {
				w := G.Must(G.Transpose(p[0]))                                                // (inputs, classes)
				return G.Must(G.BroadcastAdd(G.Must(G.Mul(x, w)), p[1], nil, []byte{0})), nil // (B, classes)
			},
			Loss: func(scores, labels *G.Node) *G.Node {
				return G.Must(fuse.Loss{Name: "cross-entropy", Value: crossEntropy}.Node(scores, labels))
			},
		}
	},
}

// crossEntropy is the mean of -log(softmax(scores)) of the labels, with its
// gradient by the scores, (softmax - one_hot)/n, unless that is nil.
func crossEntropy(gradient, scores, labels []float32) float32 {
	classes, total := len(scores)/len(labels), 0.0
	for i, label := range labels {
		row := scores[i*classes : (i+1)*classes]
		largest, sum := float64(slices.Max(row)), 0.0
		for _, score := range row {
			sum += math.Exp(float64(score) - largest)
		}
		total += math.Log(sum) + largest - float64(row[int(label)])
		for j, score := range row {
			if gradient == nil {
				break
			}
			share := math.Exp(float64(score)-largest) / sum
			if j == int(label) {
				share--
			}
			gradient[i*classes+j] = float32(share / float64(len(labels)))
		}
	}
	return float32(total / float64(len(labels)))
}

const softmaxConfig = `name: softmax
model: {kind: linear_softmax}
data: {source: sample, center: true}
optimizer: {learning_rate: 0.01, weight_decay: 0.01}
train: {epochs: 1}
`

// TestFourthKind trains, evaluates, draws, reports, exports, uses and resumes a
// model of a kind that nothing else knows of.
func TestFourthKind(t *testing.T) {
	ctx, p := context.Background(), onSample(t)
	session := &p.session
	session.Kinds = append(graphs.Kinds(), linearSoftmax)
	file := filepath.Join(t.TempDir(), "softmax.yaml")
	if err := os.WriteFile(file, []byte(softmaxConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	load := func(overrides ...string) configs.Config { return must(session.Load(file, overrides)) }
	if err := session.Train(ctx, load()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(session.Runs, "softmax", "latest")
	folder := must(runfolder.Open(path))
	summary := must(folder.Summary())
	if summary.Task != metrics.Classify || summary.Loss != "cross-entropy" || summary.Parameters != 30730 || len(summary.Confusion.Counts) != 10 {
		t.Errorf("the summary is of a %s with the loss %q, %d parameters and %d classes", summary.Task, summary.Loss, summary.Parameters, len(summary.Confusion.Counts))
	}
	if loss, guessing := summary.Final.TrainLoss, math.Log(10); !(loss < guessing) || !(*summary.Final.TestAccuracy > 0.1) {
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
	if got := model.Outputs()[0]; got.Name != "scores" || !slices.Equal(got.Shape, []int{10}) {
		t.Errorf("ONNX gives %q of the shape (N, %v), want scores (N, 10)", got.Name, got.Shape)
	}
	if _, err := exports.ONNX(model); err != nil {
		t.Error(err)
	}

	if err := session.Resume(ctx, path, "", []string{"train.epochs=2"}); err != nil {
		t.Fatal(err)
	}
	resumed := must(runfolder.ReadWeights(folder.File(runfolder.LastWeightsFile), summary.Parameters))
	session.Runs = t.TempDir()
	if err := session.Train(ctx, load("train.epochs=2")); err != nil {
		t.Fatal(err)
	}
	folder = must(runfolder.Open(filepath.Join(session.Runs, "softmax", "latest")))
	whole := must(runfolder.ReadWeights(folder.File(runfolder.LastWeightsFile), summary.Parameters))
	if diff := cmp.Diff(whole.Tensors["fc.weight"].Float32s(), resumed.Tensors["fc.weight"].Float32s()); diff != "" {
		t.Errorf("a resumed run ends elsewhere than one in a piece:\n%s", diff)
	}
}
