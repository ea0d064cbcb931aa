"""Judges webhooks that a server received from alo with the official Python SDK's request validator.

Reads from standard input a JSON object a line: url (as the server was asked, with the query), params (object of form fields;
{} for GET; the values of a repeated field are a list), signature (X-Twilio-Signature). The token is in ALO_AUTH_TOKEN. Prints
each with "ok"; ends with 1 if one is not.
"""

import json
import os
import sys

from twilio.request_validator import RequestValidator


class Form(dict):
    """Fields as web frameworks give them to the validator."""

    def getlist(self, name):
        values = self[name]
        return values if isinstance(values, list) else [values]


validator = RequestValidator(os.environ["ALO_AUTH_TOKEN"])
seen, wrong = 0, 0
for line in sys.stdin:
    if not line.strip():
        continue
    request = json.loads(line)
    ok = validator.validate(request["url"], Form(request["params"]), request["signature"])
    print(json.dumps({"url": request["url"], "ok": ok}), flush=True)
    seen += 1
    wrong += not ok
if seen == 0:
    sys.exit("MISMATCH: no request to judge on standard input")
if wrong > 0:
    sys.exit(f"MISMATCH: {wrong} of {seen} signatures are not as the SDK computes them")
