"""Entry point of the web processes.

It is loaded once, before the processes part, so that they share what they have in common: the
addresses and the templates' machinery are looked up here and not by each of them at its first
request, and what is there by then is kept out of the reach of the collector, which would otherwise
copy it into each process.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
application = get_wsgi_application()

from django.template import engines  # noqa: E402  these need the settings
from django.urls import get_resolver  # noqa: E402

from casework.common import fence  # noqa: E402

fence.close_by_default()
_ = get_resolver().reverse_dict, engines.all()
gc.collect()
gc.freeze()
