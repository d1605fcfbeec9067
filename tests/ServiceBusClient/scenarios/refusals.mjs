import { assert, fails, isEmpty, receiverOf, takeOne } from "./expect.mjs";

export async function unknownQueueIsEntityNotFound(bus) {
  const client = bus.connect();
  await fails(client.createSender("nowhere").sendMessages({ body: 1 }), "MessagingEntityNotFound");
  await fails(client.createReceiver("nowhere").receiveMessages(1), "MessagingEntityNotFound");
  await fails(client.createReceiver("nowhere").peekMessages(1), "MessagingEntityNotFound");
}

export async function messageWithoutSessionIdIsRefused(bus) {
  const client = bus.connect();
  const sender = client.createSender("sessions");
  const error = await fails(sender.sendMessages({ body: 1 }), "GeneralError");
  assert.match(error.message, /session/);
  await sender.sendMessages({ body: 2, sessionId: "a" });
}

export async function sessionQueueRefusesAPlainReceiver(bus) {
  const error = await fails(bus.connect().createReceiver("sessions").receiveMessages(1), "GeneralError");
  assert.match(error.message, /session/);
}

export async function plainQueueRefusesASession(bus) {
  // The client says so of every refused session.
  await fails(bus.connect().acceptSession("plain", "a"), "SessionCannotBeLocked");
}

export async function unknownDeferredMessageIsNotFound(bus) {
  const receiver = receiverOf(bus.connect(), "plain");
  const { default: Long } = await import("long");
  await fails(receiver.receiveDeferredMessages(Long.fromNumber(77)), "MessageNotFound");
}

export async function oneConnectionServesManyQueues(bus) {
  const client = bus.connect();
  const queues = ["plain", "duplicates", "expiring", "forwarding"];
  await Promise.all(queues.map((queue) => client.createSender(queue).sendMessages({ body: queue })));
  for (const queue of queues) {
    const receiver = receiverOf(client, queue);
    const message = await takeOne(receiver);
    assert.equal(message.body, queue);
    await receiver.completeMessage(message);
    await isEmpty(receiver);
  }
}
