"""One piece of the work of a scheduled action."""

import logging

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as CLASHES

_logger = logging.getLogger(__name__)


def attempt(env, what, work, failed, take=None, clashed=None):
    """Do one piece of many: one that fails stops no other.

    Begin right after a commit: when two transactions meet at the same rows, this one is rolled
    back, and the next run finds the piece again. Everything else that goes wrong is the piece's
    own fault. With a lost connection nothing can be noted, so the run ends.

    :param what: the piece, for the log
    :param work: function that does it, in a savepoint
    :param failed: function that notes the error (exception)
    :param take: function that says whether this run is to do it; it may commit
    :param clashed: function that takes back what ``take`` counted: a clash is nobody's fault
    :return: what ``work`` returned; False when it was not done
    """
    is_taken = False
    try:
        if take and not take():
            return False
        is_taken = True
        with env.cr.savepoint():
            return work()
    except CLASHES as error:
        _logger.info("%s waits: %s", what, error)
        env.cr.rollback()
        if clashed and is_taken:
            attempt(env, what, clashed, failed)
    except Exception as error:  # whatever a figure, a template or an addon raises
        if env.cr.closed:
            raise
        _logger.warning("%s failed: %s", what, error, exc_info=True)
        failed(error)
    return False


def error_text(error):
    """:return: an error (exception) in one line that fits into a field"""
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]
