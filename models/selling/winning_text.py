"""Figures inside sentences."""

from odoo.tools.misc import formatLang


def percent(env, value):
    return env._("%s %%", formatLang(env, 100 * value, digits=0))


def p_text(env, value, letter="p"):
    if value < 0.001:
        return f"{letter} < {formatLang(env, 0.001, digits=3)}"
    return f"{letter} = {formatLang(env, value, digits=3 if value < 0.1 else 2)}"
