"""Values shortened for messages, logs and masked exports."""


def mask(value: str, kind: str) -> str:
    """Return the value as it may be shown for a mask class of `records.MASKS`; class "" is shown as it is.

    >>> mask("张三丰", "name"), mask("410000199001010010", "number"), mask("河南省漯河市源汇区某路1号", "address")
    ('张＊＊', '410*************10', '河南省漯河市…')
    """
    if kind == "":
        return value
    if kind == "name":
        return (value[:1] if len(value) > 1 else "") + "＊＊" if value else ""
    if kind == "number":
        return f"{value[:3]}{'*' * (len(value) - 5)}{value[-2:]}" if len(value) > 7 else "*" * len(value)
    if kind in ("address", "text"):
        shown = min(6 if kind == "address" else 10, len(value) // 2)
        return value[:shown] + "…" if value else ""
    raise ValueError(f"unknown mask class {kind!r}")
