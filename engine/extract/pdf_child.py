"""The limited process that reads the text layer of a PDF. Run as a script; imports nothing of ours."""

import json
import logging
import resource
import sys
from pathlib import Path
from typing import Any

_MOST_PAGES = 500


def main(job: dict[str, Any]) -> None:
    """Write result.json: the text of every page, or what kept it from being read."""
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (job["output"], job["output"]))
    logging.disable(logging.CRITICAL)
    try:
        found = read(job["path"])
    except (MemoryError, ImportError):
        found = {"fault": "memory"}
    except Exception as fault:  # the file is hostile or broken: nothing it raises may go unreported
        encrypted = type(fault).__name__ in ("FileNotDecryptedError", "WrongPasswordError", "DependencyError")
        found = {"fault": "password" if encrypted else "damaged"}
    (Path(job["out"]) / "result.json").write_text(json.dumps(found), encoding="utf-8")


def read(path: str) -> dict[str, Any]:
    """Return the text of every page; a document locked with a password says so."""
    from pypdf import PdfReader

    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        return {"fault": "password"}
    if len(reader.pages) > _MOST_PAGES:
        return {"fault": "memory"}
    return {"pages": [page.extract_text() for page in reader.pages]}


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
