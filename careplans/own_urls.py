"""Addresses of a person's own plan."""

from django.urls import path

from careplans.documents.views import own as papers
from careplans.views import own, own_sharing

app_name = "my_plan"
urlpatterns = [
    path("", own.plan, name="plan"),
    path("begin/", own.begin, name="begin"),
    path("changes/", own.changes, name="changes"),
    path("here/", own.here, name="here"),
    path("order/", own.rank, name="rank"),
    path("sharing/", own_sharing.page, name="sharing"),
    path("sharing/<uuid:organisation_id>/", own_sharing.share_with, name="share_with"),
    path("shared-with-me/<uuid:access_id>/", own_sharing.carer_answer, name="carer_answer"),
    path(
        "shared-with-me/<uuid:access_id>/propose/",
        own_sharing.carer_propose,
        name="carer_propose",
    ),
    path("safety/", own.safety, name="safety"),
    path("look-again/", own.review, name="review"),
    path("area/<slug:code>/", own.area, name="area"),
    path("area/<slug:code>/rate/", own.rate, name="rate"),
    path("area/<slug:code>/add/<slug:kind>/", own.add, name="add"),
    path("add/<slug:kind>/", own.add_whole, name="add_whole"),
    path("line/<uuid:line_id>/", own.line, name="line"),
    path("line/<uuid:line_id>/remove/", own.remove, name="remove"),
    path("line/<uuid:line_id>/comment/", own.comment, name="comment"),
    path("line/<uuid:line_id>/score/", own.score, name="score"),
    path("line/<uuid:line_id>/report/", own.report, name="report"),
    path("proposals/", own.proposals, name="proposals"),
    path("proposal/<uuid:proposal_id>/", own.proposal, name="proposal"),
    path("version/<uuid:version_id>/", own.version, name="version"),
    path("version/<uuid:version_id>/answer/", own.answer, name="answer"),
    path("papers/", papers.papers, name="papers"),
    path("papers/new/<slug:kind>/", papers.new, name="new_paper"),
    path("papers/<uuid:document_id>/", papers.paper, name="paper"),
    path("papers/<uuid:document_id>/status/", papers.status, name="paper_status"),
    path("papers/<uuid:document_id>/file/", papers.file, name="paper_file"),
    path("papers/<uuid:document_id>/words/", papers.correct, name="paper_words"),
    path("papers/<uuid:document_id>/yes/", papers.approve, name="paper_yes"),
    path("papers/<uuid:document_id>/no/", papers.drop, name="paper_no"),
    path("papers/<uuid:document_id>/retry/", papers.retry, name="paper_retry"),
]
