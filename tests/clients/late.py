"""Counts what was promised and what became of it, from exported events alone: a second opinion.

Reads the lines of `redress log export workflow`, with the policies that were put in force in them, and a
moment. It shares no code with Redress and looks at no clock event: when something was due is counted here,
on a table of every minute that says by `zoneinfo` what the clocks on the wall showed and whether work is
done. Prints what `redress report clocks --by month` has, as JSON.

    late.py workflow.jsonl 2026-11-23T10:00:00Z
"""

import json
import sys
import tomllib
from array import array
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MOMENTS = {
    "opened": "received",
    "acknowledged": "acknowledged",
    "assessed": "assessed",
    "investigation_started": "investigation_started",
    "response_proposed": "response_proposed",
    "decision_communicated": "decision_communicated",
    "acceptance_recorded": "accepted",
    "disputed": "disputed",
    "withdrawn": "withdrawn",
    "closed": "closed",
}


def minute_of(text):
    moment = datetime.fromisoformat(text)
    assert moment.second == 0 and moment.microsecond == 0, f"{text} is no whole minute"
    return int(moment.timestamp()) // 60


class Calendar:
    """Every minute between two, as the clocks of a zone show it."""

    def __init__(self, table, first, last):
        zone = ZoneInfo(table["zone"])
        week = self.week(table)
        holidays = {
            it["date"] if isinstance(it, dict) else it for it in table.get("holidays", [])
        }
        assert not table.get("holiday_files"), "no files of holidays here"
        self.first = first
        self.days, self.times, self.works = array("i"), array("i"), bytearray()
        # Of each local day its minutes, and those of them in which work is done.
        self.minutes, self.working = {}, {}
        for minute in range(first, last):
            local = datetime.fromtimestamp(minute * 60, zone)
            day, time = local.toordinal(), local.hour * 60 + local.minute
            windows = () if date.fromordinal(day) in holidays else week[local.weekday()]
            works = any(opens <= time < closes for opens, closes in windows)
            self.days.append(day)
            self.times.append(time)
            self.works.append(works)
            begun = self.minutes[day].start if day in self.minutes else minute
            self.minutes[day] = range(begun, minute + 1)
            if works:
                self.working.setdefault(day, array("i")).append(minute)

    @staticmethod
    def week(table):
        if table.get("around_the_clock"):
            return [[(0, 24 * 60)]] * 7
        usual = table.get("working_days", [])
        week = []
        for number, name in enumerate(WEEKDAYS):
            windows = table.get(name, usual if number < 5 else [])
            windows = [windows] if isinstance(windows, str) else windows
            week.append([tuple(map(time_of, it.split("-"))) for it in windows])
        return week

    def day(self, minute):
        return self.days[minute - self.first]

    def time(self, minute):
        return self.times[minute - self.first]

    def counts(self, minute, business):
        return not business or self.works[minute - self.first]

    def at(self, day, time):
        """The first minute of a day at which the clocks show a time, or what is as long after the last one
        before, where they jump over it."""
        before = None
        for minute in self.minutes[day]:
            if self.time(minute) == time:
                return minute
            if self.time(minute) < time:
                before = minute
        return before + (time - self.time(before))

    def business_day_after(self, day, number):
        while number:
            day += 1
            number -= day in self.working
        return day

    def close(self, day):
        return self.working[day][-1] + 1


def time_of(text):
    hours, minutes = text.strip().split(":")
    return int(hours) * 60 + int(minutes)


def plain_due(calendar, target, start):
    """When a target is due without anything left out, and whether working time counts towards it."""
    words = target.split()
    today, time = calendar.day(start), calendar.time(start)
    if words[0] == "close":
        number = int(words[3].rstrip("stndrh"))
        return calendar.close(calendar.business_day_after(today, number)), True
    amount, unit = int(words[0]), words[-1].rstrip("s")
    if unit == "week":
        return calendar.at(today + 7 * amount, time), False
    assert unit == "day", f"{target} is not counted here"
    if words[1] == "calendar":
        return calendar.at(today + amount, time), False
    last = calendar.business_day_after(today, amount)
    if today not in calendar.working:
        return calendar.close(last), True
    at, closed = calendar.at(last, time), None
    working = set(calendar.working[last])
    for minute in calendar.minutes[last]:
        if minute >= at and minute in working:
            # It opens later that day: due at the closing before, or if there was none at the opening.
            opens_later = minute > at and at not in working
            return (closed if closed is not None and opens_later else max(minute, at)), True
        if minute in working:
            closed = minute + 1
    return closed, True


def due(calendar, target, start, left_out):
    at, business = plain_due(calendar, target, start)
    if not any(begun <= at and over > start for begun, over in left_out):
        return at
    budget = sum(calendar.counts(minute, business) for minute in range(start, at))
    # Closing and the next opening are the same point of working time: the one that was meant is meant.
    at_opening = budget == 0 or not calendar.counts(at - 1, business)
    minute = start
    while True:
        if budget == 0 and not at_opening:
            return minute
        stands = any(begun <= minute < over for begun, over in left_out)
        if calendar.counts(minute, business) and not stands:
            if budget == 0:
                return minute
            budget -= 1
        minute += 1


class Policy:
    def __init__(self, document, calendars):
        self.table = tomllib.loads(document)
        self.name = self.table["policy"]
        self.calendars = calendars

    def calendar(self, rule):
        name = rule["calendar"]
        return self.calendars.of(self.table["calendars"][name])

    def clocks(self, about):
        if not holds(self.table.get("applies_to", {}), about):
            return
        for name, rule in self.table["clocks"].items():
            scope = rule.get("scope")
            if scope is None or holds(self.table["scopes"][scope], about):
                yield name, rule


class Calendars:
    """Made once for each table."""

    def __init__(self, first, last):
        self.first, self.last, self.made = first, last, {}

    def of(self, table):
        key = json.dumps(table, sort_keys=True, default=str)
        if key not in self.made:
            self.made[key] = Calendar(table, self.first, self.last)
        return self.made[key]


def several(value):
    return [value] if isinstance(value, str) else value


def holds(scope, about):
    for key, wanted in scope.items():
        if key == "about":
            continue
        found = about.get("tags", []) if key == "tags" else several(about.get(key[:-1], []))
        if key == "jurisdictions":
            is_it = any(it == one or it.startswith(one + "-") for it in found for one in several(wanted))
        else:
            is_it = any(it in several(wanted) for it in found)
        if not is_it:
            return False
    return True


class Clock:
    """One promise, until it is promised anew."""

    def __init__(self, policy, name, rule, start, severity):
        self.policy, self.name, self.rule = policy, name, rule
        self.start, self.began = start, start
        self.left_out, self.stopped, self.end = [], None, None
        self.set_severity(severity)

    def set_severity(self, severity):
        self.target = self.rule.get("severity", {}).get(severity, self.rule["target"])

    def due(self):
        calendar = self.policy.calendar(self.rule)
        return due(calendar, self.target, self.start, self.left_out)

    def stop(self, at, done):
        self.stopped = max(at, self.began)
        late = self.stopped > self.due()
        self.end = "late" if late else "met" if done else "cancelled"

    def go_on(self, at):
        at = max(at, self.stopped)
        if at > self.stopped:
            self.left_out.append((self.stopped, at))
        self.began, self.stopped, self.end = at, None, None

    def standing(self, now):
        if self.end is None:
            return "late_still" if now > self.due() * 60 else "running"
        return self.end


class Complaint:
    def __init__(self, about):
        self.about, self.severity, self.clocks, self.over = about, None, {}, []

    def anew(self, clock, policies, at):
        policy = next((it for it in policies if it.name == clock.policy.name), clock.policy)
        rule = policy.table["clocks"].get(clock.name, clock.rule)
        if clock.end is None:
            clock.end = "late" if at > clock.due() else "met"
        self.over.append(clock)
        return Clock(policy, clock.name, rule, at, self.severity)

    def again(self, clock, how, policies, at):
        at = max(at, clock.stopped)
        if how == "continue":
            clock.go_on(at)
        return self.anew(clock, policies, at) if how == "restart" else clock

    def take(self, kind, data, policies):
        if kind in ("complainant_awaited", "third_party_awaited", "held"):
            raise SystemExit("a pause: that is not counted here")
        at = data["about"]["received_at"] if kind == "opened" else data.get("occurred_at")
        if kind in ("assessed", "reclassified"):
            self.severity = data["severity"]
            for clock in self.clocks.values():
                if clock.end is None:
                    clock.set_severity(self.severity)
        if kind == "reopened":
            for key, clock in self.clocks.items():
                if clock.end is not None:
                    how = clock.rule.get("on_reopening", "continue")
                    self.clocks[key] = self.again(clock, how, policies, minute_of(at))
        if kind in MOMENTS:
            self.moment(MOMENTS[kind], minute_of(at), policies)

    def moment(self, moment, at, policies):
        for key, clock in list(self.clocks.items()):
            rule = clock.rule
            if clock.end is not None:
                if moment == "disputed":
                    usual = "restart" if rule["starts"] == "disputed" else "stay_stopped"
                    how = rule.get("on_dispute", usual)
                    self.clocks[key] = self.again(clock, how, policies, at)
            elif moment in several(rule["stops"]):
                clock.stop(at, True)
            elif moment in several(rule.get("cancels", [])):
                clock.stop(at, False)
            elif moment in several(rule.get("restarts", [])) and at > clock.began:
                self.clocks[key] = self.anew(clock, policies, at)
        for policy in policies:
            for name, rule in policy.clocks(self.about):
                key = (policy.name, name)
                if key not in self.clocks and rule["starts"] == moment:
                    self.clocks[key] = Clock(policy, name, rule, at, self.severity)


def read(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            kind = record["type"].removesuffix(".v1").removeprefix("redress.")
            yield kind.split("."), record["subject"], record["data"]


def complaints(path, now):
    times = [
        minute_of(data["about"]["received_at"])
        for kind, _, data in read(path)
        if kind == ["complaint", "opened"]
    ]
    # Two months more than anything that happened: nothing is due later than that after it began.
    calendars = Calendars(min(times) - 3 * 1440, int(now) // 60 + 90 * 1440)
    policies, all_of_them = {}, {}
    for (area, what), subject, data in read(path):
        if area == "policy" and what == "applied":
            policies[data["policy"]] = Policy(data["document"], calendars)
        elif area == "policy":
            policies.pop(data["policy"], None)
        elif area == "complaint":
            if what == "opened":
                all_of_them[subject] = Complaint(data["about"])
            if subject in all_of_them:
                in_force = [policies[name] for name in sorted(policies)]
                all_of_them[subject].take(what, data, in_force)
    return all_of_them.values()


NAMES = "started met late late_still cancelled running paused".split()


def count(counts, standing):
    counts["started"] += 1
    if standing == "late_still":
        counts["late"] += 1
    counts[standing] += 1


def main(path, at):
    now = datetime.fromisoformat(at).timestamp()
    report = {}
    for complaint in complaints(path, now):
        for clock in [*complaint.over, *complaint.clocks.values()]:
            key = (clock.policy.name, clock.name)
            total, months = report.setdefault(key, (dict.fromkeys(NAMES, 0), {}))
            began = datetime.fromtimestamp(clock.start * 60, timezone.utc)
            month = months.setdefault(f"{began:%Y-%m}-01", dict.fromkeys(NAMES, 0))
            standing = clock.standing(now)
            count(total, standing)
            count(month, standing)
    clocks = [
        {
            "policy": policy,
            "clock": name,
            "total": total,
            "points": [{"start": start, **months[start]} for start in sorted(months)],
        }
        for (policy, name), (total, months) in sorted(report.items())
    ]
    json.dump({"clocks": clocks}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
