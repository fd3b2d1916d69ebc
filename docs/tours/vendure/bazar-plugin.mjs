// Bazar as the stock ledger behind Vendure 3: an example, walked through in ../stock-ledger.md. Plain JavaScript, so that it runs as it is.
// A variant whose SKU is `bazar-<book id>` is a book of Bazar's. What can be bought is what Bazar says; Vendure keeps no count of its own.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { LanguageCode, PaymentMethodHandler, PluginCommonModule, VendurePlugin } from '@vendure/core';

const SHOP = process.env.BAZAR_URL ?? 'http://localhost:5000';
const TOKEN = process.env.ADMIN_TOKEN;
const HOLD_SECONDS = 600;
const ATTEMPTS = 8;

/** A hold has its key, a confirmation and a release the hold's id: whatever is asked again is done once. */
async function ask(method, path, body, headers = {}) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(SHOP + path, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.status < 500 && answer.status !== 429)
        return { status: answer.status, body: await answer.json() };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
    if (attempt === ATTEMPTS) throw new Error(`Bazar does not answer ${method} ${path}`);
    await wait(50 * 2 ** attempt);
  }
}

const bookOf = (sku) => Number(/^bazar-(\d+)$/.exec(sku)?.[1] ?? NaN);

// 1. Checkout begins: hold. It is left, or cancelled: release.
const orderProcess = {
  async onTransitionStart(from, to, { order }) {
    if (to === 'ArrangingPayment') {
      const items = order.lines
        .map((line) => ({ bookId: bookOf(line.productVariant.sku), quantity: line.quantity }))
        .filter(({ bookId }) => Number.isInteger(bookId));
      if (items.length === 0) return;
      const { status, body } = await ask(
        'POST',
        '/holds',
        { items, ttlSeconds: HOLD_SECONDS, reference: order.code },
        { 'idempotency-key': randomUUID() },
      );
      if (status !== 201)
        return `Not to be had: ${body.items?.map((item) => `${item.title}, ${item.left} left`).join('; ') ?? body.message}`;
      order.customFields.bazarHold = body.holdId; // saved with the order
    } else if (from === 'ArrangingPayment' && (to === 'AddingItems' || to === 'Cancelled')) {
      await ask('DELETE', `/holds/${order.customFields.bazarHold}`);
    }
  },
};

// 2. The payment is captured: confirm. A real handler does this where it learns of the capture, in its webhook at the latest.
export const paymentHandler = new PaymentMethodHandler({
  code: 'bazar-example',
  description: [{ languageCode: LanguageCode.en, value: 'Takes no money' }],
  args: {},
  async createPayment(_ctx, order, amount) {
    const { status, body } = await ask('POST', `/holds/${order.customFields.bazarHold}/confirm`);
    if (status === 200) return { amount, state: 'Settled', transactionId: body.orderId };
    // It had run out before: the money that was taken goes back here.
    return { amount, state: 'Declined', errorMessage: body.message };
  },
  settlePayment: () => ({ success: true }),
});

// 3. What can be bought: a copy that the feed of changes keeps true to within a moment. The hold decides, not this.
const quantities = new Map();
let stopped = false;

async function follow() {
  // The copy is in memory, so it is made anew from the beginning each time. With a table of your own, keep `next` in it.
  for (let since = ''; !stopped;) {
    try {
      const { status, body } = await ask(
        'GET',
        `/changes?limit=1000${since && `&since=${since}`}`,
        undefined,
        {
          authorization: `Bearer ${TOKEN}`,
        },
      );
      if (status !== 200) throw new Error(`${status}: ${body.message}`);
      for (const { bookId, now } of body.changes) {
        if (now.number >= (quantities.get(bookId)?.number ?? 0)) quantities.set(bookId, now);
      }
      since = body.next;
      if (!body.more) await wait(250);
    } catch (error) {
      console.error(`The feed of changes: ${error.message}`);
      await wait(1_000);
    }
  }
}

/** Around the strategy that the shop has, which still says where its stock lies. */
function withBazar(own) {
  let variants;
  return Object.assign(Object.create(own), {
    async init(injector) {
      await own.init?.(injector);
      const { ProductVariantService } = await import('@vendure/core');
      variants = injector.get(ProductVariantService);
    },
    async getAvailableStock(ctx, variantId, levels) {
      const variant = await variants.findOne(ctx, variantId, []);
      const now = quantities.get(bookOf(variant?.sku ?? ''));
      return now === undefined
        ? own.getAvailableStock(ctx, variantId, levels)
        : { stockOnHand: now.quantity, stockAllocated: 0 };
    },
  });
}

class Bazar {
  onApplicationBootstrap() {
    void follow();
  }
  onApplicationShutdown() {
    stopped = true;
  }
}

export const BazarPlugin =
  VendurePlugin({
    imports: [PluginCommonModule],
    compatibility: '^3.0.0',
    configuration: (config) => {
      config.customFields.Order.push({ name: 'bazarHold', type: 'string', nullable: true, internal: true });
      config.orderOptions.process.push(orderProcess);
      config.paymentOptions.paymentMethodHandlers.push(paymentHandler);
      config.catalogOptions.stockLocationStrategy = withBazar(config.catalogOptions.stockLocationStrategy);
      return config;
    },
  })(Bazar) ?? Bazar;
