// Runs scenarios against a broker for a test that speaks JSON lines.
//   in:  {"id":1,"scenario":"…","connectionString":"…"}   {"id":1,"advanced":true}
//   out: {"id":1,"advance":60000}   {"id":1,"ok":true}   {"id":1,"error":"…"}
// The broker's clock is the test's: `advance` asks the test to move it.
import { createInterface } from "node:readline";
import { ServiceBusClient } from "@azure/service-bus";
import { scenarios } from "./scenarios/index.mjs";

const waiting = new Map();

// The client rejects promises of its own when its connection breaks; one scenario's end must not be the end of all.
process.on("unhandledRejection", (error) => console.error(`unhandled: ${error?.stack ?? error}`));
process.on("uncaughtException", (error) => console.error(`uncaught: ${error?.stack ?? error}`));

const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function run({ id, scenario, connectionString }) {
  const play = scenarios[scenario];
  if (!play) {
    write({ id, error: `There is no scenario '${scenario}'.` });
    return;
  }

  const clients = [];
  const bus = {
    // No retries: a scenario sees the broker's first answer.
    connect(retryOptions = { maxRetries: 0 }) {
      const client = new ServiceBusClient(connectionString, { retryOptions });
      clients.push(client);
      return client;
    },
    connectionString,
    advance(milliseconds) {
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        write({ id, advance: milliseconds });
      });
    },
  };
  try {
    await play(bus);
    write({ id, ok: true });
  } catch (error) {
    write({ id, error: `${error?.stack ?? error}\ncode: ${error?.code}` });
  } finally {
    await Promise.allSettled(clients.map((client) => client.close()));
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.advanced) {
    waiting.get(message.id)?.();
    waiting.delete(message.id);
  } else {
    run(message);
  }
}
