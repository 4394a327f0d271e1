package reports

import (
	"strings"
	"testing"

	"cifartrain/internal/runfolder"
	"cifartrain/metrics"
)

// TestAnswers wants a verdict only where a test gives one, and each answer with its
// figures.
func TestAnswers(t *testing.T) {
	classifier := func(name string, seed uint64, accuracy float64, right func(image int) bool) *runfolder.Folder {
		folder := finishedRun(t, name, seed, func(s *runfolder.Summary) {
			s.Task, s.Model, s.Images.Test = metrics.Classify, "linear_svm", 2000
			s.Final.TestAccuracy, s.Best.TestAccuracy = &accuracy, &accuracy
			s.Verdict, s.Confusion = &runfolder.Verdict{Fit: metrics.NotSettled}, metrics.NewConfusion(s.Classes)
		})
		if right != nil {
			correct := make([]bool, 2000)
			for i := range correct {
				correct[i] = right(i)
			}
			if err := folder.WriteCorrect(correct); err != nil {
				t.Fatal(err)
			}
		}
		return folder
	}
	restorer := func(name, model string, seed uint64, test, train float64, parameters int) *runfolder.Folder {
		return finishedRun(t, name, seed, func(s *runfolder.Summary) {
			s.Model, s.Parameters, s.Best.TestLoss, s.Best.TrainLoss = model, parameters, &test, train
		})
	}
	other := func(folder *runfolder.Folder, change func(*runfolder.Summary)) *runfolder.Folder {
		s, err := folder.Summary()
		if err == nil {
			change(s)
			err = folder.WriteSummary(s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return folder
	}
	most := func(image int) bool { return image < 1500 }
	for _, test := range []struct {
		name  string
		runs  []*runfolder.Folder
		says  []string
		never []string
	}{
		{"single classifiers of the same images", []*runfolder.Folder{classifier("a", 1, 0.75, most), classifier("b", 1, 0.8, func(i int) bool { return i < 1600 })},
			[]string{"This run of b is better than this run of a by 5.0 points: test accuracy 80.0% against 75.0%. Of the 2,000 test images, 100 are right only with b and 0 only with a (McNemar's test, p < 0.001).", "This holds for these two runs", "a is not settled; b is not settled"},
			[]string{"overfits more:", "overfits less"}},
		{"single classifiers as good as each other", []*runfolder.Folder{classifier("a", 1, 0.75, most), classifier("b", 1, 0.755, func(i int) bool { return i >= 490 })},
			[]string{"This run of b and this run of a do not differ beyond chance"}, []string{"better", "worse"}},
		{"single classifiers without their images", []*runfolder.Folder{classifier("a", 1, 0.75, nil), classifier("b", 1, 0.9, nil), classifier("c", 1, 0.9, nil)},
			[]string{"The test accuracy is 90.0% for b and 75.0% for a. One run of each does not show which is better"}, []string{"worse", "beyond chance", "p-values"}},
		{"single autoencoders", []*runfolder.Folder{restorer("a", "autoencoder", 1, 0.5, 0.2, 900), restorer("b", "tied_autoencoder", 1, 0.4, 0.2, 500)},
			[]string{"One run of each does not show which is better", "5 seeds of each (-seeds 5) would show this difference in four of five cases if its standard deviation over seeds is at most 0.05",
				"Tied weights may overfit less: the decoder uses the encoder's weights, which leaves 500 parameters of 900 to fit the training images with. Validation loss divided by training loss, at the best epoch, is 1.250 for b and 1.250 for a. One run of each does not show which overfits more.", "The cost of b: 500 parameters against 900"},
			[]string{"is better than", "worse than"}},
		{"seeds in pairs", []*runfolder.Folder{restorer("a", "mlp", 1, 0.5, 0.3, 800), restorer("a", "mlp", 2, 0.6, 0.3, 800), restorer("a", "mlp", 3, 0.7, 0.3, 800),
			restorer("b", "mlp", 3, 0.602, 0.3, 800), restorer("b", "mlp", 1, 0.401, 0.3, 800), restorer("b", "mlp", 2, 0.5, 0.3, 800)},
			[]string{"b is better than a by 16.5%: test loss 0.5010 ± 0.1005 against 0.6000 ± 0.1000. The difference is −0.09900 ± 0.00248 (95% interval, 3 pairs of the same seeds, Student's t-test, p < 0.001).", "Neither overfits"}, nil},
		{"other seeds", []*runfolder.Folder{restorer("a", "mlp", 1, 0.5, 0.3, 800), restorer("a", "mlp", 2, 0.6, 0.3, 800), restorer("b", "mlp", 3, 0.5, 0.3, 800), restorer("b", "mlp", 4, 0.58, 0.3, 800)},
			[]string{"b and a do not differ beyond chance: test loss 0.5400 ± 0.0566 against 0.5500 ± 0.0707.", "2 and 2 seeds, Welch's t-test", "seeds of each would show it in four of five cases"}, nil},
		{"seeds of one config", []*runfolder.Folder{classifier("a", 1, 0.7, nil), classifier("a", 2, 0.8, nil)},
			[]string{"Test accuracy over 2 seeds: 75.0 ± 7.1% with each run's best weights, 75.0 ± 7.1% with its last ones (mean ± standard deviation)."}, nil},
		{"other classes", []*runfolder.Folder{classifier("a", 1, 0.75, most), other(classifier("b", 1, 0.4, most), func(s *runfolder.Summary) { s.Classes = []string{"ship"} })},
			[]string{"b and a were trained and tested on different images (CIFAR-10: ship; CIFAR-10: frog), so their figures do not show which is better."}, []string{"better than", "beyond chance"}},
	} {
		compared, err := Compare(test.runs)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		text := strings.Join(append(compared.Warnings(), compared.Answers()...), "\n")
		for _, want := range test.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the answers do not say %q:\n%s", test.name, want, text)
			}
		}
		for _, never := range test.never {
			if strings.Contains(text, never) {
				t.Errorf("%s: the answers say %q:\n%s", test.name, never, text)
			}
		}
	}
}
