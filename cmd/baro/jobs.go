package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"baro/gateway/channel/rapidpro"
	"baro/gateway/schedule"
	"baro/store"
)

// How long the traces of work are kept. How long people's own things are kept is configured (requirement P5).
const (
	keepSteps   = 10 * time.Minute // a repeat comes within seconds; a crash is mended within minutes
	keepJobRuns = 90 * 24 * time.Hour
	keepUploads = 14 * 24 * time.Hour // files that were brought in and not imported; the console says so
)

// jobs are what a node does by the clock. Each runs once among all nodes, except sweeps of the node's own memory.
func (n *node) jobs() []schedule.Job {
	jobs := []schedule.Job{
		{Name: "access", Spec: "*/10 * * * *", Limit: time.Minute, Run: n.purgeAccess},
		{Name: "steps", Spec: "*/5 * * * *", Limit: time.Minute, Run: n.purgeSteps},
		{Name: "consultations", Spec: "* * * * *", Limit: time.Minute, CatchUp: true, Run: n.closeConsultations},
		{Name: "outbox", Spec: "*/5 * * * *", Limit: time.Minute, Run: n.auditOutbox},
		{Name: "broadcast rules", Spec: "* * * * *", Limit: time.Minute, Run: n.fireRules},
		{Name: "announcements", Spec: "*/15 * * * *", Limit: 10 * time.Minute, Run: n.announce},
		{Name: "deliveries", Spec: "17 * * * *", Limit: 30 * time.Minute, Run: n.confirmDeliveries},
		{Name: "solved", Spec: "0 9 * * *", Limit: 10 * time.Minute, CatchUp: true, Run: n.askSolved},
		{Name: "notices", Spec: "*/5 * * * *", Limit: time.Minute, CatchUp: true, Run: n.tidyNotices},
		{Name: "retention", Spec: "30 3 * * *", Limit: 30 * time.Minute, CatchUp: true, Run: n.retention},
		{Name: "freshness", Spec: "0 6 * * 1", Limit: 10 * time.Minute, CatchUp: true, Run: n.freshness},
		{Name: "reminders", Spec: "0 7 * * *", Limit: 10 * time.Minute, CatchUp: true, Run: n.reminders},
		{Name: "calendar", Spec: "0 7 * * *", Limit: 10 * time.Minute, CatchUp: true, Run: n.calendar},
		{Name: "results", Spec: "*/15 * * * *", Limit: 10 * time.Minute, CatchUp: true, Run: n.tellResults},
		{Name: "offers", Spec: "0 10 * * *", Limit: 10 * time.Minute, CatchUp: true, Run: n.tellOffers},
		{Name: "digest", Spec: "0 9 2 * *", Limit: 30 * time.Minute, CatchUp: true, Run: n.digest},
		{Name: "flows", Spec: "@every 3s", Limit: 3 * time.Second, Local: true, Run: n.followFlows},
		{Name: "keys", Spec: "@every 10s", Limit: 5 * time.Second, Local: true, Run: n.mergeKeys},
		{Name: "channels", Spec: "@every 10s", Limit: 5 * time.Second, Local: true, Run: n.reportChannels},
		{Name: "places", Spec: "@every 1m", Limit: time.Minute, Local: true, Run: n.reloadPlaces},
		{Name: "prompted", Spec: "@every 30s", Limit: 10 * time.Second, Local: true, Run: n.readPrompted},
	}
	if n.sweep != nil {
		jobs = append(jobs, schedule.Job{Name: "sessions", Spec: "@every 30s", Limit: 30 * time.Second, Local: true, Run: n.sweepSessions})
	}
	return jobs
}

func (n *node) purgeSteps(ctx context.Context) (string, error) {
	gone, err := n.db.Steps().Purge(ctx, n.set.now().Add(-keepSteps))
	return counted(gone, "step rows purged"), err
}

// closeConsultations freezes the totals of what is over.
func (n *node) closeConsultations(ctx context.Context) (string, error) {
	closed, err := n.subjects.consultation.CloseDue(ctx, n.set.now())
	return counted(int64(closed), "consultations closed"), err
}

// retention deletes and unlinks what has been kept long enough, and reports what went.
func (n *node) retention(ctx context.Context) (string, error) {
	now, keep := n.set.now(), n.set.keep
	var report []string
	for _, part := range []struct {
		what string
		keep time.Duration // 0: for ever
		run  func(before time.Time) (int64, error)
	}{
		{"contacts deleted", keep.Contacts, func(t time.Time) (int64, error) { return n.db.Contacts().PurgeInactive(ctx, t) }},
		{"messages emptied", keep.Messages, func(t time.Time) (int64, error) { return n.db.MessagePurge().PurgeBodies(ctx, t) }},
		{"recipients deleted", keep.Messages, func(t time.Time) (int64, error) { return n.db.Recipients().Purge(ctx, t) }},
		{"receipts deleted", keep.Messages, func(t time.Time) (int64, error) { return n.db.Receipts().Purge(ctx, t) }},
		{"ballots unlinked", keep.Answers, func(time.Time) (int64, error) { return n.subjects.consultation.Unlink(ctx, now) }},
		{"votes unlinked", keep.Answers, func(t time.Time) (int64, error) { return n.subjects.voice.Unlink(ctx, t) }},
		{"offers to phones deleted", keepPhoneOffers, func(t time.Time) (int64, error) { return n.db.PhoneOffers().Purge(ctx, t) }},
		{"reports to RapidPro dropped", rapidpro.ReportLife, func(t time.Time) (int64, error) { return n.db.Relays().Purge(ctx, t.Add(-time.Hour)) }},
		{"calls forgotten", keepCalls, func(t time.Time) (int64, error) { return n.db.Callbacks().Purge(ctx, t) }},
		{"attendances unlinked", keep.Answers, func(t time.Time) (int64, error) { return n.subjects.notice.Unlink(ctx, t) }},
		{"memberships deleted", keep.Contacts, func(t time.Time) (int64, error) { return n.subjects.group.Purge(ctx, t, now) }},
		{"uploads deleted", keepUploads, func(t time.Time) (int64, error) { return n.db.Uploads().Purge(ctx, t) }},
		{"job runs deleted", keepJobRuns, func(t time.Time) (int64, error) { return n.db.JobRuns().Purge(ctx, t) }},
	} {
		if part.keep == 0 {
			continue
		}
		gone, err := part.run(now.Add(-part.keep))
		if err != nil {
			return strings.Join(report, ", "), err
		}
		report = append(report, fmt.Sprintf("%s %d", part.what, gone))
	}
	return strings.Join(report, ", "), nil
}

// freshness tells how many services, and contacts outside town halls, wait for somebody to check them.
func (n *node) freshness(ctx context.Context) (string, error) {
	services, err := n.perCommune(ctx, "services unchecked for 90 days", n.subjects.service.Stale)
	if err != nil {
		return "", err
	}
	contacts, err := n.subjects.service.StaleContacts(ctx, n.set.now())
	reports := slices.DeleteFunc([]string{services, counted(contacts, "contacts hidden until they are checked")}, func(s string) bool { return s == "" })
	return strings.Join(reports, ", "), err
}

// reminders tells how many cases wait beyond their due date.
func (n *node) reminders(ctx context.Context) (string, error) {
	return n.perCommune(ctx, "cases beyond their due date", n.subjects.question.Overdue)
}

// calendar tells how many steps of budgets are late, or due within two weeks; clerks see which in the console.
func (n *node) calendar(ctx context.Context) (string, error) {
	return n.perCommune(ctx, "budget steps late or due within 14 days", n.subjects.budget.CountDue)
}

// digest sends what communes told last month to who agreed to it.
func (n *node) digest(ctx context.Context) (string, error) {
	return n.perCommune(ctx, "digests sent", func(ctx context.Context, commune store.PlaceID, now time.Time) (int, error) {
		y, m, _ := now.In(n.set.zone).Date()
		lastMonth := time.Date(y, m, 0, 0, 0, 0, 0, time.UTC) // its last day, also when the job runs late
		return n.subjects.learning.SendDigest(ctx, commune, lastMonth, now)
	})
}

// perCommune adds up what a subject finds in each commune in use.
func (n *node) perCommune(ctx context.Context, what string, count func(context.Context, store.PlaceID, time.Time) (int, error)) (string, error) {
	communes, err := n.db.Places().Communes(ctx)
	if err != nil {
		return "", err
	}
	total, touched := 0, 0
	for _, c := range communes {
		found, err := count(ctx, c.ID, n.set.now())
		if err != nil {
			return "", err
		}
		if found > 0 {
			total += found
			touched++
		}
	}
	if total == 0 {
		return "", nil
	}
	return fmt.Sprintf("%d %s in %d communes", total, what, touched), nil
}

// reloadPlaces notices places that another process imported, and communes that channels were waiting for.
func (n *node) reloadPlaces(ctx context.Context) (string, error) {
	for _, b := range n.bound {
		if err := n.rebind(ctx, b); err != nil {
			return "", err
		}
	}
	return "", n.subjects.place.Reload(ctx)
}

// followFlows reports this node and goes over to what all nodes agreed on.
func (n *node) followFlows(ctx context.Context) (string, error) { return "", n.publish.Tick(ctx) }

// mergeKeys learns the data keys that another node has made.
func (n *node) mergeKeys(ctx context.Context) (string, error) { return "", n.learner.learn(ctx) }

func (n *node) sweepSessions(context.Context) (string, error) {
	return counted(int64(n.sweep(n.set.now())), "dialogues forgotten"), nil
}

// counted is a job's report, empty when there was nothing to do.
func counted(n int64, what string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", n, what)
}

// fingerprint is a short hash that names a text.
func fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}
