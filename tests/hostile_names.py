"""Forty names nobody has, each of which broke some program once; for every place where a name is shown.

Names are invented. `written` leaves out what a text file cannot hold at all.
"""

LONG = "甲" + "x" * 40_000
"""Longer than a cell of a workbook holds (32,767)."""

NAMES: tuple[str, ...] = (
    # a page
    "<script>document.title='ran'</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(2)>",
    "\"><b onmouseover='alert(3)'>", "' autofocus onfocus='alert(4)", "</textarea></title><script>alert(5)</script>",
    "<a href=\"javascript:alert(6)\">甲</a>", "<iframe src=//evil.example></iframe>", "&lt;b&gt;&amp;#x3c;",
    "<style>@import'//evil.example'</style>",
    # a template, a database, a shell
    "{{7*7}}", "{% include '/etc/passwd' %}", "${7*7}", "'; DROP TABLE clue; --", "\" OR 1=1 /*", "$(touch /tmp/x)`id`",
    # a spreadsheet
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "=HYPERLINK(\"http://evil.example\",\"甲\")",
    "=cmd|' /C calc'!A0", "＝1+1", "甲,乙;\"丙\"\n丁\t戊",
    # a reader's eye
    "甲\u202e司公限有乙", "张\u200b三\u2060", "Z" + "\u0301\u0489" * 60 + "algo",
    "\u0627\u0644\u0634\u0631\u0643\u0629 甲",
    "аpple公司", "张😀𠮷㐀䶮👩‍👩‍👧",
    # a terminal, a log
    "甲\n2026-11-02 已确认 乙", "\x1b[31m红\x1b[0m\x1b]0;标题\x07", "甲\x9b2J乙",
    # a file, a word processor
    "../../etc/passwd", "C:\\CON\\甲?*|", "]]><w:p/>\ufffe", "甲\x00乙\x08", LONG,
)

assert len(NAMES) == len(set(NAMES)) == 40

SURROGATES = ("甲\ud800乙", "\udcff丙")
"""Halves of characters: JSON can hold them, and the arguments of a command."""
