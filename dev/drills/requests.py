"""Drill of the web server: PostgreSQL ends its sessions while it answers."""

import http.cookiejar
import json
import threading
import time
import urllib.error
import urllib.request

ASKED = {
    "model": "crm.kpi.snapshot", "method": "formatted_read_group", "args": [[], ["day:month"],
    ["lead_count:sum", "win_rate:avg", "open_revenue:avg", "won_revenue:sum"]], "kwargs": {},
}


class Client:
    """A browser's remote calls, without a browser."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def call(self, path, params):
        """Result of a remote call, or None when it ended in an error."""
        request = urllib.request.Request(
            self.base + path, json.dumps({"params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                return json.load(answer).get("result")
        except (urllib.error.URLError, ConnectionError, ValueError):
            return None

    def figures(self):
        """The pivot's figures by month, or None."""
        return self.call("/web/dataset/call_kw/crm.kpi.snapshot/formatted_read_group", ASKED)


def sessions_end(odoo, tally):
    """H7 for requests: each answer is right or an error, and later ones are right again."""
    with tally.check("H7 PostgreSQL ends the sessions of a server that answers") as faults:
        port = odoo.start_server()
        try:
            faults += _ask_under_fire(odoo, Client(port))
        finally:
            odoo.stop_server()


def _ask_under_fire(odoo, client):
    login = {"db": odoo.database, "login": "admin", "password": "admin"}
    if not client.call("/web/session/authenticate", login):
        return ["nobody can log in"]
    right = client.figures()
    if not right:
        return ["there are no figures to ask for"]
    ended, over = [], threading.Event()
    shooter = threading.Thread(target=_end_sessions, args=(odoo, ended, over))
    shooter.start()
    answers = [client.figures() for _request in range(40)]
    over.set()
    shooter.join()
    faults = []
    if not any(ended):
        faults.append("no session was ended: nothing was tried")
    wrong = [answer for answer in answers if answer is not None and answer != right]
    if wrong:
        faults.append(f"{len(wrong)} answers were wrong, such as {wrong[0]}")
    client.figures()  # the first request afterwards may still meet a dead session
    after = [client.figures() for _request in range(5)]
    if after != [right] * 5:
        faults.append("the server does not recover")
    print(f"         {sum(ended)} sessions ended, {answers.count(None)} of 40 requests failed")
    return faults


def _end_sessions(odoo, ended, over):
    while not over.is_set():
        found = odoo.postgres.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            f" WHERE datname = '{odoo.database}' AND backend_type = 'client backend'"
        )
        ended.append(int(found))
        time.sleep(0.2)
