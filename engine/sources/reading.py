"""One way to open every delivered file, whatever its format."""

from pathlib import Path

from engine.sources.shapes import SKIP_REASONS, Chunk, Delivered, Fault, ReadOptions, Sheet, refuse

__all__ = ["SKIP_REASONS", "Chunk", "Delivered", "Fault", "ReadOptions", "Sheet", "open_file"]


def open_file(path: Path, *, options: ReadOptions = ReadOptions()) -> list[Delivered]:  # noqa: B008
    """Return what the file holds; an archive gives one item per member, everything else exactly one.

    Raises SourceError where the file is refused as a whole; reading the chunks may raise it too.
    """
    raise refuse(path.name, f"不支持的文件格式“{path.suffix}”", "请提供 csv、xlsx、jsonl 或 parquet 文件", "E-FORMAT")
