"""A scripted mail server on a port of this machine: what it takes, and what it refuses."""

import email
import socketserver
import threading
from email.message import EmailMessage
from email.policy import default
from typing import Self, cast


class MailServer:
    """Keeps the mails that it takes; `refuses` what to say instead to a recipient."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = ""
        outer = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 ready")
                while line := self.rfile.readline():
                    match line.split(b":")[0].split()[0].upper():
                        case b"RCPT" if outer.refuses:
                            self._say(outer.refuses)
                        case b"DATA":
                            self._say("354 go on")
                            outer.take(self._text())
                            self._say("250 taken")
                        case b"QUIT":
                            self._say("221 bye")
                            return
                        case _:
                            self._say("250 fine")

            def _text(self) -> bytes:
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line.removeprefix(b"."))
                return b"".join(lines)

            def _say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"smtp://127.0.0.1:{self.port}"

    def take(self, text: bytes) -> None:
        self.mails.append(cast(EmailMessage, email.message_from_bytes(text, policy=default)))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()
