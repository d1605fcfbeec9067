import assert from "node:assert/strict";

export { assert };

/** The error's code is what the client's users see. */
export async function fails(promise, code) {
  try {
    await promise;
  } catch (error) {
    assert.equal(error.code, code, `expected ${code}, got ${error.code}: ${error.message}`);
    return error;
  }
  assert.fail(`expected ${code}, and it succeeded`);
}

/** Receives exactly this many; one receive call may bring fewer than there are. */
export async function take(receiver, count) {
  const messages = [];
  while (messages.length < count) {
    const more = await receiver.receiveMessages(count - messages.length, { maxWaitTimeInMs: 600_000 });
    assert.ok(more.length > 0, `expected ${count} messages, got ${messages.length}`);
    messages.push(...more);
  }
  return messages;
}

export async function takeOne(receiver) {
  return (await take(receiver, 1))[0];
}

/** Nothing can be received: what is there was delivered at once, so a short wait is proof. */
export async function isEmpty(receiver) {
  const more = await receiver.receiveMessages(1, { maxWaitTimeInMs: 150 });
  assert.deepEqual(more.map((message) => message.messageId), []);
}

/** A receiver that leaves locks alone, so that they can lapse. */
export function receiverOf(client, queue, options = {}) {
  return client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0, ...options });
}

export function deadLettersOf(client, queue) {
  return receiverOf(client, queue, { subQueueType: "deadLetter" });
}
