package sqldb

import (
	"context"
	"fmt"
	"strings"
	"time"

	"baro/store"
)

// Every move first takes the notice's row, so that two movers of one notice
// queue up and each sees what the other left.

func (n *Notices) Ask(ctx context.Context, commune store.PlaceID, id int64, a store.Asking, act store.Act) (v store.NoticeVersion, err error) {
	const op = "ask for notice"
	if err := checkNotice(op, a.Content); err != nil {
		return v, err
	}
	if a.Author.Nobody() || a.ApproveBy.IsZero() {
		return v, store.NewError(store.CodeInvalid, op, "an author and a time for the decision are needed")
	}
	err = n.db.Write(ctx, func(ctx context.Context) error {
		notice, err := n.hold(ctx, op, commune, id)
		if err != nil {
			return err
		}
		fresh := a.Change == store.ChangeNew
		if fresh != notice.State.CanBecome(store.NoticeAsked) || !fresh && !notice.State.Told() {
			return errNoticeState(op)
		}
		if err := n.belongs(ctx, commune, 0, a.Content.Venue); err != nil {
			return err
		}
		if err := n.allowed(ctx, op, notice, a); err != nil {
			return err
		}
		next, c, now := notice.Version+1, a.Content, micros(n.db.now())
		inserted, err := n.db.exec(ctx, op, "notice_version_insert", id, next, string(a.Change), string(c.Topic), reference(c.Venue), c.Place,
			micros(c.StartsAt), reference(a.Mandate), reference(a.Author.Officer), reference(a.Author.Account), a.Recipients,
			number(a.Cost), now, micros(a.ApproveBy))
		if err != nil {
			return err
		}
		if inserted == 0 {
			return store.NewError(store.CodeConflict, op, "another version is under way")
		}
		if _, err := n.db.exec(ctx, op, "notice_asked", int64(commune), id, next, now); err != nil {
			return err
		}
		if fresh {
			_, err := n.db.exec(ctx, op, "notice_put_forward", int64(commune), id, string(c.Topic), reference(c.Venue), c.Place,
				micros(c.StartsAt), reference(a.Author.Officer), reference(a.Author.Account))
			if err != nil {
				return err
			}
		}
		if err := n.note(ctx, act, commune, id, next, "notice.ask", "", fmt.Sprintf("%s: %s", a.Change, contentName(c))); err != nil {
			return err
		}
		v, err = n.Version(ctx, commune, id, next)
		return err
	})
	return v, err
}

// allowed checks the organisation and its quota; its row is held meanwhile.
func (n *Notices) allowed(ctx context.Context, op string, notice store.Notice, a store.Asking) error {
	if notice.Organisation == 0 {
		return nil
	}
	held, err := n.db.exec(ctx, op, "organisation_hold", int64(notice.Commune), notice.Organisation)
	if err != nil {
		return err
	}
	if held == 0 {
		return store.NewError(store.CodeDenied, op, "the organisation is not active")
	}
	if a.Change != store.ChangeNew || a.Quota == 0 {
		return nil
	}
	asked, err := one(ctx, n.db, op, "notice_quota", scanInt64, int64(notice.Commune), notice.Organisation, micros(a.MonthFrom), micros(a.MonthTo))
	if err != nil {
		return err
	}
	if asked >= int64(a.Quota) {
		return store.NewError(store.CodeDenied, op, "the month's quota is used up")
	}
	return nil
}

func (n *Notices) Decide(ctx context.Context, commune store.PlaceID, id int64, version int, d store.Decision, act store.Act) error {
	const op = "decide on notice"
	if d.By.Nobody() || !d.Approve && d.Reason == "" {
		return store.NewError(store.CodeInvalid, op, "an approver, and a reason for a refusal, are needed")
	}
	return n.db.Write(ctx, func(ctx context.Context) error {
		if _, err := n.hold(ctx, op, commune, id); err != nil {
			return err
		}
		v, err := n.Version(ctx, commune, id, version)
		if err != nil {
			return err
		}
		same, err := n.samePerson(ctx, op, v.Author, d.By)
		if err != nil {
			return err
		}
		switch {
		case v.State != store.VersionAsked:
			return errNoticeState(op)
		case same:
			return store.NewError(store.CodeDenied, op, "nobody approves their own notice")
		case !v.ApproveBy.After(n.db.now()):
			return store.NewError(store.CodeDenied, op, "the time for a decision is over")
		}
		state, notice := store.VersionApproved, store.NoticeApproved
		if !d.Approve {
			state, notice = store.VersionRefused, store.NoticeRefused
		}
		if err := n.decided(ctx, op, v, state, d); err != nil {
			return err
		}
		if v.Change == store.ChangeNew {
			if err := n.become(ctx, op, commune, id, store.NoticeAsked, notice); err != nil {
				return err
			}
		}
		return n.note(ctx, act, commune, id, version, "notice.decide", string(store.VersionAsked), strings.TrimSpace(string(state)+" "+d.Reason))
	})
}

func (n *Notices) Withdraw(ctx context.Context, commune store.PlaceID, id int64, version int, act store.Act) error {
	return n.db.Write(ctx, func(ctx context.Context) error {
		return n.end(ctx, "withdraw notice", commune, id, version, store.VersionWithdrawn, act)
	})
}

func (n *Notices) Announce(ctx context.Context, commune store.PlaceID, id int64, version int, recipients int64, act store.Act) error {
	const op = "announce notice"
	return n.db.Write(ctx, func(ctx context.Context) error {
		notice, err := n.hold(ctx, op, commune, id)
		if err != nil {
			return err
		}
		v, err := n.Version(ctx, commune, id, version)
		if err != nil {
			return err
		}
		next := map[store.NoticeChange]store.NoticeState{
			store.ChangeNew: store.NoticeAnnounced, store.ChangePostponed: store.NoticePostponed,
			store.ChangeCorrected: notice.State, store.ChangeCancelled: store.NoticeCancelled,
		}[v.Change]
		if v.State != store.VersionApproved || !notice.State.CanBecome(next) {
			return errNoticeState(op)
		}
		now, c := micros(n.db.now()), v.Content
		if _, err := n.db.exec(ctx, op, "notice_version_announced", id, version, recipients, now); err != nil {
			return err
		}
		_, err = n.db.exec(ctx, op, "notice_told", int64(commune), id, string(notice.State), string(next), string(c.Topic),
			reference(c.Venue), c.Place, micros(c.StartsAt), now)
		if err != nil {
			return err
		}
		return n.note(ctx, act, commune, id, version, "notice.announce", string(notice.State), fmt.Sprintf("%s to %d", next, recipients))
	})
}

func (n *Notices) Appeal(ctx context.Context, commune store.PlaceID, id int64, act store.Act) error {
	const op = "appeal against refusal"
	return n.db.Write(ctx, func(ctx context.Context) error {
		notice, err := n.hold(ctx, op, commune, id)
		if err != nil {
			return err
		}
		changed, err := n.db.exec(ctx, op, "notice_appeal", int64(commune), id, micros(n.db.now()))
		if err != nil {
			return err
		}
		if changed == 0 {
			return store.NewError(store.CodeConflict, op, "nothing was refused, or the appeal was made already")
		}
		return n.note(ctx, act, commune, id, notice.Version, "notice.appeal", "", string(store.AppealAsked))
	})
}

func (n *Notices) DecideAppeal(ctx context.Context, commune store.PlaceID, id int64, granted bool, by store.By, act store.Act) error {
	const op = "decide appeal"
	if by.Nobody() || !granted && act.Reason == "" {
		return store.NewError(store.CodeInvalid, op, "who decides, and a reason for a rejection, are needed")
	}
	return n.db.Write(ctx, func(ctx context.Context) error {
		notice, err := n.hold(ctx, op, commune, id)
		if err != nil {
			return err
		}
		if notice.State != store.NoticeRefused || notice.Appeal != store.AppealAsked {
			return errNoticeState(op)
		}
		v, err := n.Version(ctx, commune, id, notice.Version)
		if err != nil {
			return err
		}
		for _, other := range []store.By{v.Author, v.Approver} {
			same, err := n.samePerson(ctx, op, other, by)
			if err != nil {
				return err
			}
			if same {
				return store.NewError(store.CodeDenied, op, "author and refuser do not judge the appeal")
			}
		}
		state := store.AppealRejected
		if granted {
			state = store.AppealGranted
		}
		changed, err := n.db.exec(ctx, op, "notice_appeal_decide", int64(commune), id, string(state), micros(n.db.now()))
		if err != nil {
			return err
		}
		if changed == 0 {
			return errNoticeState(op)
		}
		if granted {
			if err := n.decided(ctx, op, v, store.VersionApproved, store.Decision{By: by}); err != nil {
				return err
			}
			if err := n.become(ctx, op, commune, id, store.NoticeRefused, store.NoticeApproved); err != nil {
				return err
			}
		}
		return n.note(ctx, act, commune, id, v.Version, "notice.appeal", string(store.AppealAsked), string(state))
	})
}

func (n *Notices) Lapse(ctx context.Context, now time.Time, act store.Act) (lapsed int64, err error) {
	const op = "lapse notices"
	type overdue struct {
		commune store.PlaceID
		id      int64
		version int
	}
	err = n.db.Write(ctx, func(ctx context.Context) error {
		lapsed = 0
		all, err := list(ctx, n.db, op, "notice_version_overdue", func(row scanner) (o overdue, err error) {
			err = row.Scan(&o.id, &o.commune, &o.version)
			return o, err
		}, micros(now))
		for _, o := range all {
			if err = n.end(ctx, op, o.commune, o.id, o.version, store.VersionLapsed, act); err != nil {
				return err
			}
			lapsed++
		}
		return err
	})
	return lapsed, err
}

func (n *Notices) Finish(ctx context.Context, startedBefore time.Time, act store.Act) (finished int64, err error) {
	const op = "finish notices"
	err = n.db.Write(ctx, func(ctx context.Context) error {
		finished = 0
		all, err := list(ctx, n.db, op, "notice_begun", func(row scanner) (v store.Notice, err error) {
			err = row.Scan(&v.ID, &v.Commune, &v.State)
			return v, err
		}, micros(startedBefore))
		for _, v := range all {
			if err = n.become(ctx, op, v.Commune, v.ID, v.State, store.NoticePast); err != nil {
				return err
			}
			if err = n.db.record(ctx, act, v.Commune, "notice.state", noticeObject(v.ID), string(v.State), string(store.NoticePast)); err != nil {
				return err
			}
			finished++
		}
		return err
	})
	return finished, err
}

// hold takes the notice's row and gives what it says.
func (n *Notices) hold(ctx context.Context, op string, commune store.PlaceID, id int64) (store.Notice, error) {
	if _, err := n.db.exec(ctx, op, "notice_hold", int64(commune), id, micros(n.db.now())); err != nil {
		return store.Notice{}, err
	}
	return n.Get(ctx, commune, id)
}

// end takes an asked version out of the waiting: withdrawn or lapsed.
func (n *Notices) end(ctx context.Context, op string, commune store.PlaceID, id int64, version int, to store.VersionState, act store.Act) error {
	if _, err := n.hold(ctx, op, commune, id); err != nil {
		return err
	}
	v, err := n.Version(ctx, commune, id, version)
	if err != nil {
		return err
	}
	ended, err := n.db.exec(ctx, op, "notice_version_end", id, version, string(to), micros(n.db.now()))
	if err != nil {
		return err
	}
	if ended == 0 {
		return errNoticeState(op)
	}
	if v.Change == store.ChangeNew {
		if err := n.become(ctx, op, commune, id, store.NoticeAsked, store.NoticeDraft); err != nil {
			return err
		}
	}
	return n.note(ctx, act, commune, id, version, "notice.end", string(store.VersionAsked), string(to))
}

func (n *Notices) decided(ctx context.Context, op string, v store.NoticeVersion, to store.VersionState, d store.Decision) error {
	changed, err := n.db.exec(ctx, op, "notice_version_decide", v.Notice, v.Version, string(v.State), string(to),
		reference(d.By.Officer), reference(d.By.Account), d.Reason, d.Note, micros(n.db.now()))
	if err == nil && changed == 0 {
		return errNoticeState(op)
	}
	return err
}

func (n *Notices) become(ctx context.Context, op string, commune store.PlaceID, id int64, from, to store.NoticeState) error {
	changed, err := n.db.exec(ctx, op, "notice_state", int64(commune), id, string(from), string(to), micros(n.db.now()))
	if err == nil && changed == 0 {
		return errNoticeState(op)
	}
	return err
}

// samePerson compares officers and accounts, and an officer's account with the
// other's.
func (n *Notices) samePerson(ctx context.Context, op string, a, b store.By) (bool, error) {
	if a.Officer != 0 && a.Officer == b.Officer {
		return true, nil
	}
	accounts := [2]int64{a.Account, b.Account}
	for i, officer := range []int64{a.Officer, b.Officer} {
		if officer == 0 {
			continue
		}
		account, err := one(ctx, n.db, op, "officer_account", scanInt64, officer)
		if err != nil {
			return false, err
		}
		if accounts[i] == 0 {
			accounts[i] = account
		}
	}
	return accounts[0] != 0 && accounts[0] == accounts[1], nil
}

func (n *Notices) note(ctx context.Context, act store.Act, commune store.PlaceID, id int64, version int, action, before, after string) error {
	return n.db.record(ctx, act, commune, action, fmt.Sprintf("%s:%d", noticeObject(id), version), before, after)
}
