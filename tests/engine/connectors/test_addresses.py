from __future__ import annotations

import pytest

from engine.connectors.addresses import AllowedHost, HttpGuard, network, resolve
from engine.connectors.call import ServiceFailed

PUBLIC = "93.184.216.34"
NOT_PUBLIC = [
    "127.0.0.1",
    "127.8.8.8",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "240.0.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::1",
    "2001:0:7f00:1::1",
    "no address",
]


def a_guard(*addresses, allow="api.example.org", private=()):
    return HttpGuard((allow,), private, resolver=lambda _host, _port: addresses)


def refusal(guard, url):
    with pytest.raises(ServiceFailed) as refused:
        guard.target(url)
    return refused.value


def test_guard_says_where_an_allowed_url_leads():
    target = a_guard(PUBLIC).target("https://API.example.org./v1/患者?q=a%20b&n=1#part")

    assert (target.scheme, target.host, target.port) == ("https", "api.example.org", 443)
    assert (target.address, target.authority) == (PUBLIC, "api.example.org")
    assert target.path == "/v1/%E6%82%A3%E8%80%85?q=a%20b&n=1"


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_guard_refuses_an_address_that_is_not_public(address):
    refused = refusal(a_guard(address), "https://api.example.org/")

    assert refused.is_permanent
    assert address in refused.reason


@pytest.mark.parametrize("address", ["2606:2800:220:1::1", "8.8.8.8", "::ffff:8.8.8.8"])
def test_guard_lets_public_addresses_through(address):
    assert a_guard(address).target("https://api.example.org/").address == address


def test_guard_refuses_a_name_of_which_one_address_is_not_public():
    refused = refusal(a_guard(PUBLIC, "127.0.0.1"), "https://api.example.org/")

    assert "127.0.0.1" in refused.reason


def test_guard_allows_a_private_network_that_the_settings_name():
    guard = a_guard("10.1.2.3", private=("10.1.0.0/16",))

    assert guard.target("https://api.example.org/").address == "10.1.2.3"
    assert refusal(a_guard("10.2.0.1", private=("10.1.0.0/16",)), "https://api.example.org/")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1",
        "ff02::1",
        "64:ff9b::7f00:1",
        "2001:0:7f00:1::1",
    ],
)
def test_guard_never_calls_some_addresses_whatever_the_settings_name(address):
    guard = a_guard(address, private=("0.0.0.0/0", "::/0"))

    assert "never called" in refusal(guard, "https://api.example.org/").reason


@pytest.mark.parametrize(
    "url",
    [
        "https://other.example.org/",
        "https://api.example.org.evil.test/",
        "https://evil.test/?api.example.org",
        "https://evil.test#@api.example.org/",
        "https://api.example.org@evil.test/",
        "https://api.example.org:8443/",
        "https://api.example.org:0/",
        "https://api.example.org:99999/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::1/",
        "https://①②⑦.⓪.⓪.①/",
        "http://api.example.org/",
        "ftp://api.example.org/",
        "file:///etc/passwd",
        "gopher://api.example.org/",
        "//api.example.org/",
        "api.example.org",
        "https:///path",
        "",
        "https://alice:secret@api.example.org/",
        "https://api.example.org\\@evil.test/",
        "https://api.example.org\r\nX: y/",
        "https://api.example.org/ HTTP/1.1",
        "https://api.example.org/\tx",
        "https://api.example.org/\x00",
        "https://api,example.org/",
        "https://api%2eexample.org/",
    ],
)
def test_guard_refuses_a_url_before_it_asks_for_an_address(url):
    def asked(_host, _port):
        raise AssertionError("the resolver must not be asked")

    guard = HttpGuard(("api.example.org",), resolver=asked)

    assert refusal(guard, url).is_permanent
    assert guard.problem(url)


def test_guard_refuses_a_url_that_is_too_long():
    refused = refusal(a_guard(PUBLIC), "https://api.example.org/" + "a" * 9000)

    assert refused.reason.endswith("it has 9024 characters; at most 8000 are allowed")


def test_refusal_does_not_repeat_a_password_of_a_url():
    refused = refusal(a_guard(PUBLIC), "https://alice:secret@api.example.org/")

    assert "secret" not in refused.reason


def test_url_with_a_name_that_is_not_ascii_is_compared_as_the_name_system_writes_it():
    guard = a_guard(PUBLIC, allow="例子.example.org")

    assert guard.target("https://例子.example.org/").host == "xn--fsqu00a.example.org"


def test_host_that_cannot_be_found_is_tried_again():
    def lost(_host, _port):
        raise OSError("no such host")

    guard = HttpGuard(("api.example.org",), resolver=lost)

    assert not refusal(guard, "https://api.example.org/").is_permanent
    assert not refusal(a_guard(), "https://api.example.org/").is_permanent


@pytest.mark.parametrize(
    ("entry", "url", "is_allowed"),
    [
        ("*.example.org", "https://a.example.org/", True),
        ("*.example.org", "https://a.b.example.org/", True),
        ("*.example.org", "https://example.org/", False),
        ("*.example.org", "https://badexample.org/", False),
        ("*.example.org", "https://.example.org/", False),
        ("example.org:8443", "https://example.org:8443/", True),
        ("http://example.org", "http://example.org/", True),
        ("http://example.org", "https://example.org/", False),
        ("http://example.org", "http://example.org:443/", False),
        ("[2606:2800::1]", "https://[2606:2800::1]/", True),
    ],
)
def test_entry_of_the_allow_list_covers_what_it_says(entry, url, is_allowed):
    guard = a_guard(PUBLIC, allow=entry)

    assert (guard.problem(url) is None) == is_allowed


@pytest.mark.parametrize(
    "text",
    ["", "*", "*.", "a*.org", "*.*.org", "https://a.org/path", "ftp://a.org", "u@a.org", "a b"],
)
def test_entry_that_is_no_host_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"TWINFLOW_HTTP_ALLOW.*is no host; allowed: api"):
        AllowedHost.parse(text)


def test_network_that_is_none_is_refused_in_words():
    with pytest.raises(ValueError, match=r"TWINFLOW_HTTP_PRIVATE_NETWORKS: '10\.1\.1\.1/8' is no"):
        network("10.1.1.1/8")


def test_authority_names_a_port_of_its_own_and_puts_brackets_around_ipv6():
    guard = a_guard(PUBLIC, allow="[2606:2800::1]:8443")

    assert guard.target("https://[2606:2800::1]:8443").authority == "[2606:2800::1]:8443"


def test_resolver_of_the_machine_knows_the_loopback():
    assert resolve("127.0.0.1", 443) == ["127.0.0.1"]
