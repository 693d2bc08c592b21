"""One step of a link as SQL: the rows still without a link, joined to their candidates by equal columns.

`link_left` and `link_right` hold only the columns a step needs, with its equal columns as k0, k1 …; rows with a missing
key are not there. A key that would form more than PAIR_LIMIT pairs (a placeholder such as 无) says nothing; it is left
out and counted.
"""

import polars as pl
from rapidfuzz.distance import Levenshtein

from engine.links.judged import JUDGED
from engine.links.model import INITIAL, THROUGH, Condition, Fuzzy, LinkSpec, LinkStep
from engine.parties.likeness import name_likeness
from engine.parties.mentions import HIDDEN_NAME
from engine.records import BY_NAME
from engine.store import Store

PAIR_LIMIT, FUZZY_LIMIT = 1_000_000, 50_000
"""Most pairs one key may form; fewer where each distinct pair of texts is then compared."""

_NAME = "party_name_key"
_HIDDEN_PART = "(?:[某*×○●□]+[甲乙丙丁戊己庚辛壬癸]?|X{2,}$)"
_HIDDEN_DIGIT = "[*×✕╳●•■□○·#?_]"
_SHOWN_DIGITS = 8
"""Fewest digits a masked number must show, its last three among them, to speak for a link."""


def find_candidates(store: Store, spec: LinkSpec, step: LinkStep) -> int:
    """Fill `link_found` (from_id, to_id, confidence, distance) for one step; return how many rows were too crowded.

    `link_rest` holds the rows of the from-table without a link. Distance is the days between the two `closest` dates.
    """
    store.run(f"CREATE OR REPLACE TEMP TABLE link_left AS {_left(spec, step)}")
    store.run(f"CREATE OR REPLACE TEMP TABLE link_right AS {_right(spec, step)}")
    crowded = _leave_out_crowded(store, step)
    names = (f"AND {_names(step)} " if step.names else "") + _numbers(spec, step)
    bounds = " ".join(f"AND {_holds(c, f'l.b{i}', f'r.b{i}')}" for i, c in enumerate(step.bounds))
    texts = ", l.text AS left_text, r.text AS right_text" if step.fuzzy else ""
    store.run(
        f"CREATE OR REPLACE TEMP TABLE link_pair AS SELECT l.from_id, r.to_id, l.party AS left_party, "
        f"r.to_id AS right_party, l.factor * {step.confidence} AS confidence, "
        f"l.factor * {step.at_least} AS at_least, "
        f"abs(l.closest - r.closest) AS distance{texts} FROM link_left l JOIN link_right r "
        f"USING ({_keys(step)}) ANTI JOIN link_refused x ON x.from_id = l.from_id AND x.to_id = r.to_id "
        f"WHERE l.from_id <> r.to_id {names} {bounds}")
    if _compares_numbers(spec, step):
        _leave_out_contradicted(store)
    if step.fuzzy:
        _keep_alike(store, step.fuzzy)
    _grade(store, step)
    return crowded


def _left(spec: LinkSpec, step: LinkStep) -> str:
    """The from-rows still without a link; through another link, with the record that one leads to as `v`."""
    through = ""
    columns = ["f.record_id AS from_id", "f.record_id AS party", "1.0 AS factor"]
    if step.through:
        through = (f"JOIN link x ON x.link = '{step.through}' AND x.from_id = f.record_id "
                   f"JOIN {step.through_table} v ON v.record_id = x.to_id")
        columns[1:] = ["v.record_id AS party", "x.confidence AS factor"]
    columns += [f"{_left_column(c.left)} AS k{i}" for i, c in enumerate(step.equals)]
    columns += [f"{_left_column(c.left)} AS b{i}" for i, c in enumerate(step.bounds)]
    columns.append(f"{f'f.{spec.closest[0]}' if spec.closest else 'NULL::DATE'} AS closest")
    if step.fuzzy:
        columns.append(f"{_left_column(step.fuzzy.left)} AS text")
    if step.names:
        columns.append(f"{'v' if step.through else 'f'}.party_name_key AS party_name_key")
    if _compares_numbers(spec, step):
        columns += _number_columns("v" if step.through else "f")
    known = " AND ".join(f"k{i} IS NOT NULL" for i in range(len(step.equals)))
    return (f"SELECT * FROM (SELECT {', '.join(columns)} FROM {spec.from_table.name} f "
            f"JOIN link_rest USING (record_id) {through}) WHERE {known}")


def _right(spec: LinkSpec, step: LinkStep) -> str:
    """The to-rows whose keys occur on the left."""
    columns = ["t.record_id AS to_id"]
    columns += [f"{_column('t', c.right)} AS k{i}" for i, c in enumerate(step.equals)]
    columns += [f"{_column('t', c.right)} AS b{i}" for i, c in enumerate(step.bounds)]
    columns.append(f"{f't.{spec.closest[1]}' if spec.closest else 'NULL::DATE'} AS closest")
    if step.fuzzy:
        columns.append(f"{_column('t', step.fuzzy.right)} AS text")
    if step.names:
        columns.append("t.party_name_key AS party_name_key")
    if _compares_numbers(spec, step):
        columns += _number_columns("t")
    keys = _keys(step)
    return (f"SELECT * FROM (SELECT {', '.join(columns)} FROM {spec.to_table.name} t) "
            f"SEMI JOIN (SELECT DISTINCT {keys} FROM link_left) USING ({keys})")


def _left_column(name: str) -> str:
    return _column("v", name.removeprefix(THROUGH)) if name.startswith(THROUGH) else _column("f", name)


def _column(alias: str, name: str) -> str:
    return f"{alias}.party_name_key[1]" if name == INITIAL else f'{alias}."{name}"'


def _keys(step: LinkStep) -> str:
    return ", ".join(f"k{i}" for i in range(len(step.equals)))


def _leave_out_crowded(store: Store, step: LinkStep) -> int:
    keys = _keys(step)
    limit = FUZZY_LIMIT if step.fuzzy else PAIR_LIMIT
    store.run(
        f"CREATE OR REPLACE TEMP TABLE link_crowd AS "
        f"SELECT {keys} FROM (SELECT {keys}, count(*) AS lefts FROM link_left GROUP BY ALL) "
        f"JOIN (SELECT {keys}, count(*) AS rights FROM link_right GROUP BY ALL) USING ({keys}) "
        f"WHERE lefts * rights > {limit}")
    crowded = store.count(f"SELECT count(DISTINCT from_id) FROM link_left SEMI JOIN link_crowd USING ({keys})")
    if crowded:
        store.run(f"CREATE OR REPLACE TEMP TABLE link_left AS FROM link_left ANTI JOIN link_crowd USING ({keys})")
    return crowded


def _holds(condition: Condition, left: str, right: str) -> str:
    sql = f"{left} {condition.operator} {right}"
    if condition.days is not None:
        sql += f" AND abs({left} - {right}) <= {condition.days}"
    return f"coalesce({sql}, {'TRUE' if condition.or_unknown else 'FALSE'})"


def _names(step: LinkStep) -> str:
    """Whether part of a party's name is hidden on either side; where it is on one, the other must fit what shows."""
    left, right = (f"coalesce(regexp_matches({side}.party_name_key, '{HIDDEN_NAME}'), TRUE)" for side in "lr")
    if step.names == "open":
        return f"NOT ({left} OR {right})"
    fits = [f"coalesce({one}.{_NAME} LIKE regexp_replace({other}.{_NAME}, '{_HIDDEN_PART}', '%', 'g'), TRUE)"
            for one, other in ("lr", "rl")]
    return f"({left} OR {right}) AND ({left} AND {right} OR {fits[0]} OR {fits[1]})"


def _compares_numbers(spec: LinkSpec, step: LinkStep) -> bool:
    """Whether the parties' numbers can speak against a pair: not within one party, nor where the step allows any."""
    left = BY_NAME[step.through_table] if step.through else spec.from_table
    one_party = any(c.right == "party_id" for c in step.equals)
    return left.has_party and spec.to_table.has_party and not one_party and step.numbers != "any"


def _number_columns(alias: str) -> list[str]:
    """A person's number as written, and as a LIKE pattern; an organisation's row tells its representative's: none."""
    number = f"CASE WHEN {alias}.party_kind IS DISTINCT FROM 'organisation' AND {alias}.uscc IS NULL " \
             f"THEN {alias}.resident_id END"
    shown = f"regexp_replace(regexp_replace({number}, '{_HIDDEN_DIGIT}', '_', 'g'), 'X{{2,}}', '%')"
    pattern = f"CASE WHEN length({shown}) = 18 THEN {shown} ELSE regexp_replace({shown}, '_+', '%', 'g') END"
    return [f"{number} AS number", f"{pattern} AS pattern"]


def _numbers(spec: LinkSpec, step: LinkStep) -> str:
    """Visible digits must agree where one number is masked and the other is not; with `masked` there must be some."""
    if not _compares_numbers(spec, step):
        return ""
    left, right = ("regexp_matches(l.pattern, '[_%]')", "regexp_matches(r.pattern, '[_%]')")
    agree = "(l.number LIKE r.pattern OR r.number LIKE l.pattern)"
    if step.numbers == "masked":
        shown = " AND ".join(f"regexp_matches({s}.pattern, '[0-9X]{{3}}$') AND "
                             f"length(regexp_replace({s}.pattern, '[_%]', '', 'g')) >= {_SHOWN_DIGITS}" for s in "lr")
        return f"AND coalesce({agree} AND ({left} OR {right}) AND {shown}, FALSE)"
    comparable = f"{left} <> {right} AND greatest(length(l.number), length(r.number)) = 18"
    return f"AND NOT coalesce({comparable} AND NOT {agree}, FALSE)"


def note_sure_numbers(store: Store) -> None:
    """Put into `link_sure` the number each record's party is known by beyond doubt; once for all links."""
    store.run("CREATE OR REPLACE TEMP TABLE link_sure AS SELECT m.record_id, p.resident_id, p.uscc "
              "FROM party_member m JOIN party p USING (party_id) "
              "WHERE m.step IN ('number', 'alone') AND coalesce(p.resident_id, p.uscc) IS NOT NULL")


def _leave_out_contradicted(store: Store) -> None:
    """Leave out the pairs whose records each carry a sure number, and these differ: two parties, however alike."""
    if not store.count("SELECT count(*) FROM link_pair"):
        return
    sure = "(SELECT * FROM link_sure WHERE record_id IN (SELECT {0} FROM link_pair))"
    store.run(
        f"CREATE OR REPLACE TEMP TABLE link_pair AS SELECT p.* FROM link_pair p "
        f"LEFT JOIN {sure.format('left_party')} a ON a.record_id = p.left_party "
        f"LEFT JOIN {sure.format('right_party')} b ON b.record_id = p.right_party "
        f"WHERE NOT coalesce(a.resident_id <> b.resident_id OR a.uscc <> b.uscc, FALSE)")


def _keep_alike(store: Store, fuzzy: Fuzzy) -> None:
    """Keep the pairs whose texts are alike, measured once for each distinct pair; likeness weighs the confidence."""
    alike = name_likeness if fuzzy.right == _NAME else Levenshtein.normalized_similarity
    texts = store.frame("SELECT DISTINCT left_text, right_text FROM link_pair "
                        "WHERE left_text IS NOT NULL AND right_text IS NOT NULL")
    likeness = [alike(left, right) for left, right in texts.iter_rows()]
    with store.lend("link_texts", texts.with_columns(pl.Series("likeness", likeness, dtype=pl.Float64))):
        store.run(
            f"CREATE OR REPLACE TEMP TABLE link_pair AS SELECT p.* EXCLUDE (left_text, right_text) "
            f"REPLACE (confidence * likeness AS confidence) FROM link_pair p "
            f"JOIN link_texts USING (left_text, right_text) WHERE likeness >= {fuzzy.least}")


def _grade(store: Store, step: LinkStep) -> None:
    """Fill `link_found`; where parties decide, a link is no surer than both records' membership in the party."""
    graded, sure, told = "p.confidence", "", "''"
    if any(c.right == "party_id" for c in step.equals):
        sure = ("LEFT JOIN party_member a ON a.record_id = p.left_party "
                "LEFT JOIN party_member b ON b.record_id = p.right_party")
        told = f"CASE WHEN '{JUDGED}' IN (a.step, b.step) THEN '（主体归一含人工认定）' ELSE '' END"
        graded = "p.confidence * least(coalesce(a.confidence, 1), coalesce(b.confidence, 1))"
    store.run(f"CREATE OR REPLACE TEMP TABLE link_found AS SELECT p.from_id, p.to_id, "
              f"round(greatest({graded}, p.at_least), 4)::DOUBLE AS confidence, "
              f"p.distance, $say || {told} AS say FROM link_pair p {sure}", {"say": step.say})
    if step.unique:
        store.run("CREATE OR REPLACE TEMP TABLE link_found AS FROM link_found "
                  "QUALIFY count(*) OVER (PARTITION BY from_id) = 1")
