from django.urls import path

from casework.wording import views

app_name = "wording"
urlpatterns = [
    path("", views.check, name="check"),
    path("look/", views.look, name="look"),
    path("answer/", views.answer, name="answer"),
    path("report/", views.report, name="report"),
    path("words/", views.terms, name="terms"),
    path("words/add/", views.add, name="add"),
    path("words/<uuid:term_id>/", views.term, name="term"),
]
