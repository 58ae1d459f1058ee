"""A mail server that behaves as it is told: `python -m tests.mail_server PORT FOLDER [tls] [auth]`.

It speaks real SMTP (aiosmtpd) in a process of its own. What it must do is read again from FOLDER/orders.json for each
connection and each message; what it keeps is written, one line a message, in FOLDER/kept.jsonl.
"""

import asyncio
import json
import ssl
import sys
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "portail", "un-mot-de-passe"


@dataclass
class Keeper:
    """Answers each stage as the orders say, and keeps what it accepts."""

    folder: Path

    def order(self, name: str, default: Any = "") -> Any:
        """What the test asks of that stage at this instant."""
        place = self.folder / "orders.json"
        orders = json.loads(place.read_text()) if place.exists() else {}
        return orders.get(name, default)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.order("mail") or "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.order("rcpt")
        if isinstance(answer, dict):
            answer = answer.get(address)
        if answer:
            return str(answer)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.order("slow", 0))
        end = self.order("end")
        if end == "cut before keeping":
            _hang_up(server)
            return "250 said to nobody"
        if end.startswith(("4", "5")):
            return str(end)
        self.keep(session, envelope)
        if end == "cut after keeping":
            _hang_up(server)
        await asyncio.sleep(self.order("slow to say so", 0))
        return "250 kept"

    def keep(self, session: Session, envelope: Envelope) -> None:
        """Write the message down before it is acknowledged."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = BytesHeaderParser().parsebytes(content, headersonly=True)
        line = {
            "message_id": message["Message-ID"],
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "tls": session.ssl is not None,
            "user": getattr(session.auth_data, "login", b"").decode(),
        }
        if self.order("whole"):
            line["content"] = content.decode()
        with (self.folder / "kept.jsonl").open("a") as kept:
            kept.write(json.dumps(line) + "\n")


def _hang_up(server: SMTP) -> None:
    """What was written still leaves; nothing more is said."""
    if isinstance(server.transport, asyncio.Transport):
        server.transport.close()


class Server(SMTP):
    """Refuses to talk, or stops talking, when ordered."""

    keeper: Keeper

    async def push(self, status: AnyStr) -> None:
        """The first line of all is the greeting."""
        begins = self.session is not None and not self.session.host_name and str(status).startswith("220")
        if begins and (greeting := self.keeper.order("greeting")):
            await super().push(greeting)
            _hang_up(self)
            return
        await super().push(status)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if refusal := self.keeper.order("starttls"):
            await self.push(refusal)
            return
        await super().smtp_STARTTLS(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if self.keeper.order("data") == "cut":
            _hang_up(self)
        elif refusal := self.keeper.order("data"):
            await self.push(refusal)
        else:
            await super().smtp_DATA(arg)


def _known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword) -> AuthResult:
    good = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False, auth_data=data)


async def serve(port: int, folder: Path, features: set[str]) -> None:
    """Until killed."""
    keeper = Keeper(folder)
    context = None
    if "tls" in features:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")

    def conversation() -> Server:
        server = Server(
            keeper,
            hostname="localhost",
            tls_context=context,
            require_starttls="tls" in features,
            authenticator=_known if "auth" in features else None,
            auth_required="auth" in features,
            auth_require_tls="tls" in features,
        )
        server.keeper = keeper
        return server

    listening = await asyncio.get_running_loop().create_server(conversation, "127.0.0.1", port)
    async with listening:
        await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]), set(sys.argv[3:])))
