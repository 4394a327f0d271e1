package runfolder

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestConfigValues(t *testing.T) {
	folder := create(t)
	if err := folder.Write(ConfigFile, []byte("# a run\nname: svm\nmodel:\n  hidden: [128, 64]\n  kind: autoencoder # tied\ndata:\n  normalize:\n    mean: [0.5]\n  classes: []\n")); err != nil {
		t.Fatal(err)
	}
	got, err := folder.ConfigValues()
	if err != nil {
		t.Fatal(err)
	}
	want := []ConfigValue{{"name", "svm"}, {"model.hidden", "[128, 64]"}, {"model.kind", "autoencoder"}, {"data.normalize.mean", "[0.5]"}, {"data.classes", "[]"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	for content, says := range map[string]string{"": "", "a: [": ConfigFile} {
		if err := folder.Write(ConfigFile, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if got, err := folder.ConfigValues(); len(got) > 0 || (err != nil) != (says != "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("of %q: %v, error %v", content, got, err)
		}
	}
}
