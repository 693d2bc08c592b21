"""Documents: Word drafts from a clue's facts, and packages of clues handed over and received.

Nothing here decides anything: a draft says what the machine found, where it stands, and what still has to be checked;
number, signature and date stay blank. The clue comes as the dict of `engine.export.clue_files`.
"""

from engine.documents.drafting import Draft, draft, write_drafts, write_file
from engine.documents.handover import About, Package, Rule, package
from engine.documents.kinds import KINDS, Kind, find_kind
from engine.documents.receiving import Received, receive, unpack
from engine.documents.work import work_of

__all__ = [
    "KINDS", "About", "Draft", "Kind", "Package", "Received", "Rule", "draft", "find_kind", "package", "receive",
    "unpack", "work_of", "write_drafts", "write_file",
]
