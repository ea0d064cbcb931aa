"""Drives an alo server with the official Python SDK, only the base URL changed, as any application would.

Reads from the environment: ALO_BASE_URL, ALO_ACCOUNT_SID, ALO_AUTH_TOKEN, ALO_FROM (a number of the account's), ALO_TO (who
answers and stays until hung up on), ALO_ANSWER_URL (a webhook whose TwiML lasts a minute).
Prints what it saw, a JSON object a line. Ends with 1 and a MISMATCH on standard error where the server isn't as promised.
"""

import datetime
import os

from sdk import ACCOUNT, client, download, expect, expect_error, is_moment, is_sid, tell, until
from twilio.twiml.voice_response import VoiceResponse

FROM = os.environ["ALO_FROM"]
TO = os.environ["ALO_TO"]
ANSWER_URL = os.environ["ALO_ANSWER_URL"]


def waits(seconds):
    document = VoiceResponse()
    document.pause(length=seconds)
    return document


def account(twilio):
    seen = twilio.api.accounts(ACCOUNT).fetch()
    tell("account", sid=seen.sid, status=seen.status, type=seen.type)
    expect("sid", seen.sid, ACCOUNT)
    expect("status", seen.status, "active")
    expect("date_created", seen.date_created, is_moment)


def create_calls(twilio):
    sids = []
    for wanted in ({"url": ANSWER_URL}, {"twiml": waits(60)}, {"twiml": str(waits(60))}):
        call = twilio.calls.create(to=TO, from_=FROM, **wanted)
        tell("calls.create", sid=call.sid, status=call.status, by=list(wanted)[0])
        expect("sid", call.sid, is_sid("CA"))
        expect("status", call.status, lambda status: status in ("queued", "initiated", "ringing", "in-progress"))
        expect("direction", call.direction, "outbound-api")
        expect("account_sid", call.account_sid, ACCOUNT)
        expect("to", call.to, TO)
        expect("_from", call._from, FROM)
        expect("date_created", call.date_created, is_moment)
        expect("price", call.price, None)
        expect("api_version", call.api_version, "2010-04-01")
        sids.append(call.sid)
    return sids


def list_calls(twilio, sids):
    everything = [call.sid for call in twilio.calls.list(page_size=2)]
    tell("calls.list", count=len(everything))
    expect("each call once", len(set(everything)), len(everything))
    expect("calls", set(everything), lambda seen: set(sids) <= seen)
    paged, pages = [], 0
    page = twilio.calls.page(page_size=2)
    while page is not None:
        records = list(page)
        expect("records of a page", len(records), lambda count: count <= 2)
        paged += [call.sid for call in records]
        pages += 1
        page = page.next_page()
    tell("calls.page", pages=pages, count=len(paged))
    expect("calls over pages", paged, everything)
    expect("limit", len(twilio.calls.list(limit=1)), 1)
    to_them = twilio.calls.list(to=TO)
    expect("filtered by to", {call.to for call in to_them}, {TO})
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    expect("calls of tomorrow", twilio.calls.list(start_time_after=tomorrow), [])


def change_calls(twilio, sids):
    for sid in sids:
        call = until(twilio.calls(sid), "in-progress")
        tell("calls.fetch", sid=sid, status=call.status)
        expect("start_time", call.start_time, is_moment)
        expect("end_time", call.end_time, None)
    changed = twilio.calls(sids[0]).update(twiml=waits(50))
    tell("calls.update twiml", status=changed.status)
    expect("status", changed.status, "in-progress")
    changed = twilio.calls(sids[1]).update(url=ANSWER_URL, method="GET")
    tell("calls.update url", status=changed.status)
    for sid in sids:
        twilio.calls(sid).update(status="completed")
        call = until(twilio.calls(sid), "completed")
        tell("calls.update completed", status=call.status, duration=call.duration)
        expect("duration", call.duration, lambda text: isinstance(text, str) and text.isdigit())
        expect("end_time", call.end_time, is_moment)
    done = {call.sid for call in twilio.calls.list(status="completed")}
    expect("filtered by status", done, lambda seen: set(sids) <= seen)
    expect_error("change of an ended call", 400, [21220], lambda: twilio.calls(sids[0]).update(status="completed"))


def delete_calls(twilio, sids):
    for sid in sids:
        expect("deleted", twilio.calls(sid).delete(), True)
        expect_error("calls.fetch after delete", 404, [20404], lambda sid=sid: twilio.calls(sid).fetch())


def errors(twilio):
    zeros = "CA" + "0" * 32
    expect_error("unknown call", 404, [20404], lambda: twilio.calls(zeros).fetch())
    expect_error("unknown call deleted", 404, [20404], lambda: twilio.calls(zeros).delete())
    # A list that is refused is another exception in this SDK, without code and status; so one record is asked for.
    expect_error("wrong token", 401, [20003], lambda: client("f" * 32).calls(zeros).fetch())
    create = twilio.calls.create
    expect_error("no To", 400, [21201], lambda: create(to="", from_=FROM, twiml=waits(1)))
    expect_error("bad To", 400, [21211], lambda: create(to="garbage", from_=FROM, twiml=waits(1)))
    expect_error("no From", 400, [21213], lambda: create(to=TO, from_="", twiml=waits(1)))
    expect_error("bad From", 400, [21210, 21212], lambda: create(to=TO, from_="garbage", twiml=waits(1)))
    expect_error("bad Url", 400, [21205], lambda: create(to=TO, from_=FROM, url="not a url"))
    expect_error("no Url", 400, [21205, 21218], lambda: create(to=TO, from_=FROM))


def recordings(twilio):
    found = twilio.recordings.list(limit=20)
    tell("recordings.list", count=len(found))
    for one in found:
        seen = twilio.recordings(one.sid).fetch()
        tell("recordings.fetch", sid=seen.sid, duration=seen.duration, channels=seen.channels, status=seen.status)
        expect("sid", seen.sid, is_sid("RE"))
        expect("call_sid", seen.call_sid, is_sid("CA"))
        expect("duration", seen.duration, lambda text: isinstance(text, str) and text.lstrip("-").isdigit())
        expect("channels", seen.channels, lambda count: count in (1, 2))
        if seen.status != "completed":
            continue
        audio, _ = download(seen.uri.replace(".json", ".wav"))
        tell("recording's audio", bytes=len(audio))
        expect("audio", audio[:4] + audio[8:12], b"RIFFWAVE")
        transcriptions(twilio, one.sid)
        expect("deleted", twilio.recordings(one.sid).delete(), True)
        expect_error("recording after delete", 404, [20404], lambda one=one: twilio.recordings(one.sid).fetch())


def transcriptions(twilio, recording):
    below = twilio.recordings(recording).transcriptions
    found = below.list(limit=20)
    tell("transcriptions.list", count=len(found))
    expect("as many as the Record asked for", len(found), 1)
    everything = {one.sid for one in twilio.transcriptions.list(limit=1000)}
    expect("transcriptions of the account", everything, lambda seen: {one.sid for one in found} <= seen)
    for one in found:
        seen = twilio.transcriptions(one.sid).fetch()
        tell("transcriptions.fetch", sid=seen.sid, status=seen.status, text=seen.transcription_text)
        expect("sid", seen.sid, is_sid("TR"))
        expect("recording_sid", seen.recording_sid, recording)
        expect("duration", seen.duration, lambda text: isinstance(text, str) and text.isdigit())
        expect("date_created", seen.date_created, is_moment)
        expect("type", seen.type, "fast")
        expect("the same below its recording", below(one.sid).fetch().uri, seen.uri)
        expect("deleted", below(one.sid).delete(), True)
        expect_error("transcription after delete", 404, [20404], lambda one=one: twilio.transcriptions(one.sid).fetch())
    nobodys = "TR" + "0" * 32
    expect_error("unknown transcription", 404, [20404], lambda: twilio.transcriptions(nobodys).fetch())


def numbers(twilio):
    for country in ("US", "BR"):
        offered = twilio.available_phone_numbers(country).local.list(limit=5)
        tell("available_phone_numbers", country=country, numbers=[one.phone_number for one in offered])
        expect("offered", len(offered), 5)
        wanted = offered[0].phone_number
        expect("iso_country", offered[0].iso_country, country)
        bought = twilio.incoming_phone_numbers.create(phone_number=wanted, voice_url=ANSWER_URL, friendly_name="Line one")
        tell("incoming_phone_numbers.create", sid=bought.sid, number=bought.phone_number)
        expect("sid", bought.sid, is_sid("PN"))
        expect("phone_number", bought.phone_number, wanted)
        expect("voice_url", bought.voice_url, ANSWER_URL)
        expect("voice_method", bought.voice_method, "POST")
        expect("capabilities", bought.capabilities, lambda able: able["voice"] is True)
        expect("friendly_name", bought.friendly_name, "Line one")
        expect_error(
            "number bought twice", 400, [21422], lambda: twilio.incoming_phone_numbers.create(phone_number=wanted)
        )
        found = twilio.incoming_phone_numbers.list(phone_number=wanted)
        expect("found by number", [one.sid for one in found], [bought.sid])
        changed = twilio.incoming_phone_numbers(bought.sid).update(friendly_name="Line two", voice_method="GET")
        tell("incoming_phone_numbers.update", friendly_name=changed.friendly_name)
        expect("friendly_name", changed.friendly_name, "Line two")
        fetched = twilio.incoming_phone_numbers(bought.sid).fetch()
        expect("voice_method", fetched.voice_method, "GET")
        expect("voice_url kept", fetched.voice_url, ANSWER_URL)
        expect("released", twilio.incoming_phone_numbers(bought.sid).delete(), True)
        expect_error(
            "number after release", 404, [20404], lambda: twilio.incoming_phone_numbers(bought.sid).fetch()
        )


def main():
    twilio = client()
    account(twilio)
    errors(twilio)
    numbers(twilio)
    sids = create_calls(twilio)
    list_calls(twilio, sids)
    change_calls(twilio, sids)
    recordings(twilio)
    delete_calls(twilio, sids)
    tell("done")


main()
