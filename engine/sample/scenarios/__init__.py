"""The planted cases of every rule: violations, near misses, innocent explanations, missing data, weak links."""

from engine.sample.planting import Plant
from engine.sample.scenarios import (
    additional_fine,
    additional_pending,
    benchmark,
    case_limits,
    conviction,
    double_fine,
    early_application,
    hearing_not_told,
    late_application,
    late_decision,
    late_ruling,
    listing,
    no_application,
    not_executed,
    not_filed,
    not_implemented,
    overdue,
    payout,
    penalty_procedure,
    periodic_search,
    principal_waived,
    publicity,
    referral,
    referral_review,
    repeated_fine,
    resumption,
    short_demand,
    termination,
    treasury,
    vanished_party,
    wrong_rejection,
    wrong_sum,
)

PLANTS: tuple[Plant, ...] = (
    *no_application.PLANTS,
    *late_application.PLANTS,
    *early_application.PLANTS,
    *late_ruling.PLANTS,
    *not_filed.PLANTS,
    *additional_fine.PLANTS,
    *additional_pending.PLANTS,
    *penalty_procedure.PLANTS,
    *case_limits.PLANTS,
    *late_decision.PLANTS,
    *hearing_not_told.PLANTS,
    *repeated_fine.PLANTS,
    *short_demand.PLANTS,
    *not_executed.PLANTS,
    *overdue.PLANTS,
    *wrong_rejection.PLANTS,
    *vanished_party.PLANTS,
    *termination.PLANTS,
    *resumption.PLANTS,
    *periodic_search.PLANTS,
    *listing.PLANTS,
    *payout.PLANTS,
    *wrong_sum.PLANTS,
    *principal_waived.PLANTS,
    *not_implemented.PLANTS,
    *treasury.PLANTS,
    *publicity.PLANTS,
    *benchmark.PLANTS,
)
"""Planted matters, of all rules about penalties and their enforcement."""

CASES: tuple[referral.Case, ...] = (*referral.CASES, *referral_review.CASES)
"""Planted referrals, of all rules about persons not prosecuted."""

CONVICTIONS: tuple[conviction.Conviction, ...] = (*conviction.CONVICTIONS, *double_fine.CONVICTIONS)
"""Planted convictions."""

__all__ = ["CASES", "CONVICTIONS", "PLANTS"]
