"""What the report says: one plain sentence or two for each kind of defect, and what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FATAL, REJECT, WARN, NOTICE = "fatal", "reject", "warn", "notice"

#: code -> the action it has (a few whole-file codes are milder for a table that may be absent)
ACTIONS: Mapping[str, str] = {
    "missing-file": FATAL,
    "empty-file": FATAL,
    "missing-column": FATAL,
    "duplicate-column": FATAL,
    "wrong-delimiter": FATAL,
    "unclosed-quote": FATAL,
    "utf-16": FATAL,
    "bom": NOTICE,
    "header-case": NOTICE,
    "extra-column": NOTICE,
    "trailing-delimiter": NOTICE,
    "unknown-file": NOTICE,
    "encoding": REJECT,
    "nul-byte": REJECT,
    "field-too-long": REJECT,
    "ragged-row": REJECT,
    "line-break-in-cell": REJECT,
    "bad-identifier": REJECT,
    "spaces-trimmed": WARN,
    "missing-value": REJECT,
    "date-format": REJECT,
    "impossible-date": REJECT,
    "time-format": REJECT,
    "not-a-number": REJECT,
    "birth-date-out-of-range": REJECT,
    "unknown-code": WARN,
    "lower-case-code": WARN,
    "nhs-number-check-digit": WARN,
    "nhs-number-format": WARN,
    "nhs-number-shared": WARN,
    "exact-duplicate": WARN,
    "duplicate-key": REJECT,
    "orphan": REJECT,
    "parent-rejected": REJECT,
    "unknown-staff": WARN,
    "unknown-team": WARN,
    "discharge-before-referral": REJECT,
    "rejection-before-referral": REJECT,
    "end-before-start": REJECT,
    "updated-before-created": REJECT,
    "agreed-before-created": REJECT,
    "future-contact": REJECT,
    "contact-after-death": WARN,
    "contact-before-referral": WARN,
    "contact-after-discharge": WARN,
    "overlapping-coordinators": WARN,
    "time-does-not-exist": WARN,
}

_MESSAGES: Mapping[str, str | Promise] = {
    "missing-file": _("The file is not in the folder. Add it, named exactly like this."),
    "missing-file/notice": _("The file is not in the folder, so %(detail)s."),
    "missing-file/folder": _("There is no such folder, or it cannot be read. Check its name."),
    "missing-file/as-of": _(
        "The folder does not say up to which date it holds. Add this file, "
        "or give the date to the import."
    ),
    "empty-file": _("The file holds nothing, not even column names. Write the extract again."),
    "empty-file/notice": _("The file holds nothing, so %(detail)s."),
    "missing-column": _("The column %(column)s is not there. Add it to the extract."),
    "missing-value/as-of": _(
        "No usable row says up to which date the folder holds. Correct this file, "
        "or take it away and give the date to the import."
    ),
    "duplicate-column": _(
        "The column %(column)s is there more than once. Leave only the one that is meant."
    ),
    "wrong-delimiter": _(
        "The columns are separated by %(detail)s. Save the file with commas between them."
    ),
    "unclosed-quote": _(
        "A quotation mark opens on this line and is not closed where the cell ends, so the rows "
        "after it cannot be told apart. Close it or take it away."
    ),
    "utf-16": _(
        "The file is written as UTF-16 (“Unicode text”). Save it as “CSV UTF-8”, "
        "with commas between the columns."
    ),
    "bom": _("The file starts with a byte-order mark. It was skipped."),
    "header-case": _("Column names are written in another way than expected. They were matched."),
    "extra-column": _("Columns that are not needed were left alone."),
    "trailing-delimiter": _("Lines end with a comma. The empty last column was ignored."),
    "unknown-file": _("The file is not one of the tables that are read. It was left alone."),
    "encoding": _(
        "The cell holds bytes that are not UTF-8. The row is not loaded. Save the file as UTF-8."
    ),
    "nul-byte": _("The cell holds a zero byte. The row is not loaded. Take it out at the source."),
    "field-too-long": _(
        "The cell holds %(detail)s characters, more than the column has room for. "
        "The row is not loaded. Shorten it at the source."
    ),
    "ragged-row": _(
        "The row does not fit the column names (%(detail)s cells). Nothing was moved to make it "
        "fit, and the row is not loaded. Look for a missing or unquoted comma."
    ),
    "line-break-in-cell": _(
        "The cell holds a line break. The row is not loaded. Take the break out at the source."
    ),
    "bad-identifier": _(
        "An id has letters, digits, spaces and . _ / - only and starts with a letter or digit. "
        "The row is not loaded. Correct the id."
    ),
    "spaces-trimmed": _("Spaces around the value were taken off, then it was used."),
    "missing-value": _("The cell is blank but must be filled. The row is not loaded. Fill it."),
    "date-format": _(
        "Not a date written like 2026-03-31. Day and month are never guessed, "
        "so the row is not loaded. Write the date this way."
    ),
    "impossible-date": _("There is no such date. The row is not loaded. Correct the date."),
    "time-format": _(
        "Not a time of day written like 09:30 or 09:30:00. The row is not loaded. Correct it."
    ),
    "not-a-number": _("Not a whole number. The row is not loaded. Write digits only."),
    "birth-date-out-of-range": _(
        "The person would be born after %(detail)s, the date of the extract, or over 130 years "
        "before it. The person and all their rows are not loaded. Correct the date."
    ),
    "unknown-code": _(
        "The code is not in the list for this column. It is kept as received and treated as not "
        "known. Check the code."
    ),
    "lower-case-code": _("The code is written in lower case. It was read as %(detail)s."),
    "nhs-number-check-digit": _(
        "The check digit of the NHS number is wrong. The person is loaded without it. "
        "Check the number."
    ),
    "nhs-number-format": _(
        "Not an NHS number of ten digits. The person is loaded without it. Check the number."
    ),
    "nhs-number-shared": _(
        "%(detail)s people in this folder have this NHS number. They are loaded and not merged, "
        "and the number identifies none of them until somebody decides. Check whose it is."
    ),
    "exact-duplicate": _("The row is the same as line %(detail)s. It is loaded once."),
    "duplicate-key": _(
        "%(detail)s rows have this key and differ. It is not guessed which is right, "
        "so none is loaded. Leave one of them."
    ),
    "orphan": _(
        "Nothing in %(detail)s has this id. The row is not loaded. "
        "Add the row that it belongs to, or correct the id."
    ),
    "parent-rejected": _(
        "The row in %(detail)s that it belongs to was not loaded, so this one is not loaded "
        "either. Correct that row."
    ),
    "unknown-staff": _(
        "No loaded row of MHS901StaffDetails.csv has this staff id. A placeholder stands for them "
        "and counts as a worker. Add the member of staff."
    ),
    "unknown-team": _(
        "No loaded row of MHS902ServiceTeamDetails.csv has this team id. A placeholder team of "
        "unknown type stands for it, outside the community clock. Add the team."
    ),
    "discharge-before-referral": _(
        "The discharge comes before the referral was received (%(detail)s). "
        "The referral is not loaded. Correct one of the dates."
    ),
    "rejection-before-referral": _(
        "The rejection comes before the referral was received (%(detail)s). "
        "The row is not loaded. Correct one of the dates."
    ),
    "end-before-start": _(
        "The end comes before the start (%(detail)s). The row is not loaded. "
        "Correct one of the dates."
    ),
    "updated-before-created": _(
        "The plan was updated before it was created (%(detail)s). It is not loaded. "
        "Correct one of the dates."
    ),
    "agreed-before-created": _(
        "The plan was agreed before it was created (%(detail)s). The agreement is not loaded. "
        "Correct one of the dates."
    ),
    "future-contact": _(
        "The contact is marked as attended but lies after %(detail)s, the date of the extract. "
        "It is not loaded. Correct the date or the attendance."
    ),
    "contact-after-death": _(
        "The person attended after their recorded death (%(detail)s). The contact is loaded and "
        "counted. Check which of the two is wrong."
    ),
    "contact-before-referral": _(
        "The contact is dated before its referral was received (%(detail)s). It is loaded. "
        "Check both dates."
    ),
    "contact-after-discharge": _(
        "The person attended after the discharge of this referral (%(detail)s). "
        "The contact is loaded. Check both dates."
    ),
    "overlapping-coordinators": _(
        "This named worker starts before the last one's end day (%(detail)s). Both are kept and "
        "shown. Check when the handover was."
    ),
    "time-does-not-exist": _(
        "The clocks went forward that night: between 01:00 and 02:00 there is no such time. "
        "It is kept as written. Check the time."
    ),
}


def message(code: str, action: str, column: str, detail: str) -> str:
    """The sentence for one finding. `detail` may carry a variant in front, as ``variant|…``."""
    variant, bar, rest = detail.rpartition("|")
    template = _MESSAGES.get(f"{code}/{variant if bar else action}", _MESSAGES[code])
    return str(template) % {"column": column, "detail": rest}
