"""What is told, when, how often, and what happens to it when the connection ends."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kiosk import effects as do
from kiosk import events as on
from kiosk.mqtt.news import Acknowledged, Connected, Disconnected, Message, NotSubscribed, TakenOver
from kiosk.mqtt.news import Dropped as ThrownAway
from kiosk.mqtt.reports import (
    Answer,
    Event,
    Fault,
    Phase,
    Presence,
    Reply,
    Report,
    Reported,
    State,
    Taken,
    Telemetry,
)
from kiosk.post import NoPost
from kiosk.post.board import STATE_EVERY
from kiosk.post.outgoing import HEARS_WITHIN, TELEMETRY_EVERY
from kiosk.post.streams import ANSWERS, EVENTS
from kiosk.pushed import Pushed
from tests.core.shop import MORNING
from tests.post.bench import EPOCH, SESSION, STARTED, TOPICS, Bench, lines, status

TOLD = do.Tell("order.intent", "", {})


def reply(number: int, answer: Answer = Answer.ACCEPTED) -> Reply:
    return Reply(id=f"c-{number}", command="charge", status=answer)


def seqs(bench: Bench) -> list[int]:
    return [each.report(Event).seq for each in bench.line.taken(TOPICS.event)]


# --- Events


def test_events_are_told_oldest_first_as_the_journal_has_them(bench: Bench) -> None:
    bench.book.tells(what="order.settled", order_id="K01A", fields={"amount": 12_000}, reference="sale-1")
    bench.connects()
    (sent,) = bench.line.seen(TOPICS.event)
    told = sent.report(Event)
    assert (sent.qos, sent.retain) == (1, False)
    assert (told.epoch, told.seq, told.event_id) == (EPOCH, 1, "0" * 15 + "1")
    assert (told.what, told.order_id, told.reference) == ("order.settled", "K01A", "sale-1")
    assert (told.time, told.time_ok, told.fields) == (int(MORNING), True, {"amount": 12_000})


def test_few_events_are_under_way_and_each_puback_makes_room(bench: Bench) -> None:
    bench.book.tells(EVENTS + 3)
    bench.connects()
    under_way = bench.line.seen(TOPICS.event)
    assert len(under_way) == EVENTS
    for each in under_way[:2]:
        each.receipt.is_out = True
    bench.take(Acknowledged())
    assert len(bench.line.seen(TOPICS.event)) == EVENTS + 2
    assert min(bench.book.rows) == 3


def test_an_event_stays_in_the_journal_until_the_broker_has_it(bench: Bench) -> None:
    bench.book.tells(2)
    bench.connects()
    bench.decides()
    assert list(bench.book.rows) == [1, 2]
    assert seqs(bench) == [1, 2]
    bench.take(Acknowledged())
    assert list(bench.book.rows) == []


def test_what_was_lost_with_the_connection_is_told_again_from_the_oldest(bench: Bench) -> None:
    bench.book.tells(3)
    bench.connects()
    bench.line.seen(TOPICS.event)[1].receipt.is_out = True
    bench.loses_the_line()
    bench.line.taken()
    bench.book.tells()
    bench.connects()
    assert seqs(bench) == [1, 3, 4]


def test_the_oldest_is_told_again_though_newer_ones_got_through(bench: Bench) -> None:
    bench.book.tells(2)
    bench.connects()
    bench.line.breaks()
    bench.line.rises()  # quicker than anybody could tell
    bench.line.sent.clear()
    bench.book.tells()
    bench.decides(None, TOLD)
    assert [each.report(Event).seq for each in bench.line.seen(TOPICS.event)] == [1, 2, 3]


def test_what_is_published_into_nothing_stops_there_so_that_the_order_holds(bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    bench.line.breaks()
    bench.book.tells(3)
    tries = bench.line.tries
    bench.decides(None, TOLD)
    assert bench.line.tries == tries + 1


def test_an_event_that_was_just_decided_is_told_at_once(bench: Bench) -> None:
    bench.connects()
    assert seqs(bench) == []
    bench.book.tells()
    bench.decides(None, TOLD)
    assert seqs(bench) == [1]


def test_the_journal_is_not_asked_after_a_decision_that_told_nothing(bench: Bench) -> None:
    bench.connects()
    bench.book.tells()
    bench.decides()
    assert seqs(bench) == []


def test_nothing_is_published_without_a_connection(bench: Bench) -> None:
    bench.book.tells()
    bench.decides(None, TOLD)
    bench.line.rises()  # it is there, and was not told yet
    bench.decides(None, TOLD)
    assert bench.line.sent == []


def test_a_connection_that_is_gone_before_anybody_said_so_loses_nothing(bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    bench.line.breaks()
    bench.book.tells()
    bench.decides(None, TOLD)
    bench.take(Disconnected("gone", 1.0))
    bench.connects()
    assert seqs(bench) == [1]


def test_an_event_that_no_broker_takes_goes_without_its_fields_and_no_number_is_missing(
    bench: Bench,
) -> None:
    bench.book.tells(what="part.failed", fields={"reason": "x" * 70_000})
    bench.connects()
    (sent,) = bench.line.taken(TOPICS.event)
    assert len(sent.payload) <= Report.largest
    assert (sent.report(Event).what, sent.report(Event).fields) == ("part.failed", {})


def test_a_time_before_1970_is_no_time(bench: Bench) -> None:
    bench.book.tells(time=-5.0, time_ok=False)
    bench.connects()
    assert bench.line.taken(TOPICS.event)[0].report(Event).time == 0


# --- Answers


def test_answers_are_sent_until_the_broker_has_them(bench: Bench) -> None:
    bench.book.answers = [reply(1), reply(2)]
    bench.connects()
    assert bench.replies == [reply(1), reply(2)]
    assert bench.book.answers == [reply(1), reply(2)]
    bench.take(Acknowledged())
    assert bench.book.answers == []
    bench.decides()
    assert bench.replies == []


def test_few_answers_are_under_way(bench: Bench) -> None:
    bench.book.answers = [reply(number) for number in range(ANSWERS + 4)]
    bench.connects()
    assert len(bench.replies) == ANSWERS
    bench.take(Acknowledged())
    assert [each.id for each in bench.replies] == [f"c-{ANSWERS + number}" for number in range(4)]


def test_the_last_answer_follows_the_first_though_that_is_still_under_way(bench: Bench) -> None:
    bench.book.answers = [reply(1)]
    bench.connects()
    bench.book.answers = [reply(1, Answer.DONE)]
    bench.decides()
    assert [each.status for each in bench.replies] == [Answer.ACCEPTED, Answer.DONE]


def test_an_answer_under_way_is_not_sent_beside_itself(bench: Bench) -> None:
    bench.book.answers = [reply(1)]
    bench.connects()
    bench.decides()
    assert len(bench.line.seen(TOPICS.reply)) == 1


def test_older_answers_under_way_leave_less_room_for_newer_ones(bench: Bench) -> None:
    bench.book.answers = [reply(number) for number in range(ANSWERS - 3)]
    bench.connects()
    bench.book.answers = [reply(number, Answer.DONE) for number in range(ANSWERS)]
    bench.decides()
    assert len(bench.line.seen(TOPICS.reply)) == ANSWERS


def test_an_answer_that_was_lost_is_sent_again(bench: Bench) -> None:
    bench.book.answers = [reply(1)]
    bench.connects()
    bench.loses_the_line()
    bench.line.taken()
    bench.connects()
    assert bench.replies == [reply(1)]


def test_an_answer_too_large_goes_without_its_data(bench: Bench) -> None:
    bench.book.answers = [msgspec.structs.replace(reply(1), data={"much": "x" * 70_000})]
    bench.connects()
    assert bench.replies == [reply(1)]


# --- What the broker keeps


def test_it_says_that_it_is_there_at_every_connection(bench: Bench) -> None:
    for _ in range(2):
        bench.connects()
        (sent,) = bench.line.taken(TOPICS.status)
        assert (sent.payload, sent.qos, sent.retain) == (status(Presence.ONLINE), 1, True)
        bench.loses_the_line()


def test_a_reconnect_tells_nothing_again_that_the_broker_has(bench: Bench) -> None:
    bench.book.tells(3)
    bench.connects()
    bench.line.taken()
    bench.loses_the_line()
    bench.connects()
    topics = {each.topic for each in bench.line.taken()}
    assert topics == {TOPICS.status.topic, TOPICS.reported.topic}


def test_a_broker_that_has_forgotten_us_is_told_everything_that_it_keeps(bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    bench.loses_the_line()
    bench.passes(10.0)
    bench.connects(is_known=False)
    topics = {each.topic for each in bench.line.taken()}
    assert topics == {TOPICS.status.topic, TOPICS.reported.topic, TOPICS.state.topic}


def test_the_state_is_told_when_it_changes(bench: Bench) -> None:
    bench.connects()
    (sent,) = bench.line.taken(TOPICS.state)
    assert (sent.report(State).phase, sent.retain) == (Phase.IDLE, True)
    bench.passes(10.0)
    assert bench.line.taken(TOPICS.state) == []
    bench.shop.press("1")
    bench.till = bench.shop.till
    bench.decides()
    assert [each.report(State).phase for each in bench.line.taken(TOPICS.state)] == [Phase.CHOOSING]


def test_of_quick_changes_the_first_and_the_newest_are_told(bench: Bench) -> None:
    bench.connects()
    bench.post.job(bench.now)
    bench.line.taken()
    bench.passes(10.0)
    for keys in ("1", "#", "*"):
        bench.shop.press(keys)
        bench.till = bench.shop.till
        bench.decides()
    first = bench.line.taken(TOPICS.state)
    bench.take(Acknowledged())
    assert (len(first), bench.line.taken(TOPICS.state)) == (1, [])
    assert bench.post.due == bench.now.elapsed + STATE_EVERY
    bench.passes(STATE_EVERY)
    assert len(bench.line.taken(TOPICS.state)) == 1


def test_a_state_waits_while_the_one_before_is_under_way_and_wakes_nobody(bench: Bench) -> None:
    bench.connects()
    bench.post.job(bench.now)
    bench.passes(10.0)
    bench.shop.press("1")
    bench.till = bench.shop.till
    bench.decides()
    assert len(bench.line.seen(TOPICS.state)) == 1
    assert bench.post.due == STARTED + TELEMETRY_EVERY
    bench.line.taken()
    bench.take(Acknowledged())
    assert [each.report(State).phase for each in bench.line.taken(TOPICS.state)] == [Phase.CHOOSING]


def test_a_state_that_was_lost_is_told_again(bench: Bench) -> None:
    bench.connects()
    bench.loses_the_line()
    bench.line.sent.clear()
    bench.passes(10.0)
    bench.connects()
    assert len(bench.line.taken(TOPICS.state)) == 1


def test_which_configuration_holds_is_told_when_it_changes(bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    fault = Fault(path="slots", reason="bad_value", words="no", advice="")
    bench.till = replace(
        bench.till,
        pushed=Pushed(version=7, hash="ab", taken=Taken.REJECTED, reason="not_valid", errors=(fault,)),
    )
    bench.decides()
    (sent,) = bench.line.taken(TOPICS.reported)
    told = sent.report(Reported)
    assert sent.retain
    assert (told.version, told.hash, told.taken, told.in_effect) == (7, "ab", Taken.REJECTED, 0)
    assert (told.reason, told.errors, told.effective) == ("not_valid", (fault,), {"language": "id"})
    bench.decides()
    assert bench.line.taken(TOPICS.reported) == []


def test_the_values_in_effect_follow_the_document_in_effect(bench: Bench) -> None:
    bench.connects()
    bench.line.taken()
    bench.till = replace(bench.till, pushed=Pushed(version=7, in_effect=7, document={"contact": "WA 1"}))
    bench.decides()
    (sent,) = bench.line.taken(TOPICS.reported)
    assert sent.report(Reported).effective == {"language": "id", "contact": "WA 1"}
    bench.loses_the_line()
    bench.connects()
    assert bench.asked_for == [{}, {"contact": "WA 1"}]


def test_a_report_too_large_tells_fewer_faults_and_then_no_values(bench: Bench) -> None:
    fault = Fault(path="slots", reason="bad_value", words="x" * 1_000, advice="")
    bench.till = replace(bench.till, pushed=Pushed(version=7, errors=(fault,) * 100))
    bench.connects()
    (sent,) = bench.line.taken(TOPICS.reported)
    assert len(sent.payload) <= Report.largest
    assert (len(sent.report(Reported).errors), sent.report(Reported).effective) == (20, {"language": "id"})


# --- Telemetry


def test_how_it_is_is_measured_on_a_lane_and_told_once(bench: Bench) -> None:
    bench.connects()
    assert bench.post.due == STARTED
    job = bench.post.job(bench.now)
    assert job is not None
    assert bench.post.job(bench.now) is None
    assert job.work() == on.TimePassed()
    bench.tally.count("refused.expired")
    bench.passes(7.0)
    (sent,) = bench.line.taken(TOPICS.telemetry)
    told = sent.report(Telemetry)
    assert (sent.qos, sent.retain) == (0, False)
    assert (told.up, told.session, told.epoch, told.time) == (7, SESSION, EPOCH, int(MORNING) + 7)
    assert told.counters == {"refused.expired": 1}
    assert told.health["disk_free_mib"] > 0
    bench.passes(1.0)
    assert bench.line.taken(TOPICS.telemetry) == []


def test_the_next_measuring_is_minutes_later_and_a_reconnect_brings_none(bench: Bench) -> None:
    bench.connects()
    assert bench.post.job(bench.now)
    bench.loses_the_line()
    assert (bench.post.due, bench.post.job(bench.now)) == (None, None)
    bench.connects()
    bench.line.taken()
    assert bench.post.due == STARTED + TELEMETRY_EVERY
    bench.passes(TELEMETRY_EVERY)
    assert bench.post.job(bench.now)


def test_without_a_connection_nothing_is_measured_and_nobody_is_woken(bench: Bench) -> None:
    bench.passes(10_000.0)
    assert (bench.post.due, bench.post.job(bench.now)) == (None, None)


# --- The link


def test_the_last_words_are_that_it_went_in_good_order(bench: Bench) -> None:
    bench.post.close()
    assert bench.line.last_words == (Message(TOPICS.status.topic, status(Presence.OFFLINE)),)


def test_a_machine_that_must_end_says_why(bench: Bench) -> None:
    bench.post.close("K402")
    assert bench.line.last_words is not None
    topic, payload = bench.line.last_words[0]
    told = msgspec.json.decode(payload, type=State)
    assert (topic, told.phase, told.codes) == (TOPICS.state.topic, Phase.OUT_OF_SERVICE, ("K402",))


def test_a_broker_taken_over_by_another_machine_is_an_event_once_an_hour(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    happened = []
    for _ in range(3):
        happened += [bench.take(TakenOver()), bench.take(TakenOver())]
        bench.passes(1800.0)
    assert happened == [on.IdContested(), None, None, None, on.IdContested(), None]
    assert len(lines(caplog, "K703")) == 6
    assert bench.tally.counts == {"taken_over": 6}


@pytest.mark.parametrize(
    ("item", "code", "count"),
    [
        (NotSubscribed(("kiosk/v1/K01/cmd/+",)), "K704", {"not_subscribed": 1}),
        (ThrownAway("70000 bytes are too many", 12), "K705", {"refused.oversized_unread": 12}),
    ],
)
def test_trouble_with_the_broker_is_a_line_and_a_count(
    item: Any, code: str, count: dict[str, int], bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    assert bench.take(item) is None
    assert len(lines(caplog, code)) == 1
    assert bench.tally.counts == count


def test_a_broker_that_stays_away_is_one_line_for_each_reason(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "kiosk")
    for reason in ("nothing listens", "nothing listens", "no TLS", "no TLS"):
        bench.take(Disconnected(reason, 1.0))
    assert [line["reason"] for line in lines(caplog, "K702")] == ["nothing listens", "no TLS"]
    bench.connects()
    bench.take(Disconnected("no TLS", 1.0))
    assert len(lines(caplog, "K702")) == 3
    assert len(lines(caplog, "K701")) == 1


def test_reconnects_are_counted_and_the_first_connection_is_none(bench: Bench) -> None:
    for _ in range(3):
        bench.take(Connected(session_present=True))
    assert bench.tally.counts == {"reconnects": 2}


def test_it_is_started_by_whoever_has_everything_ready(bench: Bench) -> None:
    assert not bench.line.is_started
    bench.post.start()
    assert bench.line.is_started


def test_a_machine_without_a_broker_has_nothing_to_tell(bench: Bench) -> None:
    post = NoPost()
    post.start()
    post.decided(on.TimePassed(), (), bench.till, bench.now)
    assert (post.due, post.job(bench.now)) == (None, None)
    assert post.take(Acknowledged(), bench.till, bench.now) is None
    post.close("K402")


def test_no_event_is_told_before_what_the_broker_keeps_for_us_is_here(bench: Bench) -> None:
    bench.book.tells()
    bench.connects(hears_itself=False)
    assert bench.line.taken(TOPICS.event) == []
    bench.book.epoch += 1  # an acknowledgement among it showed that the journal is an old copy
    bench.book.rows[1] = replace(bench.book.rows[1], epoch=bench.book.epoch)
    bench.hears(TOPICS.status, status(Presence.ONLINE))
    (told,) = bench.line.taken(TOPICS.event)
    assert told.report(Event).epoch == EPOCH + 1


def test_what_an_earlier_life_told_is_not_our_own_status_coming_back(bench: Bench) -> None:
    bench.book.tells()
    bench.connects(hears_itself=False)
    bench.hears(TOPICS.status, status(Presence.ONLINE), retained=True)
    bench.hears(TOPICS.status, status(Presence.ONLINE, SESSION - 1))
    bench.hears(TOPICS.status, status(Presence.LOST))
    assert bench.line.taken(TOPICS.event) == []


def test_who_may_not_read_its_own_status_tells_its_events_a_little_later(bench: Bench) -> None:
    bench.book.tells()
    bench.connects(hears_itself=False)
    bench.post.job(bench.now)  # telemetry is not what it waits for
    assert bench.post.due == STARTED + HEARS_WITHIN
    bench.passes(HEARS_WITHIN)
    assert len(bench.line.taken(TOPICS.event)) == 1
    assert bench.post.due == STARTED + TELEMETRY_EVERY
