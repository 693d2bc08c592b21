"""The nightly flow on a real Prefect server of its own: same answers as the command line, no row in Prefect's hands."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from engine import run, sample
from engine.run import Plan
from pipelines import nightly

pytestmark = [
    pytest.mark.slow,
    # reason: prefect's own code uses names that its dependencies are about to drop
    pytest.mark.filterwarnings("ignore"),
]

AS_OF = date(2026, 10, 31)


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    """Yield while a temporary Prefect server runs; it may be slow to start on a busy machine."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture(scope="module")
def night(server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of one night under Prefect and one by the command's own function, over the same files."""
    folder = tmp_path_factory.mktemp("night")
    sample.generate(folder / "sample", rows=300, seed=5, as_of=AS_OF)
    supplier = folder / "inbox" / "全部单位"
    supplier.mkdir(parents=True)
    for path in (folder / "sample").iterdir():
        if path.name not in sample.OWN_FILES:
            shutil.copyfile(path, supplier / path.name)
    nightly.nightly(str(folder / "inbox"), str(folder / "data"), str(folder / "out"), AS_OF.isoformat())
    files = sorted(supplier.iterdir())
    run.run(Plan(folder / "data2", folder / "out2", AS_OF, AS_OF), files)
    return folder


def test_the_flow_gives_the_same_clues_as_the_command(night: Path) -> None:
    by_flow = pl.read_parquet(night / "out" / "线索清单.parquet").select("线索编号", "得分", "违法情形")
    by_command = pl.read_parquet(night / "out2" / "线索清单.parquet").select("线索编号", "得分", "违法情形")

    assert by_flow.height > 50
    assert by_flow.equals(by_command)


def test_the_copies_of_the_inbox_are_gone_afterwards(night: Path) -> None:
    assert not (night / "data" / "inbox").exists()


def test_prefect_keeps_no_name_and_no_number(night: Path) -> None:
    from prefect.settings import get_current_settings

    address = get_current_settings().server.database.connection_url
    assert address is not None
    kept = Path(address.get_secret_value().split(":///")[1].split("?")[0]).read_bytes()
    parties = pl.read_parquet(night / "out" / "线索清单.parquet")["当事人"].unique().to_list()

    assert [name for name in parties if name.encode() in kept] == []
    assert b"xiezhi-nightly" in kept


def test_the_deployment_is_nightly_in_china_and_one_at_a_time() -> None:
    text = (Path(__file__).parents[1] / "prefect.yaml").read_text(encoding="utf-8")

    assert "entrypoint: pipelines/nightly.py:nightly" in text
    assert "timezone: Asia/Shanghai" in text
    assert "limit: 1" in text


def test_the_prefect_server_can_be_imported() -> None:
    from prefect.server.api.server import create_app

    assert create_app() is not None
