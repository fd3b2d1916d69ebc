import { type DynamicModule, Module } from '@nestjs/common';
import { type CatalogConfig } from '../config/index.js';

/** Placeholder until the role is written. */
@Module({})
export class CatalogModule {
  static forRoot(_config: CatalogConfig): DynamicModule {
    return { module: CatalogModule };
  }
}
