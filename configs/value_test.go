package configs

import (
	"strings"
	"testing"
)

func TestExpandHome(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for text, want := range map[string]string{
		"~": "/home/me", "~/x/y": "/home/me/x/y", "'~'": "/home/me", "~other/x": "~other/x", "./~": "./~", "a/~": "a/~", "/~": "/~",
		"a\u00a0می\u200cروم": "a\u00a0می\u200cروم",
	} {
		c, err := Parse("a.yaml", []byte("model: {kind: autoencoder}\ndata: {dir: "+text+"}"), []string{"train.epochs=3"}, testKinds)
		if err != nil || c.Data.Dir != want {
			t.Errorf("data.dir: %s is %s, error %v; want %s", text, c.Data.Dir, err, want)
		}
		c, err = Parse("a.yaml", []byte("model: {kind: autoencoder}"), []string{"data.dir=" + text}, testKinds)
		if err != nil || c.Data.Dir != want {
			t.Errorf("-set data.dir=%s is %s, error %v; want %s", text, c.Data.Dir, err, want)
		}
	}
	t.Setenv("HOME", "")
	if _, err := Parse("a.yaml", []byte("model: {kind: autoencoder}\ndata: {dir: ~/data}"), nil, testKinds); err == nil || !strings.HasPrefix(err.Error(), "a.yaml:2: data.dir: ~ stands for the home folder") {
		t.Errorf("without a home folder: %v", err)
	}
}
