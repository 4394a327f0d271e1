package runfolder

import (
	"errors"
	"math"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// age makes the claim as old as one whose holder stood still for so long, as seen by
// the other process's watch. It is that of a process on another machine.
func age(t *testing.T, claim *Claim, watch *Claims, by time.Duration) {
	t.Helper()
	claim.mutex.Lock()
	defer claim.mutex.Unlock()
	claim.touched = claim.touched.Add(-by)
	file := claim.folder.claimFile(claim.number)
	seen := watch.seen[file]
	seen.since = seen.since.Add(-by)
	watch.seen[file] = seen
}

// elsewhere makes the claim that of a process on another machine, which has no lock
// here.
func elsewhere(t *testing.T, claim *Claim) {
	t.Helper()
	claim.unlock()
	claim.holder.Machine = "another one"
	if err := claim.write(os.O_WRONLY | os.O_TRUNC); err != nil {
		t.Fatal(err)
	}
}

// take claims the folder and fails the test where that should succeed or not.
func take(t *testing.T, watch *Claims, folder *Folder, want bool) *Claim {
	t.Helper()
	claim, holder, alive, err := watch.Take(folder, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	if (claim != nil) != want {
		t.Fatalf("the claim succeeds: %v, want %v; held by %v, alive: %v", claim != nil, want, holder, alive)
	}
	return claim
}

func TestClaimIsExclusiveUntilItIsGivenBack(t *testing.T) {
	folder, one, other := &Folder{Path: t.TempDir()}, new(Claims), new(Claims)
	first := take(t, one, folder, true)
	if _, holder, alive, _ := other.Take(folder, nil); !alive || holder != first.holder {
		t.Errorf("held by %v, alive: %v, want %v", holder, alive, first.holder)
	}
	if err := first.Folder().Write(SummaryFile, []byte("{}")); err != nil {
		t.Errorf("the holder cannot write: %v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	second := take(t, other, folder, true)
	if err := first.Folder().Write(SummaryFile, []byte("late")); err == nil {
		t.Error("a claim that was given back still lets its holder write")
	}
	if err := errors.Join(second.Release(), os.WriteFile(folder.claimFile(math.MaxInt), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := other.Take(folder, nil); err == nil || !strings.Contains(err.Error(), "delete .claim-9223372036854775807") {
		t.Errorf("a claim with the highest number of all: error is %v", err)
	}
}

// TestClaimOfTheDead: the claim of a process that has died is free at once on its own
// machine, and elsewhere after a minute of the watch, whatever its date is.
func TestClaimOfTheDead(t *testing.T) {
	for _, dated := range []time.Duration{0, 2 * time.Hour, -2 * time.Hour} {
		folder, watch := &Folder{Path: t.TempDir()}, new(Claims)
		dead := take(t, new(Claims), folder, true)
		then := time.Now().Add(dated)
		if err := os.Chtimes(folder.claimFile(1), then, then); err != nil {
			t.Fatal(err)
		}
		dead.unlock()
		elsewhere(t, dead)
		if err := os.Chtimes(folder.claimFile(1), then, then); err != nil {
			t.Fatal(err)
		}
		take(t, watch, folder, false)
		age(t, dead, watch, expiresIn+time.Second)
		heir := take(t, watch, folder, true)
		heir.unlock() // as the system does when the process dies
		take(t, new(Claims), folder, true)
	}
}

// TestClaimOfTheLiving: a holder on another machine that renews its claim keeps it,
// however long another process watches and whatever the dates are.
func TestClaimOfTheLiving(t *testing.T) {
	folder, watch := &Folder{Path: t.TempDir()}, new(Claims)
	living := take(t, new(Claims), folder, true)
	elsewhere(t, living)
	for hours := range 3 {
		then := time.Now().Add(time.Duration(hours-1) * time.Hour)
		if err := os.Chtimes(folder.claimFile(1), then, then); err != nil {
			t.Fatal(err)
		}
		take(t, watch, folder, false)
		age(t, living, watch, expiresIn+time.Second)
		living.touched = time.Now()
		living.hold(true)
		take(t, watch, folder, false)
	}
	if _, _, alive, _ := watch.Take(folder, nil); !alive {
		t.Error("a holder that renews its claim is not known to be alive")
	}
}

func TestClaimIsTakenByOneOfMany(t *testing.T) {
	folder := &Folder{Path: t.TempDir()}
	for round := range 20 {
		var mutex sync.Mutex
		var winners []*Claim
		var all sync.WaitGroup
		for range 16 {
			all.Go(func() {
				claim, _, _, err := new(Claims).Take(folder, func(error) {})
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
		if round%2 == 0 { // the next round takes over from a dead process, else what is free
			winners[0].unlock()
			continue
		}
		if err := winners[0].Release(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHolderThatStoodStill(t *testing.T) {
	folder, watch := &Folder{Path: t.TempDir()}, new(Claims)
	sleeper := take(t, new(Claims), folder, true)
	elsewhere(t, sleeper)
	take(t, watch, folder, false)
	age(t, sleeper, watch, expiresIn+time.Second)
	heir := take(t, watch, folder, true)
	var lost *LostError
	if err := sleeper.Folder().Write(SummaryFile, []byte("late")); !errors.As(err, &lost) {
		t.Errorf("the process that woke up wrote with the error %v, want a *LostError", err)
	}
	heir.mutex.Lock()
	heir.touched = heir.touched.Add(-2 * expiresIn) // it stands still, too, but nobody comes
	heir.mutex.Unlock()
	if err := heir.Folder().Write(SummaryFile, []byte("{}")); err != nil {
		t.Errorf("nobody came, and yet: %v", err)
	}
	if err := errors.Join(sleeper.Release(), heir.Release()); err != nil {
		t.Fatal(err)
	}
}
