"""Addresses of documents. They hold ids and kinds, and never a name."""

from django.urls import path

from careplans.documents.views import documents

app_name = "documents"
urlpatterns = [
    path("<uuid:plan_id>/documents/", documents.documents, name="list"),
    path("<uuid:plan_id>/documents/new/<slug:kind>/", documents.new, name="new"),
    path("documents/<uuid:document_id>/", documents.document, name="document"),
    path("documents/<uuid:document_id>/status/", documents.status, name="status"),
    path("documents/<uuid:document_id>/text/", documents.correct, name="correct"),
    path("documents/<uuid:document_id>/approve/", documents.approve, name="approve"),
    path("documents/<uuid:document_id>/drop/", documents.drop, name="drop"),
    path("documents/<uuid:document_id>/retry/", documents.retry, name="retry"),
    path("documents/<uuid:document_id>/again/", documents.again, name="again"),
    path("documents/<uuid:document_id>/file/", documents.file, name="file"),
    path("documents/<uuid:document_id>/given/", documents.give, name="give"),
]
