import 'reflect-metadata';
import {
  Controller,
  Get,
  Headers,
  HttpException,
  Inject,
  Injectable,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Put,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';

/**
 * `PORT=… DATABASE=… node server.js`: the shop that a team would write over PostgreSQL: the same paths and answers, one conditional
 * statement a sale, its order under a unique key.
 */
const CONNECTIONS = 25;
const UNIQUE_VIOLATION = '23505';

const LOOK_UP = {
  name: 'look-up',
  text: 'SELECT id, title, topic, quantity, price_cents FROM book WHERE id = $1',
};
const SELL = {
  name: 'sell',
  text: `WITH sold AS (
           UPDATE book SET quantity = quantity - 1 WHERE id = $1 AND quantity >= 1 RETURNING id, price_cents
         )
         INSERT INTO book_order (key, book_id, copies, price_cents)
         SELECT $2, id, 1, price_cents FROM sold RETURNING id`,
};
const FIND_ORDER = { name: 'find order', text: 'SELECT id, book_id FROM book_order WHERE key = $1' };

interface BookRow {
  readonly id: number;
  readonly title: string;
  readonly topic: string;
  readonly quantity: number;
  readonly price_cents: number;
}

interface OrderRow {
  readonly id: string;
  readonly book_id: number;
}

@Injectable()
class Shop {
  private readonly pool = new Pool({
    ...(JSON.parse(process.env['DATABASE'] ?? '{}') as object),
    max: CONNECTIONS,
  });

  async lookup(id: number): Promise<BookRow | undefined> {
    return (await this.pool.query<BookRow>({ ...LOOK_UP, values: [id] })).rows[0];
  }

  /** The order's id; undefined: no copy is left, or there is no such book. */
  async sell(id: number, key: string): Promise<string | undefined> {
    try {
      return (await this.pool.query<OrderRow>({ ...SELL, values: [id, key] })).rows[0]?.id;
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
      const earlier = (await this.pool.query<OrderRow>({ ...FIND_ORDER, values: [key] })).rows[0];
      if (earlier?.book_id !== id) throw new HttpException('The key belongs to another purchase', 422);
      return earlier.id;
    }
  }
}

@Controller()
class ShopController {
  constructor(@Inject(Shop) private readonly shop: Shop) {}

  @Get('lookup/:id')
  async lookup(@Param('id', ParseIntPipe) id: number): Promise<object> {
    const book = await this.shop.lookup(id);
    if (book === undefined) throw new NotFoundException('Book with the specified ID does not exist');
    const { title, topic, quantity, price_cents: cents } = book;
    return { id, title, topic, quantity, price: cents / 100 };
  }

  @Put('buy/:id')
  async buy(
    @Param('id', ParseIntPipe) id: number,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<object> {
    const orderId = await this.shop.sell(id, key ?? randomUUID());
    if (orderId !== undefined) {
      return { success: true, message: 'Book with the specified ID purchased', orderId };
    }
    await this.lookup(id);
    return { success: false, message: 'Book with the specified ID is out of stock' };
  }

  @Get('health/ready')
  ready(): object {
    return { status: 'ok' };
  }
}

@Module({ controllers: [ShopController], providers: [Shop] })
class ShopModule {}

const app = await NestFactory.create(ShopModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(process.env['PORT']), '127.0.0.1');
