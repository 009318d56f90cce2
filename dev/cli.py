"""Command line: python3 -m dev <command>. The Makefile names the usual ones."""

import argparse
import os
import shutil
import subprocess
import sys

from . import template, testing
from .console import fail, find_program, say
from .odoo import Odoo
from .postgres import Postgres
from .settings import ADDON, Settings


def fresh_database(settings, database, fresh=False):
    """A private database with the addon installed, brought up to date with the checkout."""
    odoo = Odoo(settings, database)
    if fresh or database not in odoo.postgres.databases():
        say(f"copying the template to {database}")
        template.clone(settings, database)
        words = ["-i", ADDON]
    else:
        words = ["-u", ADDON]
    say(f"{'installing' if words[0] == '-i' else 'updating'} {ADDON} in {database}")
    log = settings.logs / f"{database}.install.log"
    odoo.call(*words, "--stop-after-init", "--no-http", log=log)
    for problem in testing.read_log(log).problems:
        print(problem)
    return odoo


def do_setup(args, settings):
    """Environment, PostgreSQL and template database."""
    template.setup(settings)
    say(f"ready, template {template.ensure_template(settings)}")


def do_test(args, settings):
    """Run tests."""
    template.setup(settings, programs=True)
    result = testing.run_tests(settings, args.tags, keep=args.keep)
    failed = result.failed + result.errors
    for problem in result.problems:
        print(problem)
    print(f"{result.tests - failed} passed, {failed} failed")
    return 1 if failed or result.problems else 0


def do_db(args, settings):
    """Create or update a private database with the addon installed."""
    template.setup(settings)
    fresh_database(settings, args.db or settings.database("dev"), args.fresh)


def do_shell(args, settings):
    """Odoo shell on a private database; standard input may be a script."""
    template.setup(settings)
    name = args.db or settings.database("dev")
    odoo = Odoo(settings, name)
    if args.fresh or args.update or name not in odoo.postgres.databases():
        odoo = fresh_database(settings, name, args.fresh)
    return subprocess.run(
        odoo.command("shell", "--no-http", "--log-level=warn"), env=odoo.environment(), check=False
    ).returncode


def do_serve(args, settings):
    """Start a server on a private database in the background."""
    template.setup(settings)
    name = args.db or settings.database("dev")
    odoo = Odoo(settings, name)
    odoo.stop_server()
    if args.fresh or args.update or name not in odoo.postgres.databases():
        odoo = fresh_database(settings, name, args.fresh)
    port = odoo.start_server(args.port)
    say(f"http://127.0.0.1:{port} (admin / admin), database {name}")
    print(f"log: {settings.logs / (name + '.server.log')}")


def do_unserve(args, settings):
    """Stop the background server of a private database."""
    stopped = Odoo(settings, args.db or settings.database("dev")).stop_server()
    say("server stopped" if stopped else "no server was running")


def do_psql(args, settings):
    """psql on a private database, or with -c one statement."""
    postgres = Postgres(settings)
    program = find_program("psql") or str(postgres.programs / "psql")
    words = [program, "-X", "-d", args.db or settings.database("dev"), *[w for w in args.words if w != "--"]]
    return subprocess.run(words, env=postgres.environment(), check=False).returncode


def do_drop(args, settings):
    """Remove a private database and its attachments."""
    odoo = Odoo(settings, args.db or settings.database("dev"))
    odoo.stop_server()
    odoo.drop()


def parser():
    main_parser = argparse.ArgumentParser(prog="python3 -m dev")
    commands = main_parser.add_subparsers(dest="command", required=True)

    def add(name, function, database=True):
        command = commands.add_parser(name, help=function.__doc__.splitlines()[0])
        command.set_defaults(function=function)
        if database:
            command.add_argument("--db", help="database name; one per checkout unless given")
        return command

    add("setup", do_setup, database=False)
    test = add("test", do_test, database=False)
    test.add_argument("--tags", default=f"/{ADDON}", help="Odoo's --test-tags")
    test.add_argument("--keep", action="store_true", help="keep the database")
    for name, function in (("db", do_db), ("shell", do_shell), ("serve", do_serve)):
        command = add(name, function)
        command.add_argument("--fresh", action="store_true", help="start from the template again")
        command.add_argument("-u", "--update", action="store_true", help="update the addon first")
        if name == "serve":
            command.add_argument("--port", type=int)
    add("unserve", do_unserve)
    psql = add("psql", do_psql)
    psql.add_argument("words", nargs=argparse.REMAINDER, help="words for psql, after --")
    add("drop", do_drop)
    return main_parser


def main():
    args = parser().parse_args()
    sys.exit(args.function(args, Settings()) or 0)
