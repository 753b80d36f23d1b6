"""How a file leaves the service: whole, kept by no cache, and written down."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest

from careplans.models import Document
from casework.cases import access_log
from casework.cases.models import AccessEntry

Action = AccessEntry.Action


def sent(request: HttpRequest, document: Document) -> FileResponse:
    """The file of a document, to be saved or printed. Who took it is in the access log."""
    access_log.note(
        request,
        Action.EXPORT if document.is_text else Action.PRINT,
        person=document.plan.person,
        record=document,
        reason=f"document.{document.kind}",
        reason_words=f"{document.get_kind_display()}, {document.about_version}",
    )
    try:
        content = document.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=f"{document.kind.replace('_', '-')}.pdf",  # nothing about anybody
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store, private"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
