"""A mail server of the drills: takes every mail, notes it, delivers nothing.

Run as a process of its own, ``post_office.py PORT BOOK [SECONDS]``, it is switched off by killing
it. Each mail is a line of the file BOOK before it is confirmed; SECONDS is how long a
confirmation takes.
"""

import email
import email.policy
import os
import socketserver
import sys
import time
from contextlib import suppress
from pathlib import Path


class Counter(socketserver.StreamRequestHandler):
    """One conversation with a client, as RFC 5321 has it and no more."""

    def handle(self):
        """Answer commands until the client leaves, or is killed."""
        with suppress(ConnectionError):
            self.talk()

    def talk(self):
        """Answer commands until the client says that he leaves."""
        self.say("220 post office")
        while line := self.rfile.readline():
            command = line.split(b" ")[0].strip().upper()
            if command == b"QUIT":
                self.say("221 bye")
                return
            if command == b"DATA":
                self.take()
            else:
                self.say("250 ok")

    def take(self):
        """Take one mail: note it, then confirm it."""
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) and line != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        if not line:
            return
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        note = "\t".join(str(message[name]).replace("\t", " ") for name in ("To", "Subject"))
        with self.server.book.open("a") as book:
            book.write(note + "\n")
            book.flush()
            os.fsync(book.fileno())
        time.sleep(self.server.seconds)
        self.say("250 taken")

    def say(self, text):
        """Send one line."""
        self.wfile.write(text.encode() + b"\r\n")


class PostOffice(socketserver.ThreadingTCPServer):
    """The server, on this machine only."""

    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    with PostOffice(("127.0.0.1", int(sys.argv[1])), Counter) as office:
        office.book = Path(sys.argv[2])
        office.seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 0
        office.serve_forever()
