"""Handlers written with Powertools for AWS Lambda, invoked by a running gateway, with Python's `websockets` as client.

Run with EVERWIRE_GATEWAY_BIN set to the gateway's binary:

    python -m unittest discover -s tests/powertools -v
"""

import json
import unittest

from aws_lambda_powertools.utilities.data_classes import APIGatewayWebSocketEvent, event_source
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerRequestEvent,
    APIGatewayAuthorizerResponse,
    APIGatewayAuthorizerResponseWebSocket,
    parse_api_gateway_arn,
)
from aws_lambda_powertools.utilities.parser import event_parser
from aws_lambda_powertools.utilities.parser.envelopes import ApiGatewayWebSocketEnvelope
from aws_lambda_powertools.utilities.parser.models import (
    APIGatewayWebSocketConnectEventModel,
    APIGatewayWebSocketDisconnectEventModel,
    APIGatewayWebSocketMessageEventModel,
)
from pydantic import BaseModel
from websockets.exceptions import InvalidStatus

from gateway import PATIENCE, Gateway


class Order(BaseModel):
    """What the client sends."""

    action: str
    amount: int


@event_source(data_class=APIGatewayAuthorizerRequestEvent)
def authorizer(event, _context):
    if event.query_string_parameters["token"] == "expired":
        raise Exception("Unauthorized")
    arn = parse_api_gateway_arn(event.method_arn, is_websocket_authorizer=True)
    policy = APIGatewayAuthorizerResponseWebSocket(
        principal_id="user-1",
        region=arn.region,
        aws_account_id=arn.aws_account_id,
        api_id=arn.api_id,
        stage=arn.stage,
        context={"tenant": "t9"},
    )
    if event.query_string_parameters["token"] == "bad":
        policy.deny_all_routes()
    else:
        policy.allow_route("$connect")
    return policy.asdict()


@event_parser(model=Order, envelope=ApiGatewayWebSocketEnvelope)
def take_order(order, _context):
    return {"statusCode": 200, "body": json.dumps({"ordered": order.amount})}


def refusal(case, gateway, token):
    """The status with which a handshake is refused."""
    with case.assertRaises(InvalidStatus) as raised:
        gateway.connect(token)
    return raised.exception.response.status_code


class PowertoolsTest(unittest.TestCase):
    def start(self, authorizer=authorizer):
        events = []

        def chat(event, context):
            events.append(event)
            return take_order(event, context) if "body" in event else {"statusCode": 200}

        gateway = Gateway(authorizer, chat)
        self.addCleanup(gateway.stop)
        return gateway, events

    def test_the_models_of_the_parser_read_every_event(self):
        gateway, events = self.start()
        with gateway.connect() as socket:
            socket.send('{"action":"order","amount":3}')
            self.assertEqual(json.loads(socket.recv(timeout=PATIENCE)), {"ordered": 3})
            socket.close(4000, "bye")
        self.assertEqual(gateway.stop(), 0)
        connect, message, disconnect = events

        read = APIGatewayWebSocketConnectEventModel.model_validate(connect)
        self.assertEqual(read.request_context.route_key, "$connect")
        self.assertEqual(str(read.request_context.identity.source_ip), "127.0.0.1/32")
        self.assertIn("websockets", read.request_context.identity.user_agent)
        read = APIGatewayWebSocketMessageEventModel.model_validate(message)
        self.assertEqual(read.body, '{"action":"order","amount":3}')
        read = APIGatewayWebSocketDisconnectEventModel.model_validate(disconnect)
        self.assertEqual(read.request_context.disconnect_status_code, 4000)
        self.assertEqual(read.request_context.disconnect_reason, "bye")

    def test_the_data_class_reads_every_event(self):
        gateway, events = self.start()
        with gateway.connect() as socket:
            socket.send('{"action":"order","amount":1}')
            socket.recv(timeout=PATIENCE)
        self.assertEqual(gateway.stop(), 0)
        contexts = [APIGatewayWebSocketEvent(event).request_context for event in events]
        self.assertEqual([context.event_type for context in contexts], ["CONNECT", "MESSAGE", "DISCONNECT"])
        self.assertEqual([context.route_key for context in contexts], ["$connect", "$default", "$disconnect"])
        self.assertEqual(len({context.connection_id for context in contexts}), 1)
        self.assertEqual(len({context.request_id for context in contexts}), 3)
        for context in contexts:
            self.assertEqual(context.request_id, context.extended_request_id)
            self.assertEqual(context.message_direction, "IN")
            self.assertEqual(context.stage, "dev")
            self.assertEqual(context["authorizer"]["principalId"], "user-1")
            self.assertEqual(context["authorizer"]["tenant"], "t9")
        self.assertEqual(contexts[2].disconnect_status_code, 1000)

    def test_a_message_that_the_parser_refuses_gets_the_error_frame(self):
        gateway, _ = self.start()
        with gateway.connect() as socket:
            for refused in ['{"action":"order","amount":"many"}', "no JSON"]:
                socket.send(refused)
                self.assertEqual(json.loads(socket.recv(timeout=PATIENCE))["message"], "Internal server error")
            socket.send('{"action":"order","amount":2}')
            self.assertEqual(json.loads(socket.recv(timeout=PATIENCE)), {"ordered": 2})

    def test_an_authorizer_made_with_powertools_decides(self):
        gateway, events = self.start()
        self.assertEqual(refusal(self, gateway, ""), 401)
        self.assertEqual(refusal(self, gateway, "expired"), 401)
        self.assertEqual(refusal(self, gateway, "bad"), 403)
        self.assertEqual(events, [])

    def test_the_policy_for_rest_apis_does_not_fit_a_web_socket(self):
        """The ARN has no method, so `STAGE/*/*` matches nothing: the mistake that people make on AWS."""

        def for_rest(event, _context):
            policy = APIGatewayAuthorizerResponse("user-1", "us-east-1", "123456789012", "everwire", "dev")
            policy.allow_all_routes()
            return policy.asdict()

        gateway, _ = self.start(for_rest)
        self.assertEqual(refusal(self, gateway, "secret"), 403)


if __name__ == "__main__":
    unittest.main()
