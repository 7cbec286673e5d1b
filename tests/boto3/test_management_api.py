"""The @connections API as boto3 sees it, against a running demo.

Run with EVERWIRE_TEST_URL set to the demo's address, for example http://127.0.0.1:4400:

    python -m unittest discover -s tests/boto3 -v
"""

import json
import os
import unittest
import urllib.request
from contextlib import ExitStack
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

LARGEST_PAYLOAD = 131_072
"""Bytes of the largest message that API Gateway carries (Quotas for WebSocket APIs: 128 KB)."""

UNKNOWN_ID = "AAAAAAAAAAAAAAA="
"""Well formed, and nobody's."""

PATIENCE = 20
"""Seconds; longer than anything here takes on a busy machine."""


def demo_url():
    url = os.environ.get("EVERWIRE_TEST_URL")
    if not url:
        raise RuntimeError("set EVERWIRE_TEST_URL to the address of a running demo, such as http://127.0.0.1:4400")
    return url.rstrip("/")


def call(path, body=None):
    """The JSON answer of one of the demo's endpoints."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(demo_url() + path, data=data, timeout=PATIENCE) as answer:
        return json.load(answer)


class ManagementApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = call("/demo/config")["stage"]
        cls.api = cls.client(cls.stage)

    @staticmethod
    def client(stage):
        return boto3.client(
            "apigatewaymanagementapi",
            endpoint_url=f"{demo_url()}/{stage}",
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def connect(self):
        """A signed-in socket and its connection id."""
        token = call("/demo/login", {"user": "boto3"})["accessToken"]
        url = demo_url().replace("http", "ws", 1)
        opened = ExitStack()
        self.addCleanup(opened.close)
        socket = opened.enter_context(
            connect(f"{url}/{self.stage}?token={token}", open_timeout=PATIENCE, max_size=2 * LARGEST_PAYLOAD)
        )
        socket.send(json.dumps({"action": "whoami"}))
        return socket, json.loads(socket.recv(timeout=PATIENCE))["connectionId"]

    def post(self, connection_id, data):
        return self.api.post_to_connection(ConnectionId=connection_id, Data=data)

    def test_a_push_arrives_as_one_text_message(self):
        socket, connection_id = self.connect()
        answer = self.post(connection_id, '{"action":"demo.notice","text":"grüß dich"}'.encode())
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.assertEqual(socket.recv(timeout=PATIENCE), '{"action":"demo.notice","text":"grüß dich"}')

    def test_pushes_to_one_connection_do_not_reach_another(self):
        first, first_id = self.connect()
        second, second_id = self.connect()
        self.post(first_id, b"1")
        self.post(second_id, b"2")
        self.assertEqual(first.recv(timeout=PATIENCE), "1")
        self.assertEqual(second.recv(timeout=PATIENCE), "2")

    def test_the_largest_payload_arrives_whole(self):
        socket, connection_id = self.connect()
        self.post(connection_id, b"x" * LARGEST_PAYLOAD)
        self.assertEqual(len(socket.recv(timeout=PATIENCE)), LARGEST_PAYLOAD)

    def test_an_unknown_id_is_gone(self):
        with self.assertRaises(self.api.exceptions.GoneException) as raised:
            self.post(UNKNOWN_ID, b"{}")
        self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 410)

    def test_a_closed_connection_is_gone(self):
        socket, connection_id = self.connect()
        socket.close()
        with self.assertRaises(self.api.exceptions.GoneException):
            self.post(connection_id, b"{}")

    def test_a_malformed_id_is_a_bad_request(self):
        for malformed in ["not-an-id", "2f1d3c5e-0000-4000-8000-000000000000"]:
            with self.subTest(malformed), self.assertRaises(ClientError) as raised:
                self.post(malformed, b"{}")
            self.assertEqual(raised.exception.response["Error"]["Code"], "BadRequestException")
            self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)

    def test_one_byte_more_than_the_largest_payload_is_too_large(self):
        socket, connection_id = self.connect()
        with self.assertRaises(self.api.exceptions.PayloadTooLargeException) as raised:
            self.post(connection_id, b"x" * (LARGEST_PAYLOAD + 1))
        self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 413)
        self.post(connection_id, b"still here")
        self.assertEqual(socket.recv(timeout=PATIENCE), "still here")

    def test_get_tells_who_is_there(self):
        socket, connection_id = self.connect()
        before = self.api.get_connection(ConnectionId=connection_id)
        self.assertEqual(before["Identity"]["SourceIp"], "127.0.0.1")
        self.assertLessEqual(before["ConnectedAt"], before["LastActiveAt"])
        self.assertLess(abs((datetime.now(timezone.utc) - before["ConnectedAt"]).total_seconds()), 60)
        self.post(connection_id, b"x")
        after = self.api.get_connection(ConnectionId=connection_id)
        self.assertEqual(after["ConnectedAt"], before["ConnectedAt"])
        self.assertGreaterEqual(after["LastActiveAt"], before["LastActiveAt"])

    def test_delete_closes_with_1000_and_then_the_connection_is_gone(self):
        socket, connection_id = self.connect()
        answer = self.api.delete_connection(ConnectionId=connection_id)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 204)
        with self.assertRaises(ConnectionClosed) as raised:
            socket.recv(timeout=PATIENCE)
        self.assertEqual(raised.exception.rcvd.code, 1000)
        for call in [self.api.get_connection, self.api.delete_connection]:
            with self.subTest(call.__name__), self.assertRaises(self.api.exceptions.GoneException):
                call(ConnectionId=connection_id)

    def test_another_stage_is_forbidden(self):
        _, connection_id = self.connect()
        with self.assertRaises(ClientError) as raised:
            self.client("prod").post_to_connection(ConnectionId=connection_id, Data=b"{}")
        self.assertEqual(raised.exception.response["Error"]["Code"], "ForbiddenException")
        self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 403)


if __name__ == "__main__":
    unittest.main()
