"""What a provider signed is judged without a network: tricks with algorithms, keys and times."""

import base64
import json
import time

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.accounts.oidc import client, tokens
from casework.accounts.oidc.providers import Provider
from tests.factories.provider import key, pem

ISSUER, CLIENT, NONCE = "https://login.example.org", "alongside", "n-1"
PUBLIC = jwt.algorithms.RSAAlgorithm.to_jwk(key().public_key(), as_dict=True)
KEYS = {"keys": [{**PUBLIC, "kid": "one", "use": "sig"}]}


def claims(**changes):
    now = int(time.time())
    told = {"iss": ISSUER, "aud": CLIENT, "sub": "s", "iat": now, "exp": now + 300, "nonce": NONCE}
    return {**told, **changes}


def signed(told, *, headers=None, algorithm="RS256", with_key=None):
    headers = {"kid": "one"} if headers is None else headers
    return jwt.encode(told, with_key or key(), algorithm=algorithm, headers=headers)


def judge(token, keys=KEYS):
    return tokens.id_token(token, keys, issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


def unsigned(header, told) -> str:
    parts = [json.dumps(part).encode() for part in (header, told)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def code_of(token, keys=KEYS) -> str:
    with pytest.raises(tokens.Untrusted) as found:
        judge(token, keys)
    return found.value.code


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256"])
def test_what_is_right_is_believed(algorithm):
    assert judge(signed(claims(), algorithm=algorithm))["sub"] == "s"
    assert judge(signed(claims(), headers={}))["sub"] == "s"  # one key: no name needed
    assert judge(signed(claims(aud=[CLIENT, "other"], azp=CLIENT)))["azp"] == CLIENT


def test_no_signature_and_a_shared_secret_are_never_enough():
    assert code_of(unsigned({"alg": "none", "kid": "one"}, claims())) == "algorithm"
    secret = "a secret that both of us know, and so could sign with"
    assert code_of(signed(claims(), algorithm="HS256", with_key=secret)) == "algorithm"


@pytest.mark.parametrize("kid", ["one", "theirs"])
def test_a_key_that_a_token_brings_along_is_not_looked_at(kid):
    """Neither the key itself nor where it could be fetched."""
    theirs = jwt.algorithms.RSAAlgorithm.to_jwk(key("forger").public_key(), as_dict=True)
    headers = {"kid": kid, "jwk": theirs, "jku": "https://forger.example/keys", "x5u": "https://x"}
    forged = signed(claims(), headers=headers, with_key=key("forger"))
    assert code_of(forged) == ("signature" if kid == "one" else "key")


def test_the_proof_of_who_asks_is_for_one_address():
    provider = Provider(
        slug="staff", issuer=ISSUER, client_id=CLIENT, name="x", scope="openid", key=pem("ours"),
        key_id="k",
    )  # fmt: skip
    proof = client._assertion(provider, f"{ISSUER}/token")
    ours = key("ours").public_key()

    def read(audience):
        return jwt.decode(proof, ours, algorithms=["RS512"], audience=audience)

    told = read(f"{ISSUER}/token")
    assert told["iss"] == told["sub"] == CLIENT
    assert told["exp"] - told["iat"] <= 60
    with pytest.raises(jwt.InvalidAudienceError):
        read("https://another.example/token")
    assert client._assertion(provider, f"{ISSUER}/token") != proof  # each has a number of its own


def test_a_key_for_something_else_or_of_no_name_among_many_is_not_taken():
    encrypting = {"keys": [{**PUBLIC, "kid": "one", "use": "enc"}]}
    many = {"keys": [*KEYS["keys"], {**PUBLIC, "kid": "two", "use": "sig"}]}
    assert code_of(signed(claims()), encrypting) == "key"
    assert code_of(signed(claims(), headers={}), many) == "key"
    for broken in ({}, {"keys": []}, {"keys": "x"}, {"keys": [{"kty": "RSA"}]}, {"keys": [1]}):
        assert code_of(signed(claims()), broken) == "key"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": 1}, "expired"),
        ({"iat": 1}, "too_old"),
        ({"iat": "x"}, "unreadable"),
        ({"exp": "x"}, "unreadable"),
        ({"sub": 5}, "unreadable"),
        ({"sub": ""}, "subject"),
        ({"nonce": ["n-1"]}, "nonce"),
        ({"iss": ISSUER + "/"}, "issuer"),
    ],
)
def test_each_mistake_has_its_name(changes, code):
    assert code_of(signed(claims(**changes))) == code


@given(st.text(max_size=200))
def test_rubbish_is_not_believed(text):
    assert code_of(text) in {"unreadable", "algorithm"}


def test_vectors_of_trust():
    accepted = ("P9.Cp.Cd", "P9.Cm")
    for enough in ("P9.Cp.Cd", "P9.Cd.Cp", "P9.Cm", "P9.Cp.Cm", "P9.Cp.Cd.Ck"):
        assert tokens.vector_is_enough(enough, accepted), enough
    for less in ("P9", "P9.Cp", "P9.Cd", "P5.Cp.Cd", "P5.Cm", "", "P90.Cm", None, ["P9.Cm"], 9):
        assert not tokens.vector_is_enough(less, accepted), less
