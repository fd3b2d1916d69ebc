import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { type Server } from 'node:https';
import { type Config, readTls, type TlsConfig, TlsMistake } from '../config/index.js';
import { CONFIG } from './config.token.js';

const LOOK_EVERY_MS = 5_000;
/** A certificate and its key are put in place one after the other. */
const SETTLE_MS = 1_000;

/**
 * The certificates of this process (docs/adr/0063): as its files had them at the start, and taken from them anew when they change. What
 * does not do is said, and the ones before stay. Lines that stand go on; new connections, both ways, take the new ones.
 */
@Injectable()
export class Certificates implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('TLS');
  private readonly paths: readonly string[];
  private tls: TlsConfig | null;
  private settling: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'tls' | 'tlsFiles'>,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.tls = config.tls;
    this.paths = config.tls === null ? [] : Object.values(config.tlsFiles);
  }

  /** Null: this process speaks without TLS. */
  get current(): TlsConfig | null {
    return this.tls;
  }

  onModuleInit(): void {
    // It looks at times and sizes, and follows links: Kubernetes renews what is mounted by another link.
    for (const path of this.paths)
      watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, this.changed);
    // They may have changed since the settings were read: this process may be starting anew.
    if (this.paths.length > 0) this.takeAnew();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.settling);
    for (const path of this.paths) unwatchFile(path, this.changed);
  }

  private readonly changed = (): void => {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.takeAnew(), SETTLE_MS).unref();
  };

  /** Looks at the files now. */
  takeAnew(): void {
    const read = this.read();
    if (read === null || sameAs(read, this.tls)) return;
    const { cert, key, ca } = read;
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.setSecureContext({ cert, key, ...(ca !== null && { ca }) });
    this.tls = read;
    this.log.log(
      `The certificates were taken from their files anew: valid to ${new X509Certificate(cert).validTo}`,
    );
  }

  private read(): TlsConfig | null {
    try {
      return readTls(this.config.tlsFiles, (path) => readFileSync(path, 'utf8'));
    } catch (error) {
      if (!(error instanceof TlsMistake)) throw error;
      const { variable, takes } = error;
      this.log.error(
        `${variable} has changed and does not do: it takes ${takes}; the certificates of before stay`,
      );
      return null;
    }
  }
}

function sameAs(a: TlsConfig, b: TlsConfig | null): boolean {
  return a.cert === b?.cert && a.key === b.key && a.ca === b.ca;
}
