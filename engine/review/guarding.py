"""Whether a run may replace the one published: nothing older, and nothing from another warehouse by mistake."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from engine.errors import EngineError
from engine.review import schema


def stale(connection: Connection, run_id: int, as_of: date, data: str, warehouse: str) -> EngineError | None:
    """Return what speaks against publishing a run over the last one published, None where nothing does.

    Runs of one warehouse are numbered upwards; the same number with other data is a warehouse that was put back to an
    earlier state and went another way. A warehouse not known (published by an older version) is not compared.
    """
    r = schema.run.c
    last = connection.execute(sa.select(schema.run).order_by(r.publication.desc()).limit(1)).mappings().first()
    if last is None:
        return None
    told = f"已发布的是第{last['run_id']}次运行（数据截止{last['as_of']}）"
    if warehouse and last["warehouse"] and warehouse != last["warehouse"]:
        return _refused(f"这个数据文件夹的数据仓不是上次发布的那一个；{told}", "E-PUBLISH-OTHER")
    if run_id < last["run_id"] or as_of < last["as_of"]:
        return _refused(f"{told}，比现在这次（第{run_id}次，数据截止{as_of}）新", "E-PUBLISH-OLDER")
    if run_id == last["run_id"] and (as_of, data) != (last["as_of"], last["data"]):
        return _refused(f"{told}，现在这次序号相同而数据不同：数据仓退回过旧备份", "E-PUBLISH-OTHER")
    return None


def _refused(what: str, code: str) -> EngineError:
    fix = "没有发布，研判库没有变。请检查 --home 是不是正在用的数据文件夹；确要发布的，运行 xiezhi publish --force"
    return EngineError("发布", what, fix, code)
