package sessiontest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// joinLimit bounds how long a cluster or a sentinel may take to agree.
const joinLimit = 20 * time.Second

// StartCluster starts three masters without replicas. A node is taken for dead after a second.
func StartCluster(t testing.TB) []*Server {
	t.Helper()
	requireRedis(t)
	var nodes []*Server
	join := []string{"--cluster", "create"}
	for range 3 {
		s := startServer(t, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "1000")
		nodes = append(nodes, s)
		join = append(join, s.Addr())
	}
	cli(t, append(join, "--cluster-replicas", "0", "--cluster-yes")...)
	for _, s := range nodes {
		eventually(t, "the cluster to agree", func() bool {
			return strings.Contains(cli(t, "-p", fmt.Sprint(s.port), "cluster", "info"), "cluster_state:ok")
		})
	}
	return nodes
}

// ClusterURL is the address of a cluster as configuration writes it.
func ClusterURL(nodes []*Server) string { return "redis+cluster://" + addresses(nodes) }

// Sentinel is a master with one replica under one sentinel, which promotes the replica half a second after the master
// has died.
type Sentinel struct {
	Master, Replica, Watch *Server
}

const masterName = "baro"

// URL is the address as configuration writes it.
func (s Sentinel) URL() string {
	return "redis+sentinel://" + addresses([]*Server{s.Watch}) + "/" + masterName
}

// StartSentinel starts the three processes and waits until the sentinel knows the replica.
func StartSentinel(t testing.TB) Sentinel {
	t.Helper()
	requireRedis(t)
	s := Sentinel{Master: startServer(t, "--repl-diskless-sync-delay", "0")}
	s.Replica = startServer(t, "--replicaof", "127.0.0.1", fmt.Sprint(s.Master.port))
	s.Watch = &Server{t: t, port: freePort(t), dir: t.TempDir()}
	conf := s.Watch.file("sentinel.conf")
	text := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nsentinel monitor %s 127.0.0.1 %d 1\n"+
		"sentinel down-after-milliseconds %s 500\nsentinel failover-timeout %s 3000\n",
		s.Watch.port, s.Watch.dir, masterName, s.Master.port, masterName, masterName)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Watch.run("+monitor master", conf, "--sentinel"); err != nil {
		t.Fatalf("start sentinel: %v", err)
	}
	t.Cleanup(s.Watch.Kill)
	eventually(t, "the replica to be in step", func() bool {
		return strings.Contains(cli(t, "-p", fmt.Sprint(s.Replica.port), "info", "replication"), "master_link_status:up") &&
			strings.Contains(cli(t, "-p", fmt.Sprint(s.Watch.port), "sentinel", "replicas", masterName), fmt.Sprint(s.Replica.port))
	})
	return s
}

func addresses(nodes []*Server) string {
	var out []string
	for _, s := range nodes {
		out = append(out, s.Addr())
	}
	return strings.Join(out, ",")
}

func cli(t testing.TB, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), joinLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, "redis-cli", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("redis-cli %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// eventually asks until ok says yes; other processes offer no way to wait for their agreement.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	limit := time.NewTimer(joinLimit)
	defer limit.Stop()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("waited %v in vain for %s", joinLimit, what)
		}
	}
}
