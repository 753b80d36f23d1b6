"""Seeds of second steps that stood in the table in clear are encrypted."""

from django.db import migrations

PREFIX = "f1:"
SECRETS = ("secret", "seed")


def _each(apps, change):
    rows = apps.get_model("mfa", "Authenticator").objects
    for row in rows.filter(type__in=("totp", "recovery_codes")).order_by("pk"):
        data = {key: change(row.data[key]) for key in SECRETS if key in row.data}
        if "migrated_codes" in row.data:
            data["migrated_codes"] = [change(code) for code in row.data["migrated_codes"]]
        row.data = {**row.data, **data}
        row.save(update_fields=["data"])


def encrypt(apps, schema_editor):
    from casework.common import crypto

    _each(apps, lambda text: text if text.startswith(PREFIX) else PREFIX + crypto.encrypt(text))


def decrypt(apps, schema_editor):
    from casework.common import crypto

    _each(
        apps,
        lambda text: crypto.decrypt(text[len(PREFIX) :]) if text.startswith(PREFIX) else text,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_provider_identity"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(encrypt, decrypt)]
