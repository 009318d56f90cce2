"""Least squares with the standard errors that monthly figures of teams need."""

import numpy
from scipy.stats import t

CONFIDENCE = 0.95


class Fit:
    """Ordinary least squares of ``outcome`` (n) on ``design`` (n × k, with a constant)."""

    def __init__(self, design, outcome):
        self.design = numpy.asarray(design, dtype=float)
        self.outcome = numpy.asarray(outcome, dtype=float)
        self.count, self.size = self.design.shape
        self.bread = numpy.linalg.pinv(self.design.T @ self.design)
        self.coefficients = self.bread @ self.design.T @ self.outcome
        self.residuals = self.outcome - self.design @ self.coefficients

    @property
    def freedom(self):
        return self.count - self.size

    def classic(self):
        """Covariance of the coefficients when errors are independent and of equal variance."""
        return self.bread * (self.residuals @ self.residuals) / self.freedom

    def clustered(self, clusters):
        """Covariance when errors of one cluster (a team) depend on each other.

        With the usual correction G / (G - 1) · (n - 1) / (n - k).
        """
        scores = self.design * self.residuals[:, None]
        names = sorted(set(clusters))
        sums = numpy.array([
            scores[[cluster == name for cluster in clusters]].sum(axis=0) for name in names
        ])
        groups = len(names)
        correction = groups / (groups - 1) * (self.count - 1) / self.freedom
        return correction * self.bread @ (sums.T @ sums) @ self.bread

    def newey_west(self, lags=None):
        """Covariance when errors of neighbouring months depend on each other (Bartlett weights).

        :param lags: months; by the rule 4 (n / 100)^(2/9) when omitted
        """
        lags = newey_west_lags(self.count) if lags is None else lags
        scores = self.design * self.residuals[:, None]
        meat = scores.T @ scores
        for lag in range(1, lags + 1):
            cross = scores[lag:].T @ scores[:-lag]
            meat += (1 - lag / (lags + 1)) * (cross + cross.T)
        return self.count / self.freedom * self.bread @ meat @ self.bread

    def contrast(self, weights, covariance, freedom=None, confidence=CONFIDENCE):
        """A sum of weighted coefficients.

        :return: ``(estimate, low, high, p, standard error)`` as floats
        """
        weights = numpy.asarray(weights, dtype=float)
        freedom = self.freedom if freedom is None else freedom
        estimate = float(weights @ self.coefficients)
        error = float(numpy.sqrt(max(weights @ covariance @ weights, 0.0)))
        margin = float(t.ppf((1 + confidence) / 2, freedom)) * error
        if not error:
            return estimate, estimate, estimate, 0.0 if estimate else 1.0, 0.0
        p = float(2 * t.sf(abs(estimate) / error, freedom))
        return estimate, estimate - margin, estimate + margin, p, error


def newey_west_lags(count):
    return int(4 * (count / 100) ** (2 / 9))
