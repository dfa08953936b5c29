"""Keys from passphrases: the vectors of the RFCs, and pysnmp as a second opinion on everything else."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysnmp.entity import config  # type: ignore[import-untyped] # it has no types
from pysnmp.proto.rfc1902 import OctetString  # type: ignore[import-untyped] # it has no types
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel  # type: ignore[import-untyped] # it has no types

from collector.snmp.usm_keys import AUTHS, PRIVS, User, localised, master_key

ENGINE = bytes(11) + b"\x02"
OF_PYSNMP_AUTH = {
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
OF_PYSNMP_PRIV = {
    "des": config.USM_PRIV_CBC56_DES,
    "aes128": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "aes192c": config.USM_PRIV_CFB192_AES,
    "aes256c": config.USM_PRIV_CFB256_AES,
}


@pytest.mark.parametrize(
    ("auth", "master", "local"),
    [
        ("md5", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        (
            "sha",
            "9fb5cc0381497b3793528939ff788d5d79145211",
            "6695febc9288e36282235fc7151f128497b38f3f",
        ),
    ],
)
def test_the_vectors_of_rfc_3414_a3(auth: str, master: str, local: str):
    key = master_key(b"maplesyrup", AUTHS[auth])
    assert key.hex() == master
    assert localised(key, ENGINE, AUTHS[auth]).hex() == local


def test_the_vector_of_draft_reeder_b2():
    user = User(b"u", AUTHS["md5"], b"maplesyrup", PRIVS["aes256c"], b"maplesyrup")
    expected = "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12"
    assert user.keys(ENGINE).priv.hex() == expected


@settings(max_examples=5, deadline=None)
@given(
    auth=st.sampled_from(sorted(AUTHS)),
    priv=st.sampled_from(sorted(PRIVS)),
    passphrase=st.binary(min_size=1, max_size=70),
    engine=st.binary(min_size=5, max_size=32),
)
def test_keys_are_those_of_pysnmp(auth: str, priv: str, passphrase: bytes, engine: bytes):
    theirs_auth = SnmpUSMSecurityModel.AUTH_SERVICES[OF_PYSNMP_AUTH[auth]]
    theirs_priv = SnmpUSMSecurityModel.PRIV_SERVICES[OF_PYSNMP_PRIV[priv]]
    keys = User(b"u", AUTHS[auth], passphrase, PRIVS[priv], passphrase).keys(engine)
    hashed = theirs_auth.hash_passphrase(passphrase)
    assert keys.auth == bytes(theirs_auth.localize_key(hashed, OctetString(engine)))
    hashed = theirs_priv.hash_passphrase(OF_PYSNMP_AUTH[auth], passphrase)
    theirs = bytes(theirs_priv.localize_key(OF_PYSNMP_AUTH[auth], hashed, OctetString(engine)))
    assert keys.priv == theirs[: len(keys.priv)]


@given(passphrase=st.binary(min_size=1, max_size=300))
@settings(max_examples=10, deadline=None)
def test_a_master_key_is_the_digest_of_a_mebibyte_of_passphrase(passphrase: bytes):
    whole = (passphrase * (1_048_576 // len(passphrase) + 1))[:1_048_576]
    assert master_key(passphrase, AUTHS["sha256"]) == hashlib.sha256(whole).digest()


def test_what_is_no_user_is_refused():
    with pytest.raises(ValueError, match="privacy without authentication"):
        User(b"u", None, b"", PRIVS["des"], b"12345678")
    with pytest.raises(ValueError, match="authentication passphrase is empty"):
        User(b"u", AUTHS["md5"])
    with pytest.raises(ValueError, match="privacy passphrase is empty"):
        User(b"u", AUTHS["md5"], b"12345678", PRIVS["des"])


def test_nobody_sees_a_secret():
    user = User(b"u", AUTHS["md5"], b"sesame-one", PRIVS["des"], b"sesame-two")
    shown = repr(user) + repr(user.keys(ENGINE))
    assert "sesame" not in shown
    assert str(user.keys(ENGINE).auth) not in shown
