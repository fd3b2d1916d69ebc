import { type DynamicModule, Module } from '@nestjs/common';
import { type FrontendConfig } from '../config/index.js';

/** Placeholder until the role is written. */
@Module({})
export class FrontendModule {
  static forRoot(_config: FrontendConfig): DynamicModule {
    return { module: FrontendModule };
  }
}
