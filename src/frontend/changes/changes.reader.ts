import { Inject, Injectable } from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type ChangesAnswer } from '../../contract/changes.js';
import { FROM_NOW } from '../../contract/public-changes.js';
import { readCursor } from '../../core/feed/feed-cursor.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ShopError, unread } from '../shop/shop.error.js';
import { CatalogClient } from '../upstream/catalog.client.js';

export type FeedPage = Extract<ChangesAnswer, { kind: 'page' }>;

/** Reads the feed of changes from the catalog that told the last of it, else from another. */
@Injectable()
export class ChangesReader {
  private readonly addresses: readonly string[];

  constructor(
    private readonly catalogs: CatalogClient,
    @Inject(CONFIG) { catalogAddresses }: Pick<FrontendConfig, 'catalogAddresses'>,
  ) {
    // As the catalogs number themselves.
    this.addresses = [...catalogAddresses].sort();
  }

  /** Throws `ShopError` and what `unread` says. */
  async page(since: string | null, limit: number): Promise<FeedPage> {
    const count = this.addresses.length;
    const cursor = since === null || since === FROM_NOW ? undefined : readCursor(since);
    if (cursor === null) throw unknown();
    const first = cursor?.position ?? Math.floor(Math.random() * count);
    for (let turn = 0; turn <= count; turn += 1) {
      const reached = await this.catalogs.changes(
        // Each was asked whether it can go on from there.
        { since, limit, anyway: turn === count },
        this.addresses.map((_, at) => this.addresses[(first + turn + at) % count] ?? ''),
      );
      if (reached.kind === 'unreachable') throw unread('catalog unreachable', reached);
      const { value } = reached;
      if (value.kind === 'cursor unknown') throw unknown();
      if (value.kind === 'page') return value;
    }
    throw new ShopError('catalog unreachable');
  }
}

function unknown(): ShopError {
  return new ShopError('since unknown', { fields: ['since'] });
}
