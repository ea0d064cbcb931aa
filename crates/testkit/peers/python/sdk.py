"""What the exercises of the official Python SDK share: a client with only the base URL changed, and judging what is seen.

Reads from the environment: ALO_BASE_URL, ALO_ACCOUNT_SID, ALO_AUTH_TOKEN. What is seen is printed, a JSON object a line; a
mismatch is told on standard error and ends the exercise with 1.
"""

import datetime
import json
import os
import re
import sys
import time
import urllib.request
from base64 import b64encode

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

BASE_URL = os.environ["ALO_BASE_URL"]
ACCOUNT = os.environ["ALO_ACCOUNT_SID"]
TOKEN = os.environ["ALO_AUTH_TOKEN"]

# Longest wait for something to reach a status, in seconds; and the time between two looks.
PATIENCE = 20
LOOK_EVERY = 0.05

step = "start"


def tell(name, **seen):
    global step
    step = name
    print(json.dumps({"step": name, **seen}, default=str), flush=True)


def expect(what, seen, wanted):
    good = wanted(seen) if callable(wanted) else seen == wanted
    if not good:
        shown = "" if callable(wanted) else f", wanted {wanted!r}"
        print(f"MISMATCH after {step}: {what} is {seen!r}{shown}", file=sys.stderr)
        sys.exit(1)


def expect_error(what, status, codes, action):
    try:
        action()
    except TwilioRestException as error:
        tell(what, status=error.status, code=error.code, msg=error.msg)
        expect("status", error.status, status)
        expect("code", error.code, lambda code: code in codes)
        expect("message", error.msg, lambda text: isinstance(text, str) and text != "")
        return
    expect(what, "no error", f"{status} {codes}")


def is_sid(prefix):
    return lambda sid: re.fullmatch(prefix + "[0-9a-f]{32}", sid) is not None


def is_moment(value):
    return isinstance(value, datetime.datetime)


def client(token=TOKEN):
    made = Client(ACCOUNT, token)
    made.api.base_url = BASE_URL
    made.messaging.base_url = BASE_URL
    return made


def until(record, *statuses):
    ends = time.monotonic() + PATIENCE
    while True:
        seen = record.fetch()
        if seen.status in statuses:
            return seen
        if time.monotonic() > ends:
            expect("status", seen.status, lambda status: status in statuses)
        time.sleep(LOOK_EVERY)


def download(path):
    """The bytes below the base URL, fetched with the account's credentials, and their type."""
    request = urllib.request.Request(BASE_URL + path)
    basic = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    request.add_header("Authorization", "Basic " + basic)
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.read(), answer.headers.get_content_type()
