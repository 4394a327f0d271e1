package commands

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cifartrain/internal/runfolder"
)

// slurmConfig describes a cluster of this machine alone, which anybody may start.
// It may run four jobs at once whatever processors and memory it has, and ends
// those that are canceled by signals to their processes.
const slurmConfig = `ClusterName=one
SlurmctldHost=%[1]s(127.0.0.1)
SlurmctldPort=%[3]d
SlurmdPort=%[4]d
SlurmUser=%[5]s
SlurmdUser=%[5]s
AuthType=auth/munge
AuthInfo=socket=%[2]s/munge.socket
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/linear
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SlurmdParameters=config_overrides
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
KillWait=20
StateSaveLocation=%[2]s/state
SlurmdSpoolDir=%[2]s/spool
SlurmctldPidFile=%[2]s/slurmctld.pid
SlurmdPidFile=%[2]s/slurmd.pid
SlurmctldLogFile=%[2]s/slurmctld.log
SlurmdLogFile=%[2]s/slurmd.log
NodeName=%[1]s NodeAddr=127.0.0.1 CPUs=8 RealMemory=8192 State=UNKNOWN
PartitionName=main Nodes=%[1]s Default=YES MaxTime=INFINITE OverSubscribe=FORCE:4 State=UP
`

// startSlurm starts a cluster of one node, which ends with the test. It skips the
// test where Slurm is not installed. The returned function calls one of Slurm's
// commands in the folder of the cluster.
func startSlurm(t *testing.T) (folder string, slurm func(command string, args ...string) (string, error)) {
	t.Helper()
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin:/sbin")
	for _, program := range []string{"munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel", "sinfo"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("Slurm is not installed: apt-get install slurm-wlm munge")
		}
	}
	folder = t.TempDir()
	host := must(os.Hostname())
	host, _, _ = strings.Cut(host, ".")
	user := must(exec.Command("id", "-un").Output())
	for _, name := range []string{"state", "spool"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(folder, "slurm.conf")
	text := fmt.Sprintf(slurmConfig, host, folder, freePort(), freePort(), strings.TrimSpace(string(user)))
	key := []byte(strings.Repeat("a key for nobody else. ", 6))
	for path, content := range map[string][]byte{config: []byte(text), filepath.Join(folder, "munge.key"): key} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("SLURM_CONF", config)
	slurm = func(command string, args ...string) (string, error) {
		one := exec.Command(command, args...)
		one.Dir = folder
		output, err := one.CombinedOutput()
		return strings.TrimSpace(string(output)), err
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	daemon(t, "munged", "--foreground", "--force", "--key-file="+in("munge.key"), "--socket="+in("munge.socket"),
		"--pid-file="+in("munge.pid"), "--log-file="+in("munge.log"), "--seed-file="+in("munge.seed"))
	waitFor(t, "munged", func() bool { _, err := os.Stat(in("munge.socket")); return err == nil })
	daemon(t, "slurmctld", "-D", "-c")
	daemon(t, "slurmd", "-D")
	t.Cleanup(func() { // before the daemons end
		slurm("scancel", "--user="+strings.TrimSpace(string(user)))
		waitFor(t, "the queue to empty", func() bool { queue, err := slurm("squeue", "-h"); return err == nil && queue == "" })
	})
	waitFor(t, "the node", func() bool { state, err := slurm("sinfo", "-h", "-o", "%T"); return err == nil && state == "idle" })
	return folder, slurm
}

// daemon starts a program that ends with the test.
func daemon(t *testing.T, name string, args ...string) {
	t.Helper()
	program := exec.Command(name, args...)
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		program.Process.Signal(os.Interrupt)
		kill := time.AfterFunc(10*time.Second, func() { program.Process.Kill() })
		program.Wait()
		kill.Stop()
	})
}

// freePort is a port of this machine that nothing listens on.
func freePort() int {
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// waitFor waits until something is so, two minutes at most.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	for began := time.Now(); !so(); time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("waited two minutes for %s", what)
		}
	}
}

// TestSlurm submits cluster/sweep.slurm to a cluster of one node, cancels one of
// its four jobs and has another one queued again, each while it trains, and wants
// the bytes of a sweep that one process trained in peace. Both save and give back
// what they train: nobody has to wait until their claims expire.
func TestSlurm(t *testing.T) {
	folder, slurm := startSlurm(t)
	runs, lone, text := filepath.Join(folder, "runs"), filepath.Join(folder, "lone"), "data: {source: sample, classes: [frog, horse]}\n"
	if data := os.Getenv("CIFAR10_DIR"); data != "" {
		text = "data: {dir: " + data + ", if_missing: fail, classes: [frog, horse]}\n"
	}
	config := filepath.Join(folder, "try.yaml")
	text += "train: {epochs: 30}\nsweep: {optimizer.learning_rate: [1.0e-4, 1.0e-3, 1.0e-2, 0.1], loss.c: [0.1, 1]}\n"
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	program, err := os.Executable()
	if err == nil {
		err = os.Symlink(program, filepath.Join(folder, "cifartrain"))
	}
	script, absent := filepath.Abs("../../cluster/sweep.slurm")
	if err != nil || absent != nil {
		t.Fatal(err, absent)
	}
	for name, value := range map[string]string{"CONFIG": config, "JOIN": "night", "RUNS": runs} {
		t.Setenv(name, value)
	}
	job, err := slurm("sbatch", "--parsable", "--output=task-%a.log", script)
	if err != nil {
		t.Fatalf("sbatch: %v: %s", err, job)
	}
	night := filepath.Join(runs, "try", "night")
	times := func(task int) int { // it has begun to work
		log, _ := os.ReadFile(filepath.Join(folder, fmt.Sprintf("task-%d.log", task))) // there is none before
		return strings.Count(string(log), "at once in this process")
	}
	waitFor(t, "the first epoch", func() bool {
		begun, err := filepath.Glob(filepath.Join(night, "*", runfolder.MetricsFile))
		return err == nil && len(begun) > 0 && times(2) == 1 && times(3) == 1
	})
	for _, command := range [][]string{
		{"scancel", job + "_2"}, {"scontrol", "requeue", job + "_3"},
	} {
		if output, err := slurm(command[0], command[1:]...); err != nil {
			t.Fatalf("%v: %v: %s", command, err, output)
		}
	}
	waitFor(t, "the job to be queued again", func() bool {
		state, err := slurm("squeue", "-h", "-o", "%T", "-j", job+"_3")
		return err == nil && state == "PENDING"
	})
	if output, err := slurm("scontrol", "update", "JobId="+job+"_3", "StartTime=now"); err != nil { // Slurm waits two minutes
		t.Fatalf("%v: %s", err, output)
	}
	waitFor(t, "the jobs to end", func() bool { queue, err := slurm("squeue", "-h"); return err == nil && queue == "" })
	if output, err := exec.Command(filepath.Join(folder, "cifartrain"), "-config", config, "-runs", lone, "-quiet").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	weights, err := filepath.Glob(filepath.Join(lone, "try", "latest", "*", runfolder.LastWeightsFile))
	if err != nil || len(weights) != 8 {
		t.Fatalf("weights %v: %v", weights, err)
	}
	for _, want := range weights {
		got := filepath.Join(night, filepath.Base(filepath.Dir(want)), runfolder.LastWeightsFile)
		if output, err := exec.Command("cmp", want, got).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, output)
		}
	}
	if info, err := os.Stat(filepath.Join(night, runfolder.ReportFile)); err != nil || info.Size() == 0 {
		t.Errorf("the last one wrote no report: %v", err)
	}
	if times(2) != 1 || times(3) != 2 {
		t.Errorf("jobs 2 and 3 began to work %d and %d times, want 1 and 2", times(2), times(3))
	}
	claims, err := filepath.Glob(filepath.Join(night, "*", ".claim-*"))
	if err != nil || len(claims) < 8 {
		t.Fatalf("claims %v: %v", claims, err)
	}
	for _, path := range claims {
		if claim, err := os.ReadFile(path); err != nil || !strings.Contains(string(claim), `"released":true`) {
			t.Errorf("%s was not given back, so its run was not saved: %s, %v", path, claim, err)
		}
	}
}
