package runfolder

import (
	"errors"
	"os"
	"sync"
	"testing"
	"time"
)

// age makes the claim as old as one whose holder stood still for so long.
func age(t *testing.T, claim *Claim, by time.Duration) {
	t.Helper()
	claim.mutex.Lock()
	defer claim.mutex.Unlock()
	claim.touched = claim.touched.Add(-by)
	then := time.Now().Add(-by)
	if err := os.Chtimes(claim.folder.claimFile(claim.number), then, then); err != nil {
		t.Fatal(err)
	}
}

// take claims the folder and fails the test where that should succeed or not.
func take(t *testing.T, folder *Folder, want bool) *Claim {
	t.Helper()
	now, err := folder.Clock()
	if err != nil {
		t.Fatal(err)
	}
	claim, holder, err := folder.Claim(now, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	if (claim != nil) != want {
		t.Fatalf("the claim succeeds: %v, want %v; held by %v", claim != nil, want, holder)
	}
	return claim
}

func TestClaimIsExclusiveUntilItIsGivenBack(t *testing.T) {
	folder := &Folder{Path: t.TempDir()}
	first := take(t, folder, true)
	take(t, folder, false)
	if err := first.Folder().Write(SummaryFile, []byte("{}")); err != nil {
		t.Errorf("the holder cannot write: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	second := take(t, folder, true)
	if err := first.Folder().Write(SummaryFile, []byte("late")); err == nil {
		t.Error("a claim that was given back still lets its holder write")
	}
	if err := second.Release(); err != nil {
		t.Fatal(err)
	}
}

func TestClaimIsTakenByOneOfMany(t *testing.T) {
	folder := &Folder{Path: t.TempDir()}
	for round := range 20 {
		now, err := folder.Clock()
		if err != nil {
			t.Fatal(err)
		}
		var mutex sync.Mutex
		var winners []*Claim
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				claim, _, err := folder.Claim(now, func(error) {})
				mutex.Lock()
				defer mutex.Unlock()
				if err != nil {
					t.Error(err)
				} else if claim != nil {
					winners = append(winners, claim)
				}
			})
		}
		all.Wait()
		if len(winners) != 1 {
			t.Fatalf("round %d: %d of 16 took the folder, want 1", round, len(winners))
		}
		if round%2 == 0 { // the next round takes over, else it takes what is free
			age(t, winners[0], 2*expiresIn)
			continue
		}
		if err := winners[0].Release(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHolderThatStoodStillNotices(t *testing.T) {
	folder := &Folder{Path: t.TempDir()}
	sleeper := take(t, folder, true)
	age(t, sleeper, 2*expiresIn)
	heir := take(t, folder, true)
	var lost *LostError
	if err := sleeper.Folder().Write(SummaryFile, []byte("late")); !errors.As(err, &lost) {
		t.Errorf("the process that woke up wrote with the error %v, want a *LostError", err)
	}
	if err := heir.Folder().Write(SummaryFile, []byte("{}")); err != nil {
		t.Errorf("its heir cannot write: %v", err)
	}
	if err := errors.Join(sleeper.Release(), heir.Release()); err != nil {
		t.Fatal(err)
	}
}

func TestHolderThatStoodStillGoesOnWhereNobodyCame(t *testing.T) {
	folder := &Folder{Path: t.TempDir()}
	sleeper := take(t, folder, true)
	age(t, sleeper, 2*expiresIn)
	if err := sleeper.Folder().Write(SummaryFile, []byte("{}")); err != nil {
		t.Errorf("nobody came, and yet: %v", err)
	}
	take(t, folder, false) // the claim is new
	if err := sleeper.Release(); err != nil {
		t.Fatal(err)
	}
}
