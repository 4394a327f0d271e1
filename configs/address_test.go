package configs

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// TestPasswordsDoNotLeak looks for the password of an address in whatever a
// configuration is printed, stored and reported as.
func TestPasswordsDoNotLeak(t *testing.T) {
	const secret = "s3cret"
	for _, address := range []string{
		"https://user:s3cret@host/cifar.tar.gz",
		"https://:s3cret@host:8080/a@b",
	} {
		c, err := Parse("a.yaml", []byte("model: {kind: autoencoder}\ndata: {url: '"+address+"'}"), nil, testKinds)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Data.URL.WithPassword(); got != address {
			t.Errorf("the address to fetch from is %s, want %s", got, address)
		}
		text, err := c.YAML()
		if err != nil {
			t.Fatal(err)
		}
		stored, err := json.Marshal(c.Data)
		if err != nil {
			t.Fatal(err)
		}
		shown := fmt.Sprintf("%s %s %v %+v %#v %q", text, stored, c, c, c, c.Data.URL)
		if strings.Contains(shown, secret) || !strings.Contains(shown, mask) {
			t.Errorf("the password is in %s", shown)
		}
		again, err := Parse("b.yaml", text, nil, testKinds)
		if err != nil || !again.Data.URL.Equal(c.Data.URL) || Differences(c, again) != nil {
			t.Errorf("after it was stored the address is %s, error %v", again.Data.URL, err)
		}
	}
	for _, override := range []string{"data.url=ftp://user:s3cret@host", "data.url=https://user:s3cret@%zz", "data.url=[https://user:s3cret@host]", "data.urk=https://user:s3cret@host", "https://user:s3cret@host"} {
		_, err := Parse("a.yaml", []byte("model: {kind: autoencoder}"), []string{override}, testKinds)
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: error %v", override, err)
		}
	}
}

func TestExpandHome(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for path, want := range map[string]string{
		"~": "/home/me", "~/x/y": "/home/me/x/y", "~other/x": "~other/x", "./~": "./~", "a/~": "a/~", "": "", "/~": "/~",
	} {
		if got, err := ExpandHome(path); got != want || err != nil {
			t.Errorf("%s is %s, error %v; want %s", path, got, err, want)
		}
	}
	for text, want := range map[string]string{"~": "/home/me", "~/data": "/home/me/data", "'~'": "/home/me"} {
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
