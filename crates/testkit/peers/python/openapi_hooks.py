"""What schemathesis does besides, so that it reaches what is there and stays on this machine.

Loaded by schemathesis (SCHEMATHESIS_HOOKS). Three in four paths are made to name something that the house has, or else most
answers would be 404. Hosts and addresses that the server would ask are those of this machine.
"""

import json
import os
import zlib

import schemathesis

# Parts of paths that are there when it begins: {"/v1/people/{name}": {"name": ["ada", "ben"]}}. With the method before the
# path, only for that.
KNOWN = json.loads(os.environ["ALO_KNOWN"])
# Where SIP is answered on this machine.
SIP_PORT = os.environ["ALO_SIP_PORT"]
# A calendar that can be fetched.
CALENDAR = os.environ["ALO_CALENDAR"]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Changes what is asked, always the same for the same case."""
    path = case.operation.path
    known = KNOWN.get(f"{case.method.upper()} {path}", KNOWN.get(path, {}))
    for name, values in known.items():
        generated = str((case.path_parameters or {}).get(name))
        number = zlib.crc32(generated.encode("utf-8", "surrogatepass"))
        if generated != "None" and number % 4 != 0:
            case.path_parameters[name] = values[number // 4 % len(values)]
    if path == "/v1/trunks" and isinstance(case.body, dict):
        leads_here(case.body)
    case.body = fetched_here(case.body)


def leads_here(trunk):
    """A trunk leads to this machine. A host that is no text, or empty, is still refused."""
    if isinstance(trunk.get("host"), str) and trunk["host"]:
        trunk["host"] = "127.0.0.1"
        if str(trunk.get("port", 5060)).isdecimal():
            trunk["port"] = int(SIP_PORT)


def fetched_here(body):
    """The same with web addresses of this machine, wherever they stand."""
    if isinstance(body, dict):
        return {name: fetched_here(value) for name, value in body.items()}
    if isinstance(body, list):
        return [fetched_here(value) for value in body]
    if isinstance(body, str) and body.lower().startswith(("http:", "https:", "webcal:")):
        return CALENDAR
    return body
