// Lambda functions behind the Invoke API, written in JavaScript and served by Node: what `everwire-gateway` calls.

import { once } from "node:events";
import http from "node:http";

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

export class Lambda {
  #server;
  /** What was invoked, in order: { name, event }. */
  invocations = [];

  /** Serves `functions`: name to handler, which is given the event and returns the answer or throws. */
  async start(functions) {
    this.#server = http.createServer((request, response) => this.#serve(functions, request, response));
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** The events of a kind: CONNECT, MESSAGE, DISCONNECT, or REQUEST for the authorizer's. */
  events(kind) {
    const events = this.invocations.map(({ event }) => event);
    return events.filter((event) => (event.type ?? event.requestContext.eventType) === kind);
  }

  async #serve(functions, request, response) {
    const [, name] = PATH.exec(request.url) ?? [];
    const handler = functions[name];
    const body = await text(request);
    if (request.method !== "POST" || handler === undefined) {
      response.writeHead(404, { "x-amzn-errortype": "ResourceNotFoundException" }).end('{"Message":"Function not found"}');
      return;
    }
    const event = JSON.parse(body);
    this.invocations.push({ name, event });
    try {
      response.end(JSON.stringify((await handler(event)) ?? null));
    } catch (error) {
      response.setHeader("X-Amz-Function-Error", "Unhandled");
      response.end(JSON.stringify({ errorType: error.name, errorMessage: error.message }));
    }
  }
}

async function text(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
