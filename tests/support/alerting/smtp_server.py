"""A mail server for tests: aiosmtpd on a free port of 127.0.0.1 with STARTTLS and AUTH.

Prints its port, then one JSON object for each mail: the envelope, whether TLS was used, who was
logged in, and the mail as parsed by Python.
"""

import argparse
import asyncio
import email.policy
import json
import ssl

from aiosmtpd.smtp import SMTP, AuthResult


def text_of(mail, subtype):
    return mail.get_body((subtype,)).get_content().replace("\r\n", "\n")


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("later@"):
            return "451 4.3.0 try again later"
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None or args.tls == "implicit",
            "user": session.auth_data,
            "headers": {name: str(value) for name, value in mail.items()},
            "type": mail.get_content_type(),
            "parts": [part.get_content_type() for part in mail.iter_parts()],
            "text": text_of(mail, "plain"),
            "html": text_of(mail, "html"),
            "defects": [str(defect) for part in mail.walk() for defect in part.defects],
        }
        print(json.dumps(told), flush=True)
        return "250 2.0.0 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login.decode(), data.password.decode()) == (args.user, args.password)
    return AuthResult(success=good, handled=good, auth_data=data.login.decode())


def connection():
    return SMTP(
        Handler(),
        hostname="localhost",
        tls_context=certificate if args.tls == "starttls" else None,
        require_starttls=args.tls == "starttls",
        auth_required=args.user != "",
        auth_require_tls=args.tls == "starttls",
        authenticator=authenticate,
    )


async def serve():
    server = await asyncio.get_running_loop().create_server(
        connection, "127.0.0.1", 0, ssl=certificate if args.tls == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


parser = argparse.ArgumentParser()
parser.add_argument("--certificate", required=True)
parser.add_argument("--key", required=True)
parser.add_argument("--tls", choices=["starttls", "implicit", "none"], required=True)
parser.add_argument("--user", default="")
parser.add_argument("--password", default="")
args = parser.parse_args()
certificate = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
certificate.load_cert_chain(args.certificate, args.key)
asyncio.run(serve())
