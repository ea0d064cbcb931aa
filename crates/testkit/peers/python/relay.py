"""A mail relay that isn't ours: aiosmtpd, on 127.0.0.1.

    python relay.py '{"port": 0, "tls": "starttls", "cert": "leaf.pem", "key": "leaf.key", "user": "ada", "password": "secret"}'

`tls` is `none`, `starttls` (required before anything else) or `implicit`. With a user it lets nobody else send. What happens is
printed as JSON lines, the first `{"event": "listening", "port": N}`, then `letter` with its envelope and what Python's own
parser reads in it, `refused` and `login`. Orders are JSON lines on standard input, each followed by `ordered`:

    {"order": "answer", "at": "data", "replies": ["451 4.3.0 later", ...]}   how the next RCPT or DATA are answered
    {"order": "hold", "on": true}                                            keeps its answers to DATA to itself, or gives them
    {"order": "echo"}                                                        nothing, so that all before it is told
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Desk:
    """What every connection shares."""

    def __init__(self, options):
        self.options = options
        self.replies = {"rcpt": [], "data": []}
        self.open = asyncio.Event()
        self.open.set()

    def authenticate(self, server, session, envelope, mechanism, data):
        wanted = LoginPassword(self.options["user"].encode(), self.options["password"].encode())
        tell("login", mechanism=mechanism, ok=data == wanted)
        return AuthResult(success=data == wanted, handled=False, auth_data=data.login.decode())

    def reply(self, at):
        return self.replies[at].pop(0) if self.replies[at] else None

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = self.reply("rcpt")
        if reply and not reply.startswith("2"):
            tell("refused", at="rcpt", to=address, reply=reply)
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        raw = envelope.content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        letter = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "hello": session.host_name,
            "user": session.auth_data,
            "encrypted": server._over_ssl or session.ssl is not None,
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": message.get_content(),
            "ascii": raw.isascii(),
        }
        reply = self.reply("data") or "250 OK"
        if not reply.startswith("2"):
            tell("refused", at="data", to=envelope.rcpt_tos[0], reply=reply, letter=letter)
            return reply
        tell("letter", **letter)
        await self.open.wait()
        return reply

    def follow(self, order):
        if order["order"] == "answer":
            self.replies[order["at"]] = order["replies"]
        elif order["order"] == "hold" and order["on"]:
            self.open.clear()
        elif order["order"] == "hold":
            self.open.set()
        tell("ordered")


async def serve(options):
    desk = Desk(options)
    loop = asyncio.get_running_loop()
    context = None
    if options["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["cert"], options["key"])
    starttls = options["tls"] == "starttls"
    settings = {"hostname": "relay.example", "loop": loop, "auth_require_tls": starttls}
    if starttls:
        settings |= {"tls_context": context, "require_starttls": True}
    if options.get("user"):
        settings |= {"authenticator": desk.authenticate, "auth_required": True}
    over = context if options["tls"] == "implicit" else None
    server = await loop.create_server(
        lambda: SMTP(desk, **settings), "127.0.0.1", options.get("port", 0), ssl=over
    )
    tell("listening", port=server.sockets[0].getsockname()[1])
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        desk.follow(json.loads(line))


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
