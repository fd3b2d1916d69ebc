import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { readinessCall, type ReadinessNews, readinessNotice } from '../contract/watching.js';
import { Readiness } from '../observability/readiness.js';
import { RpcHandlers } from './handlers.js';
import { Rpc } from './rpc.js';

/** Tells those who have opened a line to this process whether it is ready: when they ask, and unasked as soon as it changes. */
@Injectable()
export class ReadinessTeller implements OnModuleInit {
  private readonly logger = new Logger(ReadinessTeller.name);
  private told: ReadinessNews['state'] | null = null;
  private isLooking = false;
  private again = false;

  constructor(
    private readonly handlers: RpcHandlers,
    private readonly rpc: Rpc,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(readinessCall, () => this.look());
    this.readiness.listen(() => void this.lookOnce());
  }

  private async lookOnce(): Promise<void> {
    this.again = true;
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      while (this.again) {
        this.again = false;
        await this.look();
      }
    } catch (error) {
      this.logger.error(error);
    } finally {
      this.isLooking = false;
    }
  }

  private async look(): Promise<ReadinessNews> {
    const news = { state: await this.readiness.state() };
    if (news.state !== this.told) {
      this.told = news.state;
      this.rpc.tellAll(readinessNotice, news);
    }
    return news;
  }
}
