# Copyright (c) 2026, Tunnelsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What answers of the cloud's API mean: its words in every recorded and published form, and when it wants to be asked again."""

from __future__ import annotations

import email.utils
import json
import time

import pytest

from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.device.channel import Answer
from ansible_collections.tunnelsmith.panos_vpn.plugins.module_utils.scm.answers import come_again, refusal


def answer(status, body, **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {"content-type": "application/json", **headers}, content)


def said(code, message, details):
    return {"_errors": [{"code": code, "message": message, "details": details}], "_request_id": "1-2"}


#: What is answered → what is told of it.
WORDS = {
    "a list": (said("API_I00035", "Invalid Request Payload", ["\"folder\" is not allowed"]), 'Invalid Request Payload (API_I00035); "folder" is not allowed'),
    "a text": (said("E003", "Invalid Object", "the text"), "Invalid Object (E003); the text"),
    "nothing": (said("E007", "Unauthorized", {}), "Unauthorized (E007)"),
    "a kind": (said("API_I00013", "Not valid", {"errorType": "Object Not Present"}), "Not valid (API_I00013); Object Not Present"),
    "references": (said("API_I00013", "Not valid", {
        "errorType": "Reference Not Zero", "message": [" container -> x"], "errors": [{"message": "Node cannot be deleted", "params": ["a"]}]}),
        "Not valid (API_I00013); Reference Not Zero; container -> x; Node cannot be deleted a"),
    "OAuth": ({"error": "invalid_client", "error_description": "Client authentication failed"}, "Client authentication failed"),
    "an empty envelope": ({"_errors": []}, "no reason is given"),
    "another shape": (["what"], "no reason is given"),
}


@pytest.mark.parametrize("body, words", WORDS.values(), ids=WORDS.keys())
def test_a_refusal_has_the_services_own_words(body, words):
    told = str(refusal(answer(400, body), "make it"))
    assert told.startswith(f"cannot make it: {words} (HTTP 400")


def test_a_page_is_no_refusal_of_the_api():
    assert "HTTP 403 with text/html instead of JSON" in str(refusal(Answer(403, {"content-type": "text/html"}, b"<html>"), "make it"))


@pytest.mark.parametrize("message, status, missing, taken", [
    ("Object Not Present", 404, True, False), ("Name Not Unique", 409, False, True), ("Reference Not Zero", 409, False, False)])
def test_published_refusals_are_known_by_their_message(message, status, missing, taken):
    error = refusal(answer(status, said("E000", message, {})), "make it")
    assert (error.is_missing, error.is_taken) == (missing, taken)


@pytest.mark.parametrize("told, seconds", {
    "7": 7, "0": 0, "": None, "soon": None, "-3": None, email.utils.formatdate(0): 0}.items())
def test_the_service_says_when_to_come_again(told, seconds):
    assert come_again(answer(429, {}, **{"retry-after": told})) == seconds


def test_a_date_is_so_many_seconds_away():
    assert 55 < come_again(answer(429, {}, **{"retry-after": email.utils.formatdate(time.time() + 60, usegmt=True)})) <= 60
