"""Command line: python3 -m dev <command>. The Makefile names the usual ones."""

import argparse
import subprocess
import sys

from . import demo as demo_server
from . import neighbours, template, testing
from .console import find_program, say
from .odoo import Odoo
from .odoo_log import read_log
from .settings import ADDON, Settings
from .tally import Tally
from .venv import write_lock


def private(settings, args):
    """Odoo on the private database of this checkout, or on the one that was named."""
    return Odoo(settings, args.db or settings.database("beside" if args.beside else "dev"))


def bring_up_to_date(odoo, args, always=False):
    """Create the private database or, when asked, update the addon in it."""
    if args.fresh or not odoo.exists():
        (neighbours.clone_beside if args.beside else template.clone)(odoo)
        words = ("-i", ADDON)
    elif always or args.update:
        words = ("-u", ADDON)
    else:
        return
    say(f"{'installing' if words[0] == '-i' else 'updating'} {ADDON} in {odoo.database}")
    log = odoo.settings.logs / f"{odoo.database}.install.log"
    odoo.call(*words, "--stop-after-init", "--no-http", log=log)
    for problem in read_log(log).problems:
        print(problem)


def do_setup(args, settings):
    """environment, PostgreSQL and template database"""
    template.setup(settings)
    say(f"ready, template {template.ensure_template(settings)} in {settings.cache}")


def do_test(args, settings):
    """all checks and tests, or the selected tests"""
    template.setup(settings, programs=True)
    tally = Tally()
    if args.tags:
        beside = args.tags.startswith(neighbours.TAG)
        testing.run_tests(settings, tally, args.tags, keep=args.keep, beside=beside)
    else:
        from . import full_run

        full_run.run(settings, tally)
    return tally.close()


def do_lint(args, settings):
    """style, XML and text checks"""
    from . import lint

    template.setup(settings)
    tally = Tally()
    lint.run_all(settings, tally)
    return tally.close()


def do_lifecycle(args, settings):
    """install, update, uninstall and reinstall on clean databases"""
    from . import lifecycle

    template.setup(settings)
    tally = Tally()
    lifecycle.run(settings, tally, every=args.every)
    return tally.close()


def do_drills(args, settings):
    """kill, double and cut off the nightly job of a real database"""
    from .drills import run

    template.setup(settings)
    tally = Tally()
    run.run(settings, tally, args.kills, args.seed)
    return tally.close()


def do_pot(args, settings):
    """write the list of translatable texts, i18n/crm_roi.pot"""
    from . import pot

    template.setup(settings)
    odoo = private(settings, args)
    bring_up_to_date(odoo, args, always=True)
    say(f"wrote {pot.write(odoo)}")


def do_dashboards(args, settings):
    """write the dashboards' files, data/dashboards/*.json, from dev/dashboards"""
    from . import dashboards

    say(f"wrote {dashboards.write()} files in {dashboards.FOLDER}")


def do_db(args, settings):
    """create or update a private database with the addon installed"""
    template.setup(settings)
    bring_up_to_date(private(settings, args), args, always=True)


def do_shell(args, settings):
    """Odoo shell on a private database; standard input may be a script"""
    template.setup(settings)
    odoo = private(settings, args)
    bring_up_to_date(odoo, args)
    command = odoo.command("shell", "--no-http", "--log-level=warn")
    return subprocess.run(command, env=odoo.environment(), check=False).returncode


def do_serve(args, settings):
    """start a server on a private database in the background"""
    template.setup(settings)
    odoo = private(settings, args)
    odoo.stop_server()
    bring_up_to_date(odoo, args)
    port = odoo.start_server(args.port, *args.words)
    say(f"http://127.0.0.1:{port} (admin / admin), database {odoo.database}")
    say(f"log: {odoo.server_log}; stop it with: python3 -m dev unserve")


def do_unserve(args, settings):
    """stop the background server of a private database"""
    if not private(settings, args).stop_server():
        say("no server was running")


def do_psql(args, settings):
    """psql on a private database; words for psql after --"""
    odoo = private(settings, args)
    program = find_program("psql") or str(odoo.postgres.programs / "psql")
    words = [program, "-X", "-d", odoo.database, *args.words]
    return subprocess.run(words, env=odoo.postgres.environment(), check=False).returncode


def do_drop(args, settings):
    """remove a private database and its attachments"""
    odoo = private(settings, args)
    odoo.stop_server()
    odoo.drop()


def do_demo(args, settings):
    """running Odoo with the addon installed and a story loaded"""
    demo_server.demo(settings, args.port, fresh=not args.keep)


def do_stop(args, settings):
    """stop the servers and PostgreSQL"""
    demo_server.stop(settings)


def do_clean(args, settings):
    """stop everything and remove the cache folder"""
    demo_server.clean(settings)


def do_screenshots(args, settings):
    """pictures of the declared pages of the demo"""
    from . import screenshots

    template.setup(settings, programs=True)
    return screenshots.run(settings, args.out, args.only)


def do_bench(args, settings):
    """measure on leads in bulk, with goals; nothing is measured in the tests"""
    from .bench import run

    return run.forget(settings) if args.forget else run.run(settings, args.leads, args.only)


def do_lock(args, settings):
    """resolve the Python requirements anew; newest interpreter first"""
    settings.make_folders()
    write_lock(settings, args.words or [sys.executable])


def parser():
    """All commands and their options."""
    main_parser = argparse.ArgumentParser(prog="python3 -m dev")
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name, *options):
        function = globals()[f"do_{name}"]
        command = commands.add_parser(name, help=function.__doc__)
        command.set_defaults(function=function, words=[])
        for option in options:
            names, settings = option
            command.add_argument(*names, **settings)

    db = (["--db"], {"help": "database name; one per checkout unless given"})
    fresh = (["--fresh"], {"action": "store_true", "help": "start from the template again"})
    update = (["-u", "--update"], {"action": "store_true", "help": "update the addon first"})
    port = (["--port"], {"type": int, "help": "a free one unless given"})
    keep = (["--keep"], {"action": "store_true", "help": "keep the database"})
    beside = (["--beside"], {"action": "store_true", "help": "the database with neighbours"})
    words = (["words"], {"nargs": "*", "help": "passed on, after --"})
    add("setup")
    add("test", (["--tags"], {"help": "Odoo's --test-tags: only these tests"}), keep)
    add("lint")
    add("lifecycle", (["--every"], {"action": "store_true", "help": "all module combinations"}))
    seed = (["--seed"], {"type": int, "help": "decides the random moments"})
    add("drills", (["--kills"], {"type": int, "help": "how many of the nightly job"}), seed)
    add("pot", db, fresh, update, beside)
    add("dashboards")
    add("db", db, fresh, update, beside)
    add("shell", db, fresh, update, beside)
    add("serve", db, fresh, update, beside, port, words)
    add("unserve", db, beside)
    add("psql", db, beside, words)
    add("drop", db, beside)
    add("demo", port, keep)
    add("stop")
    add("clean")
    add("screenshots", (["--out"], {"help": "folder"}), (["--only"], {"help": "name of one page"}))
    leads = (["--leads"], {"type": int, "default": 200_000, "help": "200000 unless given"})
    forget = (["--forget"], {"action": "store_true", "help": "remove its databases instead"})
    parts = (["--only"], {"nargs": "*", "default": (), "help": "parts to measure, such as stages"})
    add("bench", leads, forget, parts)
    add("lock", words)
    return main_parser


def main():
    """Entry point; the exit code is the command's."""
    args = parser().parse_args()
    try:
        sys.exit(args.function(args, Settings()) or 0)
    except KeyboardInterrupt:
        sys.exit(130)
