"""The register of companies and the list of deaths: ordinary parties, planted ones, and persons nobody else names."""

from datetime import date

import polars as pl

from engine.sample import matters, world
from engine.sample.draws import Draws

STRANGERS = 1 << 33
"""Places of persons who died and occur in no other file start here; some share a name with one who does."""

PLANTED = {"cancelled_on": pl.Date, "cancel_reason": pl.String, "register_status": pl.String, "suffix": pl.String,
           "died_on": pl.Date}


def people(places: range, planted: pl.DataFrame, seed: int, as_of: date) -> pl.DataFrame:
    """Return the companies and individual businesses registered, and the persons who died.

    `places` are those of the ordinary pool, `planted` the matters of planted parties. Ordinary parties are struck off
    or die in the last weeks before the as-of date (`world.leaving`). Columns: those of `world.parties`, cancelled_on,
    cancel_reason, register_status, died_on (NULL for those alive).
    """
    blank = [pl.lit(None, kind).alias(name) for name, kind in PLANTED.items()]
    ordinary = world.parties(_numbers(places), seed).with_columns(blank).with_columns(**_left(seed, as_of))
    return pl.concat([_kept(ordinary), _kept(_companies(planted, seed)), _kept(_dead(planted, seed))])


def _numbers(places: range) -> pl.Series:
    """The numbers of all three kinds, and of one stranger for every twenty places."""
    strangers = pl.int_range(STRANGERS + places.start // 20, STRANGERS + places.stop // 20, eager=True) * 3 + 2
    return pl.concat([pl.int_range(places.start * 3, places.stop * 3, eager=True), strangers])


def _left(seed: int, as_of: date) -> dict[str, pl.Expr]:
    draws, person = Draws(seed, "party"), pl.col("uscc").is_null()
    stranger = pl.col("party") >= STRANGERS * 3
    lately = (pl.lit(matters.before(as_of, 20)).cast(pl.Int32) + draws.below("left", 19).cast(pl.Int32)).cast(pl.Date)
    long_ago = (pl.lit(matters.before(as_of, 1_700)).cast(pl.Int32) + draws.below("left", 1_650).cast(pl.Int32))
    gone = world.leaving(seed) & ~stranger
    reason = draws.pick("reason", ("决议解散", "决议解散，简易注销", "吸收合并"))
    return {
        "cancelled_on": pl.when(gone & ~person).then(lately),
        "cancel_reason": pl.when(gone & ~person).then(reason),
        "died_on": pl.when(stranger).then(long_ago.cast(pl.Date)).when(gone & person).then(lately),
    }


def _companies(planted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The planted companies, as their matters have them."""
    told = planted.filter(pl.col("party") % 3 < 2).select("party", *PLANTED)
    told = told.unique("party", keep="first", maintain_order=True)
    frame = world.parties(told["party"], seed).join(told, on="party", how="left", maintain_order="left")
    return frame.with_columns(party_name=pl.concat_str("party_name", "suffix"), died_on=pl.lit(None, pl.Date))


def _dead(planted: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The planted dead: the name of the matter's party, the number of `d_party`."""
    told = planted.filter(pl.col("died_on").is_not_null()).select(
        "cancel_reason", "register_status", "suffix", "died_on", "cancelled_on", party="d_party", named="party")
    named = world.parties(told["named"], seed).select(named="party", name="party_name")
    frame = world.parties(told["party"], seed).join(told, on="party", how="left", maintain_order="left")
    return frame.join(named, on="named", how="left", maintain_order="left").with_columns(party_name="name")


def _kept(frame: pl.DataFrame) -> pl.DataFrame:
    names = (*PLANTED, "party", "party_name", "party_kind", "resident_id", "uscc", "legal_representative", "address",
             "birth_date", "sex", "established_on", "capital_yuan", "division")
    return frame.select(names).filter(pl.col("uscc").is_not_null() | pl.col("died_on").is_not_null())
