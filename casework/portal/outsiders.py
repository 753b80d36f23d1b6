"""Everybody with an account of their own, and every carer, is no member of staff."""

from django.db.models import Q

from casework.accounts.outsiders import outsiders

outsiders.register("portal", Q(portal_account__isnull=False))
outsiders.register("carers", Q(carer__isnull=False))
