"""Rulings read from documents are judged as the same rulings loaded as rows."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from extract_world import KINDS
from test_rulings import AFTER_ITS_RULING, ROOT, RULINGS

from engine import export, extract, links, parties, rules, sources
from engine.law import read_law
from engine.store import Store

AS_OF = date(2026, 10, 31)
LETTERS = "甲乙丙丁戊己庚辛壬癸"
HAN = "〇一二三四五六七八九"


def rows() -> list[dict[str, Any]]:
    """Return the rulings with invented courts, organs and companies."""
    return [{"court": f"虚构{LETTERS[n]}县人民法院", "applicant": f"虚构{LETTERS[n]}县市场监督管理局",
             "respondent": f"虚构{LETTERS[n]}贸易有限公司", "respondent_kind": "企业", "outcome": "准予", **ruling}
            for n, ruling in enumerate((*RULINGS, AFTER_ITS_RULING))]


def day(text: str, before: str = "") -> str:
    """Return a date as a ruling writes it, told from the one before where that is of the same day or year."""
    if text == before:
        return "同日"
    year, month, number = (int(part) for part in text.split("-"))
    return f"同年{month}月{number}日" if before[:4] == text[:4] else f"{year}年{month}月{number}日"


def numerals(text: str) -> str:
    """Return a date in Chinese numerals, as at the foot of a ruling."""
    year, month, number = text.split("-")
    small = [("" if n < 10 else "十" if n < 20 else HAN[n // 10] + "十") + (HAN[n % 10] if n % 10 else "")
             for n in (int(month), int(number))]
    return f"{''.join(HAN[int(digit)] for digit in year)}年{small[0]}月{small[1]}日"


def document(row: dict[str, Any]) -> str:
    """Return a ruling that says what the row says, and nothing else."""
    number, organ, party = row["penalty_doc_no"], row["applicant"], row["respondent"]
    applied, accepted = row.get("application_date"), row.get("acceptance_date")
    said = [f"申请执行人{organ}{f'于{day(applied)}' if applied else ''}向本院申请强制执行{number}《行政处罚决定书》。"]
    if accepted:
        said.append(f"本院于{day(accepted, applied or '')}立案受理后，依法组成合议庭进行了审查。")
    said.append("经审查查明，")
    if decided := row.get("penalty_date"):
        said.append(f"{day(decided)}，申请执行人作出{number}《行政处罚决定书》。")
    if "fine_yuan" in row:
        said.append(f"决定没收违法所得{row['confiscation_yuan']}元。" if "confiscation_yuan" in row else "")
        said.append(f"处罚款{row['fine_yuan']}元。")
    if served := row.get("service_date"):
        said.append(f"申请执行人于{day(served, decided or '')}向被执行人送达{number}《行政处罚决定书》。")
    said.append({"无": "被执行人在法定期限内未申请行政复议，也未提起行政诉讼。",
                 "诉讼": "被执行人提起诉讼后，行政判决书驳回其诉讼请求。",
                 "复议": f"被执行人于{day(row.get('relief_start', '2000-01-01'))}向虚构市人民政府申请行政复议，该府于"
                         f"{day(row.get('relief_end', '2000-01-01'))}作出虚政复〔2024〕3号行政复议决定。",
                 }[row["relief"]])
    said += [f"余款于{day(until)}前缴纳。" for until in [row.get("deferral_until")] if until]
    said += [f"被执行人已缴纳{paid}元。" for paid in [row.get("paid_yuan")] if paid]
    said += [f"申请执行人于{day(demand)}向被执行人送达了催告书。" for demand in row.get("demand_dates", [])]
    said += [f"加处罚款{extra}元。" for extra in [row.get("surcharge_yuan")] if extra]
    return "\n".join([
        row["court"], "行 政 裁 定 书", row["case_no"], f"申请执行人：{organ}。", f"被执行人：{party}。", "".join(said),
        f"本院认为，处罚决定合法，裁定如下：准予强制执行{organ}作出的{number}《行政处罚决定书》。", "审判长　某某",
        numerals(row["ruling_date"]), "书记员　某某"])


def judged(store: Store, files: list[Path], home: Path) -> dict[tuple[str, str], str]:
    """Return every answer about every ruling after loading the files."""
    mappings = sources.read_mappings(ROOT / "pipelines" / "sources")
    ruleset = rules.read_rules(ROOT / "rules", read_law(ROOT / "rules" / "law"))
    sources.load(store, mappings, files, home=home, today=AS_OF)
    parties.resolve(store)
    links.resolve(store, links.read_links(ROOT / "rules" / "links"))
    rules.prepare(store, ruleset, AS_OF)
    rules.apply(store, ruleset, AS_OF)
    asked = "SELECT case_no, rule_id, answer FROM court_review r JOIN hit h ON h.record_id = r.record_id"
    return {(case_no, rule): answer for case_no, rule, answer in store.rows(asked)}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[tuple[str, str], str], ...]]:
    """Yield the answers about the rulings loaded as rows, and about the same ones read from documents."""
    folder = tmp_path_factory.mktemp("rulings")
    lines = folder / "rulings.jsonl"
    lines.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()), encoding="utf-8")
    for number, row in enumerate(rows()):
        (folder / f"{number}.txt").write_text(document(row), encoding="gb18030")
    done = extract.extract([(path, path.name) for path in sorted(folder.glob("*.txt"))], KINDS)
    export.write_extraction(done, folder / "out", datetime(2026, 10, 31, tzinfo=UTC).replace(tzinfo=None))
    stores = Store(), Store()
    yield (judged(stores[0], [lines], folder / "a"),
           judged(stores[1], sorted((folder / "out" / "要素").iterdir()), folder / "b"))
    for store in stores:
        store.close()


def test_documents_are_judged_as_rows_are(both: tuple[dict[tuple[str, str], str], ...]) -> None:
    as_rows, as_documents = both

    assert as_documents == as_rows
    assert len(as_rows) > 20


def test_the_late_ruling_and_the_conflict_are_found_in_documents(both: tuple[dict[tuple[str, str], str], ...]) -> None:
    answers = both[1]

    assert [case for (case, rule), answer in answers.items()
            if rule == "non_litigation.late_ruling" and answer == "hit"] == ["（2020）鲁0102行审30号"]
    assert answers["（2025）虚0101行审9号", "non_litigation.late_application"] == "excluded"
