"""Documents: Word drafts from a clue's facts.

Nothing here decides anything: a draft says what the machine found, where it stands, and what still has to be checked;
number, signature and date stay blank. The clue comes as the dict of `engine.export.clue_files`.
"""

from engine.documents.drafting import Draft, draft, write_drafts
from engine.documents.kinds import KINDS, Kind, find_kind

__all__ = ["KINDS", "Draft", "Kind", "draft", "find_kind", "write_drafts"]
