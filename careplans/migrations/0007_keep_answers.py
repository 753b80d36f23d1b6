from django.db import migrations


def keep_answers(apps, schema_editor):
    """What was answered before each answer had a row of its own."""
    Proposal = apps.get_model("careplans", "Proposal")
    ProposalAnswer = apps.get_model("careplans", "ProposalAnswer")
    rows = Proposal.objects.filter(answered_on__isnull=False, said__isnull=True)
    ProposalAnswer.objects.bulk_create(
        (
            ProposalAnswer(
                proposal_id=row.pk,
                outcome=row.outcome,
                words=row.answer,
                by_id=row.answered_by_id,
                role=row.answered_as or "worker",
                on=row.answered_on,
            )
            for row in rows.order_by("pk").iterator(chunk_size=1_000)
        ),
        batch_size=1_000,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('careplans', '0006_local_areas_and_answers'),
    ]

    operations = [
        migrations.RunPython(keep_answers, migrations.RunPython.noop),
    ]
