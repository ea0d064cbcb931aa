"""Drives the texts of an alo server with the official Python SDK, only the base URLs changed, as any application would.

Reads from the environment: ALO_BASE_URL, ALO_ACCOUNT_SID, ALO_AUTH_TOKEN, ALO_FROM (a number of the account's, which has one
short code too), ALO_TO (a handset), ALO_STATUS_URL (a webhook for statuses), ALO_MEDIA_URL (a picture of type image/png).
Prints what it saw, a JSON object a line. Ends with 1 and a MISMATCH on standard error where the server isn't as promised.
"""

import datetime
import os

from sdk import ACCOUNT, client, download, expect, expect_error, is_moment, is_sid, tell, until
from twilio.twiml.messaging_response import Message, MessagingResponse

FROM = os.environ["ALO_FROM"]
TO = os.environ["ALO_TO"]
STATUS_URL = os.environ["ALO_STATUS_URL"]
MEDIA_URL = os.environ["ALO_MEDIA_URL"]
NOBODYS = "+14155550199"
BODY = "You are on duty now. Até já! 🎉"


def send(twilio):
    sent = twilio.messages.create(to=TO, from_=FROM, body=BODY, status_callback=STATUS_URL)
    tell("messages.create", sid=sent.sid, status=sent.status)
    expect("sid", sent.sid, is_sid("SM"))
    expect("status", sent.status, "queued")
    expect("direction", sent.direction, "outbound-api")
    expect("account_sid", sent.account_sid, ACCOUNT)
    expect("to and from", (sent.to, sent.from_), (TO, FROM))
    expect("body", sent.body, BODY)
    expect("num_segments and num_media", (sent.num_segments, sent.num_media), ("1", "0"))
    expect("date_created", sent.date_created, is_moment)
    expect("price, error_code", (sent.price, sent.error_code), (None, None))
    seen = until(twilio.messages(sent.sid), "delivered")
    tell("messages.fetch", status=seen.status)
    expect("date_sent", seen.date_sent, is_moment)
    expect("error_message", seen.error_message, None)
    return sent.sid


def find(twilio, sid):
    for _ in range(4):
        twilio.messages.create(to=TO, from_=FROM, body="one of many")
    everything = [message.sid for message in twilio.messages.list(page_size=2)]
    tell("messages.list", count=len(everything))
    expect("each message once", len(set(everything)), len(everything))
    expect("messages", everything, lambda seen: sid in seen and len(seen) >= 5)
    page, paged = twilio.messages.page(page_size=2), []
    while page is not None:
        paged += [message.sid for message in page]
        page = page.next_page()
    expect("messages over pages", paged, everything)
    expect("limit", len(twilio.messages.list(limit=1)), 1)
    both = twilio.messages.list(to=TO, from_=FROM)
    expect("filtered by to and from", {(one.to, one.from_) for one in both}, {(TO, FROM)})
    expect("to nobody", twilio.messages.list(to=NOBODYS), [])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    expect("sent tomorrow", twilio.messages.list(date_sent_after=now + day), [])
    recent = [one.sid for one in twilio.messages.list(date_sent_after=now - day, date_sent_before=now + day)]
    expect("sent lately", recent, lambda seen: sid in seen)


def pictures(twilio):
    sent = twilio.messages.create(to=TO, from_=FROM, body="The map", media_url=[MEDIA_URL, MEDIA_URL])
    tell("messages.create with media", sid=sent.sid, num_media=sent.num_media)
    expect("sid", sent.sid, is_sid("MM"))
    expect("num_media", sent.num_media, "2")
    message = twilio.messages(sent.sid)
    until(message, "delivered")
    media = message.media.list()
    tell("media.list", sids=[one.sid for one in media])
    expect("media", len(media), 2)
    one = message.media(media[0].sid).fetch()
    expect("sid", one.sid, is_sid("ME"))
    expect("parent_sid", one.parent_sid, sent.sid)
    expect("content_type", one.content_type, "image/png")
    picture, kind = download(one.uri.removesuffix(".json"))
    tell("media's bytes", bytes=len(picture), kind=kind)
    expect("type and beginning", (kind, picture[:4]), ("image/png", b"\x89PNG"))
    expect("deleted", message.media(one.sid).delete(), True)
    expect_error("media after delete", 404, [20404], lambda: message.media(one.sid).fetch())
    expect("media left", [left.sid for left in message.media.list()], [media[1].sid])


def change(twilio, sid):
    message = twilio.messages(sid)
    feedback = message.feedback.create(outcome="confirmed")
    tell("feedback.create", outcome=feedback.outcome)
    expect("outcome", (feedback.outcome, feedback.message_sid), ("confirmed", sid))
    expect_error("cancel of a delivered message", 409, [30409], lambda: message.update(status="canceled"))
    expect_error("another body", 400, [30400], lambda: message.update(body="rewritten"))
    redacted = message.update(body="")
    tell("messages.update body", body=redacted.body)
    expect("body", redacted.body, "")
    expect("body from now on", message.fetch().body, "")
    expect("deleted", message.delete(), True)
    expect_error("message after delete", 404, [20404], lambda: message.fetch())
    expect_error("message deleted twice", 404, [20404], lambda: message.delete())


def services(twilio):
    made = twilio.messaging.v1.services.create(friendly_name="Duty", status_callback=STATUS_URL)
    tell("services.create", sid=made.sid)
    expect("sid", made.sid, is_sid("MG"))
    expect("sticky_sender, validity_period", (made.sticky_sender, made.validity_period), (True, 36000))
    expect("date_created", made.date_created, is_moment)
    service = twilio.messaging.v1.services(made.sid)
    others = [twilio.messaging.v1.services.create(friendly_name=f"Other {number}") for number in range(3)]
    listed = [one.sid for one in twilio.messaging.v1.services.list(page_size=2)]
    tell("services.list", count=len(listed))
    expect("services over pages", set(listed), lambda seen: {made.sid, *(one.sid for one in others)} <= seen)
    for one in others:
        expect("deleted", twilio.messaging.v1.services(one.sid).delete(), True)
    changed = service.update(friendly_name="On duty", validity_period=600, smart_encoding=False)
    tell("services.update", friendly_name=changed.friendly_name)
    expect("changed", (changed.friendly_name, changed.validity_period), ("On duty", 600))
    expect("kept", service.fetch().status_callback, STATUS_URL)
    nobody = lambda: twilio.messages.create(to=TO, messaging_service_sid=made.sid, body="x")
    expect_error("service without senders", 400, [21703], nobody)
    return service


def senders(twilio, service):
    number = twilio.incoming_phone_numbers.list(phone_number=FROM)[0]
    code = twilio.short_codes.list()[0]
    for kind, wanted, address in (
        ("phone_numbers", {"phone_number_sid": number.sid}, FROM),
        ("short_codes", {"short_code_sid": code.sid}, code.short_code),
        ("alpha_senders", {"alpha_sender": "ALO"}, "ALO"),
    ):
        senders = getattr(service, kind)
        added = senders.create(**wanted)
        shown = getattr(added, kind.removesuffix("s"))
        tell(f"{kind}.create", sid=added.sid, sender=shown)
        expect("sender", shown, address)
        expect("listed", [one.sid for one in senders.list()], [added.sid])
        expect("fetched", senders(added.sid).fetch().sid, added.sid)
        expect_error(f"{kind} added twice", 409, [21710], lambda: senders.create(**wanted))
        if kind != "phone_numbers":
            expect("removed", senders(added.sid).delete(), True)
            expect("listed", senders.list(), [])


def send_by_service(twilio, service):
    sid = service.fetch().sid
    sent = twilio.messages.create(to=TO, messaging_service_sid=sid, body="by the service")
    tell("messages.create by a service", sid=sent.sid, status=sent.status)
    expect("status", sent.status, "accepted")
    expect("messaging_service_sid, from", (sent.messaging_service_sid, sent.from_), (sid, None))
    expect("sender", until(twilio.messages(sent.sid), "delivered").from_, FROM)
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    later = {"messaging_service_sid": sid, "schedule_type": "fixed"}
    sent = twilio.messages.create(to=TO, body="later", send_at=at, **later)
    tell("messages.create for later", sid=sent.sid, status=sent.status)
    expect("status", sent.status, "scheduled")
    canceled = twilio.messages(sent.sid).update(status="canceled")
    tell("messages.update status", status=canceled.status)
    expect("status", canceled.status, "canceled")
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
    create = twilio.messages.create
    expect_error("too soon", 400, [35114], lambda: create(to=TO, body="x", send_at=soon, **later))
    expect_error("no time", 400, [35111], lambda: create(to=TO, body="x", **later))
    expect("deleted", service.delete(), True)
    expect_error("service after delete", 404, [20404], lambda: service.fetch())


def short_codes(twilio):
    code = twilio.short_codes.list()[0]
    tell("short_codes.list", sid=code.sid, code=code.short_code)
    expect("sid", code.sid, is_sid("SC"))
    changed = twilio.short_codes(code.sid).update(friendly_name="Votes", sms_url=STATUS_URL)
    expect("changed", (changed.friendly_name, changed.sms_url), ("Votes", STATUS_URL))
    expect("fetched", twilio.short_codes(code.sid).fetch().friendly_name, "Votes")
    expect("found by code", [one.sid for one in twilio.short_codes.list(short_code=code.short_code)], [code.sid])


def applications(twilio):
    made = twilio.applications.create(friendly_name="Duty", sms_url=STATUS_URL, message_status_callback=STATUS_URL)
    tell("applications.create", sid=made.sid)
    expect("sid", made.sid, is_sid("AP"))
    expect("sms_url", made.sms_url, STATUS_URL)
    expect("listed", [one.sid for one in twilio.applications.list(friendly_name="Duty")], [made.sid])
    application = twilio.applications(made.sid)
    expect("changed", application.update(friendly_name="Night duty").friendly_name, "Night duty")
    expect("fetched", application.fetch().message_status_callback, STATUS_URL)
    told = twilio.messages.create(to=TO, from_=FROM, body="told by an application", application_sid=made.sid)
    tell("messages.create for an application", sid=told.sid)
    expect("deleted", application.delete(), True)
    expect_error("application after delete", 404, [20404], lambda: application.fetch())


def errors(twilio):
    create = twilio.messages.create
    expect_error("no To", 400, [21604], lambda: create(to="", from_=FROM, body="x"))
    expect_error("bad To", 400, [21211], lambda: create(to="garbage!", from_=FROM, body="x"))
    expect_error("no From", 400, [21603], lambda: create(to=TO, body="x"))
    expect_error("somebody else's From", 400, [21606], lambda: create(to=TO, from_=NOBODYS, body="x"))
    expect_error("no Body", 400, [21602], lambda: create(to=TO, from_=FROM))
    expect_error("long Body", 400, [21617], lambda: create(to=TO, from_=FROM, body="x" * 1601))
    expect_error("bad media", 400, [21620], lambda: create(to=TO, from_=FROM, media_url=["picture"]))
    expect_error("much media", 400, [21623], lambda: create(to=TO, from_=FROM, media_url=[MEDIA_URL] * 11))
    expect_error("to itself", 400, [21266], lambda: create(to=FROM, from_=FROM, body="x"))
    zeros = "SM" + "0" * 32
    expect_error("unknown message", 404, [20404], lambda: twilio.messages(zeros).fetch())
    expect_error("wrong token", 401, [20003], lambda: client("f" * 32).messages(zeros).fetch())


def twiml():
    document = MessagingResponse()
    document.message("Thanks & see you <soon>", status_callback=STATUS_URL)
    picture = Message()
    picture.body("A picture")
    picture.media(MEDIA_URL)
    document.append(picture)
    tell("twiml", document=str(document))


def main():
    twilio = client()
    errors(twilio)
    sid = send(twilio)
    find(twilio, sid)
    pictures(twilio)
    change(twilio, sid)
    short_codes(twilio)
    service = services(twilio)
    senders(twilio, service)
    send_by_service(twilio, service)
    applications(twilio)
    twiml()
    tell("done", told=sid)


main()
