#!/usr/bin/env node
// A payment's side of Bazar: hold, take the money, confirm or release, and hear from the feed of changes what became of it.
// No money moves: the payment is a stand-in that takes a moment, refuses a card, and tells its outcome twice, as payments do.
//
//   ADMIN_TOKEN=… node docs/tours/payment.mjs [http://localhost:5000]
//
// With WEBHOOK_SECRET set it does not ask for the feed: it listens (on PORT, 7070) for Bazar's webhook, and checks each signature.
// docs/tours/take-payments.md walks through it. Needs Node 20 and nothing else.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const shop = (process.argv[2] ?? 'http://localhost:5000').replace(/\/$/, '');
const { ADMIN_TOKEN: token, WEBHOOK_SECRET: secret, PORT: port = '7070' } = process.env;
/** Longer than a hold of a second takes to run out: two seconds' grace, and a look each second. */
const PATIENCE_MS = 60_000;
const PAYMENT_TAKES_MS = 300;

if (token === undefined && secret === undefined) {
  console.error('ADMIN_TOKEN is not set: npm start keeps it in data/admin-token');
  process.exit(2);
}

/** What is safe to repeat is repeated: a hold has its key, a confirmation and a release the hold's id. */
async function ask(method, path, { body, headers = {} } = {}) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(shop + path, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.status < 500 && answer.status !== 429)
        return { status: answer.status, body: await answer.json() };
      if (attempt === 8) throw new Error(`${method} ${path} answered ${answer.status}`);
    } catch (error) {
      if (attempt === 8) throw error;
    }
    await wait(100 * 2 ** attempt);
  }
}

// ---- the shop's side

const carts = new Map(); // by our own reference: what the hold is, and what the payment said

async function checkOut(reference, items, ttlSeconds = 600) {
  const { status, body } = await ask('POST', '/holds', {
    body: { items, ttlSeconds, reference },
    headers: { 'idempotency-key': `check-out-${reference}` },
  });
  if (status !== 201) throw new Error(`${reference}: ${body.message} ${JSON.stringify(body.items ?? '')}`);
  carts.set(reference, { holdId: body.holdId, total: body.total, paid: 0, outcome: 'held' });
  console.log(
    `${reference}: holds ${body.items.map((item) => `${item.quantity} x ${item.title}`).join(', ')} for ${body.total}`,
  );
  return body;
}

/** What the payment calls, as often as it likes: each time the answer is the same. */
async function paymentSays(reference, outcome) {
  const cart = carts.get(reference);
  if (outcome === 'refused') {
    const { body } = await ask('DELETE', `/holds/${cart.holdId}`);
    console.log(`${reference}: payment refused; the hold is ${body.state}`);
    cart.outcome = body.state;
    return;
  }
  const { status, body } = await ask('POST', `/holds/${cart.holdId}/confirm`);
  if (status === 200) {
    console.log(`${reference}: paid; order ${body.orderId}`);
    Object.assign(cart, { paid: body.total, outcome: 'sold', orderId: body.orderId });
  } else {
    // Only a payment that came later than the hold ran: money that was taken goes back.
    console.log(`${reference}: paid too late (${body.reason}); the money goes back`);
    Object.assign(cart, { paid: 0, outcome: body.reason });
  }
}

// ---- the payment, a stand-in

async function pay(reference, card) {
  await wait(PAYMENT_TAKES_MS);
  const outcome = card === 'empty card' ? 'refused' : 'captured';
  await paymentSays(reference, outcome);
  await paymentSays(reference, outcome); // at least once, so twice
}

// ---- what Bazar tells

const lastNumber = new Map(); // by book: what is told again is known by its number
const endings = new Map(); // by hold

function take(changes) {
  for (const { bookId, number, events, now } of changes) {
    if (number <= (lastNumber.get(bookId) ?? -1)) continue;
    lastNumber.set(bookId, number);
    for (const event of events) {
      if (event.holdId !== undefined && event.kind !== 'held') endings.set(event.holdId, event);
      if (event.kind !== 'created')
        console.log(
          `  told: book ${bookId}, number ${number}: ${event.kind} ${event.quantity ?? ''} (${now.quantity} can be bought)`,
        );
    }
  }
}

async function followFeed(since, isDone) {
  const until = Date.now() + PATIENCE_MS;
  for (let at = since; !isDone() && Date.now() < until;) {
    const { status, body } = await ask('GET', `/changes?since=${at}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (status !== 200) throw new Error(`the feed: ${body.message}`);
    take(body.changes);
    at = body.next; // a shop keeps this, together with what it made of the changes
    if (!body.more) await wait(250);
  }
}

function isSigned({ 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures = '' }, body) {
  if (Math.abs(Date.now() / 1_000 - Number(at)) > 300) return false;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret;
  const expected = Buffer.from(
    `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`,
  );
  return signatures
    .split(' ')
    .some((each) => each.length === expected.length && timingSafeEqual(Buffer.from(each), expected));
}

function listen() {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const isOurs = isSigned(request.headers, body);
      response.writeHead(isOurs ? 204 : 401).end(); // first the answer, then the work
      if (isOurs) take(JSON.parse(body).changes);
    });
  });
  return new Promise((resolve) => server.listen(Number(port), '127.0.0.1', () => resolve(server)));
}

async function waitFor(isDone) {
  for (const until = Date.now() + PATIENCE_MS; !isDone() && Date.now() < until;) await wait(100);
}

// ---- four carts

const server = secret === undefined ? null : await listen();
const begun =
  server === null
    ? (await ask('GET', '/changes?since=now', { headers: { authorization: `Bearer ${token}` } })).body
    : null;
if (begun !== null && begun.next === undefined) throw new Error(`the feed: ${begun.message}`);
const run = randomUUID().slice(0, 8);
const [paid, basket, refused, forgotten] = ['paid', 'basket', 'refused', 'forgotten'].map(
  (name) => `${name}-${run}`,
);
await checkOut(paid, [{ bookId: 4, quantity: 1 }]);
await checkOut(basket, [
  { bookId: 5, quantity: 2 },
  { bookId: 6, quantity: 1 },
]);
await checkOut(refused, [{ bookId: 4, quantity: 1 }]);
await checkOut(forgotten, [{ bookId: 7, quantity: 1 }], 1);
await Promise.all([pay(paid, 'good card'), pay(basket, 'good card'), pay(refused, 'empty card')]);

// ---- do the books agree?

const allEnded = () => [...carts.values()].every(({ holdId }) => endings.has(holdId));
if (begun !== null) await followFeed(begun.next, allEnded);
else await waitFor(allEnded);
server?.close();
carts.get(forgotten).outcome = 'expired';
let wrong = 0;
for (const [reference, { holdId, outcome, paid: money, orderId }] of carts) {
  const told = endings.get(holdId);
  const agrees = told?.kind === outcome && told.orderId === orderId && (outcome === 'sold') === money > 0;
  if (!agrees) wrong += 1;
  console.log(
    `${agrees ? 'agrees' : 'DIFFERS'}: ${reference}: ${outcome}, ${money} taken; told ${told?.kind ?? 'nothing'}`,
  );
}
console.log(wrong === 0 ? 'The money and the books agree' : `${wrong} of ${carts.size} differ`);
process.exit(wrong === 0 ? 0 : 1);
