"""Review by workbook: findings taken out as xlsx, filled in anywhere, and read back row by row.

`export_books` writes a workbook for each department (and assignee), `write_book` one; `import_book` reads one back and
returns the outcome of every row. What leaves is masked and audited; what comes back is taken only where nothing about
the row is in doubt (`engine.review.returning`).
"""

from engine.review_book.exporting import PER_BOOK, Request, Written, export_books
from engine.review_book.importing import Imported, import_book
from engine.review_book.reading import LARGEST
from engine.review_book.results import counts, refused, write_outcomes
from engine.review_book.writing import Book, write_book

__all__ = ["LARGEST", "PER_BOOK", "Book", "Imported", "Request", "Written", "counts", "export_books", "import_book",
           "refused", "write_book", "write_outcomes"]
