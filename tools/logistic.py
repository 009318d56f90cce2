"""Logistic regression that expects small effects until the data say otherwise."""

import numpy as np
from scipy.special import expit

PRIOR_SD = 1.0  # before looking, 95 % of effects are expected within e^±1.96, a 7-fold of the odds
SLOPE_SD = 10.0
STEPS = 100
CLOSE_ENOUGH = 1e-10


def fit(features, outcomes, prior_sd=PRIOR_SD):
    """Most probable coefficients under a normal prior with mean 0 (the intercept is free).

    :param features: array (deals × features), each feature about 0 to 1
    :param outcomes: array of 1 (won) and 0 (lost), both present
    :param prior_sd: standard deviation of the prior, ``None`` for no prior
    :return: ``(coefficients, standard errors)``, arrays (1 + features), the intercept first, in
        log odds; ``None`` when the outcomes are all the same or the steps do not settle
    Source: Gelman et al., Annals of Applied Statistics 2 (2008) for weakly informative priors.
    """
    outcomes = np.asarray(outcomes, dtype=float)
    features = np.asarray(features, dtype=float).reshape(len(outcomes), -1)
    if not len(outcomes) or outcomes.min() == outcomes.max():
        return None
    design = np.column_stack([np.ones(len(outcomes)), features])
    penalty = np.full(design.shape[1], 0.0 if prior_sd is None else prior_sd ** -2)
    penalty[0] = 0.0
    return _newton(design, outcomes, penalty)


def _newton(design, outcomes, penalty):
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(outcomes.mean() / (1 - outcomes.mean()))
    loss = _loss(design, outcomes, penalty, beta)
    for _step in range(STEPS):
        chances = expit(design @ beta)
        gradient = design.T @ (chances - outcomes) + penalty * beta
        curvature = (design.T * (chances * (1 - chances))) @ design + np.diag(penalty)
        try:
            covariance = np.linalg.inv(curvature)
        except np.linalg.LinAlgError:
            return None
        step, size = covariance @ gradient, 1.0
        while (further := _loss(design, outcomes, penalty, beta - size * step)) > loss:
            size /= 2
            if size < CLOSE_ENOUGH:
                return beta, np.sqrt(np.diag(covariance))
        beta, loss = beta - size * step, further
        if np.abs(step).max() < CLOSE_ENOUGH:
            return beta, np.sqrt(np.diag(covariance))
    return None


def _loss(design, outcomes, penalty, beta):
    linear = design @ beta
    return float(np.logaddexp(0, linear).sum() - outcomes @ linear + (penalty * beta**2).sum() / 2)


def predict(coefficients, features):
    """Chances to win under fitted coefficients, array (deals)."""
    features = np.asarray(features, dtype=float)
    features = features.reshape(len(features), -1)
    return expit(coefficients[0] + features @ coefficients[1:])


def forecasts(scores, outcomes, new_scores):
    """What scores mean as chances: fitted on known deals, applied to new ones.

    :param scores, new_scores: arrays of scores, about 0 to 100
    :return: array of chances for ``new_scores``, ``None`` when nothing can be fitted
    Source: Platt, Advances in Large Margin Classifiers (1999); the wide prior keeps the slope
    finite where the scores part won and lost completely.
    """
    fitted = fit(np.asarray(scores, dtype=float) / 100, outcomes, prior_sd=SLOPE_SD)
    return fitted and predict(fitted[0], np.asarray(new_scores, dtype=float) / 100)
