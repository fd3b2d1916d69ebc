import { Injectable, type OnModuleInit, UnsupportedMediaTypeException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { type IncomingMessage } from 'node:http';

const IMPORT_PATH = '/books/import';
export const CSV_TYPE = 'text/csv';
export const JSON_LINES_TYPES = ['application/x-ndjson', 'application/jsonl'];

export type ImportFormat = 'csv' | 'json lines';

/** The body of an import: a stream that nobody has read from yet. */
export class ImportUpload {
  constructor(
    readonly format: ImportFormat,
    private readonly stream: IncomingMessage,
  ) {}

  /** Not destroyed when the reading stops early, for the answer goes out over the same connection. */
  chunks(): AsyncIterable<Buffer> {
    return this.stream.iterator({ destroyOnReturn: false });
  }

  /** Reads on without looking, so that a client that is still sending hears the answer. */
  discardRest(): void {
    this.stream.resume();
  }
}

/** Teaches the app the types of an import, for that path alone. */
@Injectable()
export class ImportUploads implements OnModuleInit {
  constructor(private readonly adapter: HttpAdapterHost) {}

  onModuleInit(): void {
    const instance = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    const take = (types: string | string[], format: ImportFormat): void => {
      instance.addContentTypeParser(types, (request, stream, done) => {
        if (request.routeOptions.url !== IMPORT_PATH) {
          done(new UnsupportedMediaTypeException('Only an import takes this content type'));
        } else {
          done(null, new ImportUpload(format, stream));
        }
      });
    };
    take(CSV_TYPE, 'csv');
    take(JSON_LINES_TYPES, 'json lines');
  }
}
