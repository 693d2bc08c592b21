"""A YAML file as nodes with positions: nothing guessed, nothing expanded, all faults collected.

YAML decides types by spelling (`NO` is false, `0123` is 83) and expands aliases and merge keys; rule authors are
lawyers, and rule packs may come from elsewhere. So this reader takes the parser's events only: every scalar stays text
with its place and whether it was quoted; anchors, aliases, merge keys, tags, duplicate keys and look-alike punctuation
are refused. The schema decodes (`text`, `integer`, `day` …); each fault is added to `problems` and reading goes on.

>>> file = parse("title: 超期申请\\nlevle: high", "rule.yaml")
>>> sorted(file.mapping(file.root, known=("title", "level")))
['title']
>>> print(file.problems[0])
rule.yaml:2:1：没有键“levle”，是否指“level”。可用的键：title、level [E-YAML-KEY]
"""

from engine.strict_yaml.nodes import File, Items, Mapping, Node, Scalar, is_null
from engine.strict_yaml.parsing import MAX_BYTES, MAX_DEPTH, parse, read
from engine.strict_yaml.words import listed, nearest, unknown_word

__all__ = [
    "MAX_BYTES", "MAX_DEPTH", "File", "Items", "Mapping", "Node", "Scalar", "is_null", "listed", "nearest", "parse",
    "read", "unknown_word",
]
