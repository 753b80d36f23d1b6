"""A sign-in provider that is half set, or set unsafely, stops the start with its remedy."""

import pytest

from tests.factories.provider import pem
from tests.unit.common.test_settings import ENOUGH, settings_in, values

STAFF = {
    "STAFF_OIDC_ISSUER": "https://login.example.org/trust/",
    "STAFF_OIDC_CLIENT_ID": "alongside",
    "STAFF_OIDC_CLIENT_SECRET": "a-secret",
}


@pytest.fixture
def key_file(tmp_path):
    file = tmp_path / "key.pem"
    file.write_text(pem("client"))
    return str(file)


def test_both_providers(tmp_path, key_file):
    people = {"NHS_LOGIN_CLIENT_ID": "x", "NHS_LOGIN_KEY_FILE": key_file}
    oidc, policy = values(
        {**STAFF, **people, "VAR_DIR": str(tmp_path)}, "OIDC", "CONTENT_SECURITY_POLICY"
    )
    assert oidc["staff"]["issuer"] == "https://login.example.org/trust"
    assert oidc["people"]["issuer"] == "https://auth.login.nhs.uk"
    assert oidc["people"]["key"] == pem("client")
    assert policy["DIRECTIVES"]["form-action"] == [
        "'self'",
        "https://login.example.org",
        "https://auth.login.nhs.uk",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"STAFF_OIDC_CLIENT_ID": ""}, "STAFF_OIDC_CLIENT_ID is not set."),
        ({"STAFF_OIDC_ISSUER": ""}, "STAFF_OIDC_ISSUER is not set."),
        ({"STAFF_OIDC_ISSUER": "http://login.example.org"}, "Write the provider's https://"),
        ({"STAFF_OIDC_CLIENT_SECRET": ""}, "Set one of STAFF_OIDC_CLIENT_SECRET"),
        ({"STAFF_OIDC_KEY_FILE": "/nowhere"}, "Set one of STAFF_OIDC_CLIENT_SECRET"),
        (
            {"STAFF_OIDC_CLIENT_SECRET": "", "STAFF_OIDC_KEY_FILE": "/nowhere"},
            "holds no private key",
        ),
        ({"NHS_LOGIN_CLIENT_ID": "x"}, "NHS_LOGIN_KEY_FILE is not set"),
        ({"STAFF_OIDC_VECTORS": "P5.Cp.Cd"}, "less than P9"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_named_with_what_to_do(changes, said, tmp_path):
    done = settings_in({**ENOUGH, **STAFF, **changes, "VAR_DIR": str(tmp_path)}, "OIDC")
    assert done.returncode != 0
    assert said in done.stderr.strip().splitlines()[-1]
    assert "a-secret" not in done.stderr
