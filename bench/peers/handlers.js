"use strict";

// The same work as the functions of the gateway's benchmark: check the token, echo, tell a connection its id.
const { createHmac, timingSafeEqual } = require("node:crypto");

const sign = (text) => createHmac("sha256", process.env.BENCH_SECRET).update(text).digest();

const subject = (token) => {
  const [header, payload, signature] = token.split(".");
  const [given, wanted] = [Buffer.from(signature ?? "", "base64url"), sign(`${header}.${payload}`)];
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return null;
  const { alg } = JSON.parse(Buffer.from(header, "base64url"));
  const { sub, exp } = JSON.parse(Buffer.from(payload, "base64url"));
  return alg === "HS256" && exp > Date.now() / 1000 ? sub : null;
};

exports.authorizer = async (event) => {
  const sub = subject(event.queryStringParameters.token);
  const Effect = sub === null ? "Deny" : "Allow";
  const Statement = [{ Action: "execute-api:Invoke", Effect, Resource: event.methodArn }];
  return { principalId: sub ?? "", policyDocument: { Version: "2012-10-17", Statement } };
};

exports.nothing = async () => ({ statusCode: 200 });

exports.echo = async (event) => ({ statusCode: 200, body: event.body });

exports.id = async (event) => ({ statusCode: 200, body: event.requestContext.connectionId });
